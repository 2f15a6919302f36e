// SPDX-License-Identifier: Apache-2.0
// What people say about drives: "mine for half an hour", and "I have looked at it, it may be
// written again".
#include <fmt/format.h>

#include "daemon/jobs/engine.h"

namespace firmbench::jobs {
namespace {

storage::AuditFact DriveFact(const std::string& drive_id, std::string_view action,
                             const std::string& principal) {
  storage::AuditFact fact;
  fact.principal = principal;
  fact.action = action;
  fact.resource = "drives/" + drive_id;
  fact.outcome = "ok";
  return fact;
}

Error ClaimedBy(const storage::Claim& claim) {
  const std::string note = claim.note.empty() ? "" : fmt::format(" ({})", claim.note);
  return FailedPrecondition("DRIVE_CLAIMED",
                            fmt::format("the drive is in use by {} until {}{}", claim.principal,
                                        FormatMinute(claim.expires_us), note))
      .WithRemedy("ask them, or end the claim: `firmbench drive release`");
}

}  // namespace

Status Engine::CheckClaim(const std::string& drive_id, const std::string& principal) {
  ASSIGN_OR_RETURN(const auto claims, services_.ledger.ListClaims(drive_id, true));
  for (const storage::Claim& claim : claims) {
    if (claim.principal != principal) return ClaimedBy(claim);
  }
  return Ok();
}

Status Engine::ClaimDrive(const std::string& drive_id, const std::string& principal,
                          const std::string& note, Nanos duration) {
  RETURN_IF_ERROR(services_.inventory.Find(drive_id));
  if (duration <= Nanos{0} || duration > kLongestClaim) {
    return InvalidArgument("CLAIM_TOO_LONG", "a claim lasts between a second and 24 hours");
  }
  RETURN_IF_ERROR(CheckClaim(drive_id, principal));
  ASSIGN_OR_RETURN(const auto mine, services_.ledger.ListClaims(drive_id, true));
  const int64_t length_us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.AppendAudit(DriveFact(drive_id, "drive.claim", principal)));
    if (!mine.empty()) {
      storage::Claim claim = mine.front();
      claim.expires_us = tx.now_us() + length_us;
      return tx.UpdateClaim(claim);
    }
    return tx.InsertClaim({.id = tx.NewId(),
                           .drive_id = drive_id,
                           .principal = principal,
                           .note = note,
                           .since_us = tx.now_us(),
                           .expires_us = tx.now_us() + length_us});
  }));
  services_.inventory.Reassess(drive_id);
  return Ok();
}

Status Engine::ReleaseDrive(const std::string& drive_id, const std::string& principal) {
  RETURN_IF_ERROR(services_.inventory.Find(drive_id));
  ASSIGN_OR_RETURN(const auto claims, services_.ledger.ListClaims(drive_id, true));
  if (claims.empty()) return FailedPrecondition("NOT_CLAIMED", "nobody has claimed the drive");
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    for (storage::Claim claim : claims) {
      claim.released_us = tx.now_us();
      claim.released_by = principal;
      RETURN_IF_ERROR(tx.UpdateClaim(claim));
    }
    RETURN_IF_ERROR(tx.AppendAudit(DriveFact(drive_id, "drive.release", principal)));
    return Ok();
  }));
  services_.inventory.Reassess(drive_id);
  return Ok();
}

Status Engine::LiftQuarantine(const std::string& drive_id, const std::string& reason,
                              const std::string& principal) {
  if (reason.empty()) {
    return InvalidArgument("REASON_REQUIRED", "a quarantine is lifted with a reason")
        .WithRemedy("say what you saw: it is kept in the audit log");
  }
  ASSIGN_OR_RETURN(const inventory::Snapshot drive, services_.inventory.Find(drive_id));
  ASSIGN_OR_RETURN(const auto listed, services_.ledger.ListQuarantines(true));
  std::vector<storage::Quarantine> mine;
  for (const storage::Quarantine& quarantine : listed) {
    if (inventory::Concerns(quarantine, *drive)) mine.push_back(quarantine);
  }
  if (mine.empty()) return FailedPrecondition("NOT_QUARANTINED", "the drive is not in quarantine");
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    for (const storage::Quarantine& quarantine : mine) {
      RETURN_IF_ERROR(tx.LiftQuarantine(quarantine.id, principal, reason));
    }
    auto fact = DriveFact(drive_id, "drive.quarantine_lift", principal);
    fact.details.emplace_back("reason", reason);
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  services_.inventory.Reassess(drive_id);
  return Ok();
}

}  // namespace firmbench::jobs
