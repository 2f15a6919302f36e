// SPDX-License-Identifier: Apache-2.0
// The reading half of a job: several reads that must agree, stored and read back from the ledger
// before anything else happens.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/inventory/unit_match.h"
#include "daemon/jobs/dump_record.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {
namespace {

// Every read goes another way through the memory than the one before, in other pieces, so that an
// error of the path does not repeat itself by position.
families::ReadPlan WayOfRead(int read) {
  families::ReadPlan plan;
  plan.order = read % 2 == 0 ? families::ReadOrder::kAscending : families::ReadOrder::kDescending;
  plan.chunk_bytes = read % 2 == 0 ? 0 : 96;
  return plan;
}

std::string Purpose(Kind kind) { return Writes(kind) ? "before_write" : "backup"; }

}  // namespace

Status Runner::DumpMemories() {
  RETURN_IF_ERROR(journal_.Enter(State::kDumping));
  // The EEPROM first: it is what can never be replaced, and reading it does not change the mode.
  if (InPlan(StepId::kReadEeprom) && !silent_) {
    ASSIGN_OR_RETURN(eeprom_before_,
                     ReadAgreeing(Memory::kEeprom, StepId::kReadEeprom, kEepromReads));
    const std::string stable =
        Sha256Hex(inventory::StablePart(eeprom_before_, model().volatile_eeprom));
    if (!drive_.snapshot->eeprom_stable_sha256.empty() &&
        stable != drive_.snapshot->eeprom_stable_sha256) {
      return Aborted("TARGET_CHANGED",
                     "the EEPROM is not the one that was seen when the plan was made")
          .WithRemedy("another drive may be on this port now; make a new plan");
    }
  }
  if (InPlan(StepId::kReadFirmware)) {
    ASSIGN_OR_RETURN(firmware_before_,
                     ReadAgreeing(Memory::kFirmware, StepId::kReadFirmware, kFirmwareReads));
  }
  RETURN_IF_ERROR(BeginStep(StepId::kCommitDumps));
  RETURN_IF_ERROR(CommitDumps());
  RETURN_IF_ERROR(CheckCopied());
  if (unread() && !recovering()) return CheckUndoStored();
  return EndStep(Outcome::kUnchanged, fmt::format("{} dumps stored and read back", stored_.size()));
}

// Each read is a step of its own, or all are part of the one that is open.
Result<Bytes> Runner::ReadAgreeing(Memory memory, std::optional<StepId> step, int reads) {
  std::vector<Bytes> results;
  for (int i = 0; i < reads; ++i) {
    if (step) RETURN_IF_ERROR(BeginStep(*step, i));
    ASSIGN_OR_RETURN(OpenDrive open, Open());
    ASSIGN_OR_RETURN(Bytes read, open.session->Read(memory, WayOfRead(i), *this));
    results.push_back(std::move(read));
    if (!step) continue;
    RETURN_IF_ERROR(EndStep(Outcome::kUnchanged, "SHA-256 " + Sha256Hex(results.back())));
  }
  const bool agree = std::all_of(results.begin(), results.end(),
                                 [&](const Bytes& bytes) { return bytes == results.front(); });
  if (agree) return std::move(results.front());
  RETURN_IF_ERROR(KeepDisagreeing(memory, results));
  return FailedPrecondition("READS_DISAGREE", fmt::format("{} reads of the {} are not all the same",
                                                          reads, ToString(memory)))
      .WithRemedy("every read is kept; check cable and power, then try again");
}

Status Runner::KeepDisagreeing(Memory memory, const std::vector<Bytes>& reads) {
  const std::string unit = drive_.snapshot->unit.unit_id;
  return Commit([&](storage::Transaction& tx) -> Status {
    for (const Bytes& bytes : reads) {
      RETURN_IF_ERROR(StoreDump(tx, memory, bytes, "disagreeing", 1, unit));
    }
    RETURN_IF_ERROR(tx.AppendAudit(
        JobFact(job_->row(), "dump.disagree", job_->row().principal, "READS_DISAGREE")));
    return AppendQuarantine(tx, job_->row(), "reads of its memory were not all the same");
  });
}

Status Runner::CommitDumps() {
  stored_.clear();
  const std::string purpose = Purpose(job_->plan().spec.kind);
  std::string unit_id;
  RETURN_IF_ERROR(Commit([&](storage::Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(unit_id, ResolveUnit(tx));
    // With the dumps, so that a job that begins again knows its unit.
    storage::Job row = job_->row();
    row.unit_id = unit_id;
    RETURN_IF_ERROR(tx.UpdateJob(row));
    if (!eeprom_before_.empty()) {
      RETURN_IF_ERROR(
          StoreDump(tx, Memory::kEeprom, eeprom_before_, purpose, kEepromReads, unit_id));
    }
    if (!firmware_before_.empty()) {
      RETURN_IF_ERROR(
          StoreDump(tx, Memory::kFirmware, firmware_before_, purpose, kFirmwareReads, unit_id));
    }
    auto fact = JobFact(job_->row(), "dump.commit", job_->row().principal, "ok");
    for (const Stored& stored : stored_) {
      fact.details.emplace_back(stored.dump.memory, stored.dump.sha256);
    }
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  RETURN_IF_ERROR(ReadBackFromLedger());
  return journal_.Enter(State::kDumpCommitted, {},
                        [&](storage::Job& row) { row.unit_id = unit_id; });
}

// The unit these dumps belong to: the one that is known, or a new one. "" when nobody can say.
Result<std::string> Runner::ResolveUnit(storage::Transaction& tx) {
  const inventory::DriveSnapshot& drive = *drive_.snapshot;
  if (cut_ && !cut_->job.unit_id.empty()) return cut_->job.unit_id;
  if (drive.unit.verdict == inventory::UnitVerdict::kKnown) return drive.unit.unit_id;
  // A ruined EEPROM is nobody's by its content: its label told.
  if (job_->plan().spec.kind == Kind::kEepromRestore) return job_->row().unit_id;
  if (drive.unit.verdict != inventory::UnitVerdict::kNew) return std::string();

  storage::Unit unit;
  unit.id = tx.NewId();
  unit.family = model().family;
  unit.model = model().model;
  unit.created_us = tx.now_us();
  RETURN_IF_ERROR(tx.InsertUnit(unit));
  RETURN_IF_ERROR(inventory::RecordEvidence(tx, drive, nullptr, unit.id, job_->row().id));
  auto fact = JobFact(job_->row(), "unit.create", job_->row().principal, "ok");
  fact.details.emplace_back("unit", unit.id);
  RETURN_IF_ERROR(tx.AppendAudit(fact));
  return unit.id;
}

Status Runner::StoreDump(storage::Transaction& tx, Memory memory, ByteView bytes,
                         const std::string& purpose, int64_t reads, const std::string& unit_id) {
  const storage::Job job = job_->row();
  ASSIGN_OR_RETURN(storage::Dump dump,
                   jobs::StoreDump(tx, memory, bytes,
                                   {job, *drive_.snapshot, revision_, purpose, reads, unit_id}));
  stored_.push_back({std::move(dump), Bytes(bytes.begin(), bytes.end())});
  return Ok();
}

// A backup counts once the ledger gives back exactly what it was given.
Status Runner::ReadBackFromLedger() {
  for (const Stored& stored : stored_) {
    ASSIGN_OR_RETURN(const Bytes bytes, services_.ledger.ReadBlob(stored.dump.sha256));
    if (bytes != stored.bytes) {
      return DataLoss("DUMP_NOT_READ_BACK", "the ledger does not give back the dump it stored")
          .WithRemedy("check the disk; `firmbench audit verify` checks the whole ledger");
    }
  }
  return Ok();
}

// Who asked for a second copy before any write gets it: what was just committed is there and read
// back before the drive is brought into another mode.
Status Runner::CheckCopied() {
  if (services_.second_copy == nullptr || stored_.empty()) return Ok();
  if (!services_.second_copy->required() || !Writes(job_->plan().spec.kind)) {
    services_.second_copy->Wake();
    return Ok();
  }
  std::vector<std::string> sha256s;
  for (const Stored& stored : stored_) sha256s.push_back(stored.dump.sha256);
  return services_.second_copy->CopyNow(sha256s);
}

Status Runner::Verify() {
  RETURN_IF_ERROR(journal_.Enter(State::kReadback));
  const Memory memory = *ParseMemory(job_->plan().spec.memory);
  ASSIGN_OR_RETURN(
      const Bytes now,
      ReadAgreeing(memory, memory == Memory::kEeprom ? StepId::kReadEeprom : StepId::kReadFirmware,
                   1));
  RETURN_IF_ERROR(BeginStep(StepId::kCompare));
  Bytes expected = payload_;
  if (memory == Memory::kFirmware) {
    ASSIGN_OR_RETURN(expected, family().ComposeTarget(model(), now, payload_));
  }
  if (now == expected) return EndStep(Outcome::kUnchanged, "identical, SHA-256 " + Sha256Hex(now));
  size_t differing = std::max(now.size(), expected.size()) - std::min(now.size(), expected.size());
  for (size_t i = 0; i < std::min(now.size(), expected.size()); ++i) {
    differing += now[i] != expected[i] ? 1 : 0;
  }
  return FailedPrecondition("VERIFY_MISMATCH",
                            fmt::format("{} of {} bytes differ", differing, expected.size()))
      .WithRemedy("`firmbench dump compare` shows where");
}

}  // namespace firmbench::jobs
