// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/access.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>

#include "daemon/base/enrollment_code.h"
#include "daemon/base/hash.h"
#include "daemon/base/log.h"

namespace firmbench::rpc {
namespace {

Error Unauthenticated(std::string_view reason, std::string message) {
  return Error(Code::kUnauthenticated, reason, std::move(message));
}

Caller CallerWith(const storage::Credential& credential) {
  return {.principal = credential.principal,
          .role = ParseRole(credential.role).value_or(Role::kNone),
          .known_by = fmt::format("{} credentials/{}", credential.kind, credential.id),
          .credential_id = credential.id,
          .expires_us = credential.expires_us};
}

storage::AuditFact FactOf(const storage::Credential& credential, const std::string& action,
                          const std::string& by) {
  return {.principal = by,
          .action = action,
          .resource = "credentials/" + credential.id,
          .outcome = "ok",
          .details = {
              {"kind", credential.kind}, {"of", credential.principal}, {"role", credential.role}}};
}

Error CredentialEnded() {
  return Unauthenticated("CREDENTIAL_ENDED", "the credential of this call was revoked or expired");
}

Error CodeInvalid() {
  return Error(Code::kPermissionDenied, "CODE_INVALID",
               "this code is not good: it was mistyped, used before, withdrawn or is too old")
      .WithRemedy("ask for a new one: `firmbench bench invite`");
}

}  // namespace

Access::Access(storage::Ledger& ledger, const Clock& clock)
    : ledger_(ledger), clock_(clock), counters_(Rules().size()), wrong_codes_(clock) {}

Status Access::Load() {
  ASSIGN_OR_RETURN(const auto credentials, ledger_.ListCredentials({}));
  MutexLock lock(mutex_);
  for (const storage::Credential& credential : credentials) {
    good_.emplace(credential.secret_sha256, credential);
    good_ids_.insert(credential.id);
  }
  return Ok();
}

Result<storage::Credential> Access::Find(const std::string& secret_sha256, std::string_view kind,
                                         const Error& unknown) const {
  const int64_t now_us = clock_.WallMicros();
  MutexLock lock(mutex_);
  const auto found = good_.find(secret_sha256);
  if (found != good_.end() && found->second.kind == kind && found->second.expires_us > now_us) {
    return found->second;
  }
  return unknown;
}

Result<Caller> Access::OfToken(std::string_view text) {
  ASSIGN_OR_RETURN(
      const storage::Credential token,
      Find(Sha256Hex(AsBytes(text)), "token",
           Unauthenticated("TOKEN_INVALID",
                           "this token is not good here: it is another bench's, was revoked or "
                           "has expired")
               .WithRemedy("make a new one: `firmbench token create`")));
  return CallerWith(token);
}

Result<Caller> Access::OfCertificate(const std::string& der_sha256) {
  ASSIGN_OR_RETURN(
      const storage::Credential certificate,
      Find(der_sha256, "certificate",
           Unauthenticated("CERTIFICATE_UNKNOWN",
                           "this certificate is not good here: it was revoked or has expired")
               .WithRemedy("enrol again with a new code: `firmbench bench invite`")));
  return CallerWith(certificate);
}

Result<Caller> Access::OfSession(std::string_view text) {
  ASSIGN_OR_RETURN(
      const storage::Credential session,
      Find(Sha256Hex(AsBytes(text)), "session",
           Unauthenticated("SESSION_ENDED", "this session was ended, or twelve hours are over")
               .WithRemedy("open the page with a new link: `firmbench web login`")));
  return CallerWith(session);
}

Result<storage::Credential> Access::FindInvitation(std::string_view text,
                                                   const std::string& address) {
  {
    // Also for those that know one: else the answer would tell which guess was right.
    MutexLock lock(mutex_);
    if (wrong_codes_.TooMany(address)) {
      return ResourceExhausted("TOO_MANY_ATTEMPTS",
                               "too many wrong codes from here in a short time")
          .WithRemedy("wait a minute and try again");
    }
  }
  auto found = Find(Sha256Hex(AsBytes(text)), "invitation", CodeInvalid());
  if (found) return found;
  MutexLock lock(mutex_);
  if (wrong_codes_.Count(address)) log::Warn("many wrong codes were shown from one address");
  return found;
}

Result<storage::Credential> Access::FindLoginLink(std::string_view text) {
  return Find(Sha256Hex(AsBytes(text)), "login_link",
              Unauthenticated("LOGIN_LINK_INVALID",
                              "this link is not good: it was used before, or is too old")
                  .WithRemedy("ask for a new one: `firmbench web login`"));
}

std::vector<storage::Credential> Access::Good(const std::string& principal,
                                              std::string_view kind) const {
  const int64_t now_us = clock_.WallMicros();
  std::vector<storage::Credential> good;
  MutexLock lock(mutex_);
  for (const auto& [secret, credential] : good_) {
    if (credential.principal == principal && credential.kind == kind &&
        credential.expires_us > now_us) {
      good.push_back(credential);
    }
  }
  return good;
}

std::optional<int64_t> Access::ExpiryOf(const std::string& credential_id) const {
  MutexLock lock(mutex_);
  for (const auto& [secret, credential] : good_) {
    if (credential.id == credential_id) return credential.expires_us;
  }
  return std::nullopt;
}

Status Access::Check(const Rule& rule, const Caller& caller) {
  Counter& counter = counters_[static_cast<size_t>(&rule - Rules().data())];
  if (Allows(rule, caller.role)) {
    ++counter.let_through;
    return Ok();
  }
  ++counter.refused;
  if (caller.role == Role::kNone) {
    return Error(Code::kPermissionDenied, "ROLE_REQUIRED",
                 fmt::format("{} may not use this bench", caller.principal))
        .WithRemedy(
            "ask for membership in the bench's group (`firmbench`, or `firmbench-admin` "
            "for managers), then log in again")
        .With("principal", caller.principal)
        .With("role", "none");
  }
  return Error(Code::kPermissionDenied, "ROLE_REQUIRED",
               fmt::format("{} is {} here; {} is for: {}", caller.principal, ToString(caller.role),
                           rule.method, AllowedWords(rule)))
      .WithRemedy("let somebody with that role do it, or ask a manager for it")
      .With("principal", caller.principal)
      .With("role", std::string(ToString(caller.role)));
}

Status Access::CheckStanding(const Caller& caller) {
  if (caller.credential_id.empty()) return Ok();
  if (caller.expires_us == 0 || caller.expires_us > clock_.WallMicros()) {
    MutexLock lock(mutex_);
    if (good_ids_.contains(caller.credential_id)) return Ok();
  }
  return CredentialEnded();
}

Status Access::TakeStream(Caller& caller) {
  {
    MutexLock lock(mutex_);
    int& of_one = streams_[caller.principal];
    if (all_streams_ >= kMostStreams || of_one >= kMostStreamsOfOne) {
      return ResourceExhausted("TOO_MANY_STREAMS",
                               fmt::format("{} streams of {} run already, {} of everybody", of_one,
                                           caller.principal, all_streams_))
          .WithRemedy("end some of them: close windows that watch");
    }
    ++of_one;
    ++all_streams_;
  }
  caller.stream = std::shared_ptr<void>(nullptr, [this, principal = caller.principal](void*) {
    MutexLock lock(mutex_);
    const auto mine = streams_.find(principal);
    if (--mine->second == 0) streams_.erase(mine);
    --all_streams_;
  });
  return Ok();
}

Result<storage::Credential> Access::Add(storage::Credential credential, std::string_view secret,
                                        const std::string& action) {
  {
    MutexLock lock(mutex_);
    std::erase_if(good_, [&](const auto& entry) {
      const bool over = entry.second.expires_us <= clock_.WallMicros();
      if (over) good_ids_.erase(entry.second.id);
      return over;
    });
    if (good_.size() >= kMostCredentials) {
      return ResourceExhausted("TOO_MANY_CREDENTIALS",
                               fmt::format("there are {} good credentials", good_.size()))
          .WithRemedy("revoke those that nobody needs: `firmbench token list`");
    }
  }
  credential.secret_sha256 = Sha256Hex(AsBytes(secret));
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    credential.id = tx.NewId();
    credential.created_us = tx.now_us();
    RETURN_IF_ERROR(tx.InsertCredential(credential));
    RETURN_IF_ERROR(tx.AppendAudit(FactOf(credential, action, credential.created_by)));
    return Ok();
  }));
  RETURN_IF_ERROR(Admit(credential, credential.made_from));
  return credential;
}

Status Access::Admit(const storage::Credential& credential, const std::string& stands_on) {
  {
    MutexLock lock(mutex_);
    if (stands_on.empty() || good_ids_.contains(stands_on)) {
      good_.emplace(credential.secret_sha256, credential);
      good_ids_.insert(credential.id);
      return Ok();
    }
  }
  RETURN_IF_ERROR(End({credential}, credential.created_by, "what it was made with has ended"));
  return CredentialEnded();
}

Result<storage::Credential> Access::Exchange(const storage::Credential& used,
                                             storage::Credential made,
                                             const std::string& secret_sha256,
                                             const std::string& action) {
  {
    // Whoever takes it out of here first has it.
    MutexLock lock(mutex_);
    if (good_.erase(used.secret_sha256) == 0) return CodeInvalid();
    good_ids_.erase(used.id);
  }
  made.principal = used.principal;
  made.role = used.role;
  made.note = used.note;
  made.created_by = used.created_by;
  made.secret_sha256 = secret_sha256;
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    storage::Credential over = used;
    over.ended_us = tx.now_us();
    over.ended_by = used.principal;
    over.end_reason = "used";
    made.id = tx.NewId();
    made.created_us = tx.now_us();
    RETURN_IF_ERROR(tx.UpdateCredential(over));
    RETURN_IF_ERROR(tx.InsertCredential(made));
    RETURN_IF_ERROR(tx.AppendAudit(FactOf(made, action, made.principal)));
    return Ok();
  }));
  // What was exchanged has ended by that; what it stands on itself has not.
  RETURN_IF_ERROR(Admit(made, made.made_from == used.id ? std::string() : made.made_from));
  return made;
}

std::vector<storage::Credential> Access::WithWhatStandsOn(
    const std::vector<storage::Credential>& credentials) const {
  std::vector<storage::Credential> all;
  std::set<std::string> ids;
  for (const storage::Credential& credential : credentials) {
    if (ids.insert(credential.id).second) all.push_back(credential);
  }
  MutexLock lock(mutex_);
  for (bool more = true; more;) {
    more = false;
    for (const auto& [secret, credential] : good_) {
      if (!ids.contains(credential.made_from) || !ids.insert(credential.id).second) continue;
      all.push_back(credential);
      more = true;
    }
  }
  return all;
}

Status Access::End(const std::vector<storage::Credential>& asked, const std::string& by,
                   const std::string& reason) {
  const std::vector<storage::Credential> credentials = WithWhatStandsOn(asked);
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    for (storage::Credential credential : credentials) {
      credential.ended_us = tx.now_us();
      credential.ended_by = by;
      credential.end_reason = "revoked";
      RETURN_IF_ERROR(tx.UpdateCredential(credential));
      auto fact = FactOf(credential, "access.revoke", by);
      if (!reason.empty()) fact.details.emplace_back("reason", reason);
      RETURN_IF_ERROR(tx.AppendAudit(fact));
    }
    return Ok();
  }));
  {
    MutexLock lock(mutex_);
    for (const storage::Credential& credential : credentials) {
      good_.erase(credential.secret_sha256);
      good_ids_.erase(credential.id);
    }
  }
  if (ended_) {
    for (const storage::Credential& credential : credentials) ended_(credential.id);
  }
  // Those that came in while these were written down; from here on none does (Admit).
  const std::vector<storage::Credential> all = WithWhatStandsOn(credentials);
  if (all.size() == credentials.size()) return Ok();
  return End({all.begin() + std::ssize(credentials), all.end()}, by, reason);
}

void Access::OnEnd(std::function<void(const std::string&)> ended) { ended_ = std::move(ended); }

std::map<std::string, Access::Count> Access::Counts() const {
  std::map<std::string, Count> counts;
  for (size_t i = 0; i < counters_.size(); ++i) {
    counts[std::string(Rules()[i].method)] = {counters_[i].let_through, counters_[i].refused};
  }
  return counts;
}

Result<std::string> RandomText(int bits) {
  Bytes random(static_cast<size_t>(bits / 5));
  if (::getrandom(random.data(), random.size(), 0) != std::ssize(random)) {
    return Internal("RANDOM_FAILED", "the kernel gives no random bytes");
  }
  return LettersOf(random);
}

}  // namespace firmbench::rpc
