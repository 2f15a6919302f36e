// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/reconcile.h"

#include <fmt/format.h>

#include "daemon/base/log.h"
#include "daemon/inventory/unit_match.h"
#include "daemon/jobs/assumed_drive.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/dump_record.h"
#include "daemon/jobs/open_drive.h"

namespace firmbench::jobs {
namespace {

// A drive that starts at all does so within this; the first call to the daemon waits for it.
constexpr Nanos kBackLimit = std::chrono::seconds(10);

constexpr const char* kStopped = "DAEMON_STOPPED";

}  // namespace

Status Reconciler::Prompt(const families::PromptRequest&) {
  return FailedPrecondition("PROMPT_NOT_POSSIBLE", "while the daemon starts nobody is asked");
}

Result<Reconciler::Next> Reconciler::Run() {
  BringBack();
  if (row_.write_started_us == 0) return DecideUntouched();
  RETURN_IF_ERROR(CloseWritten());
  return Next::kClosed;
}

// Whatever mode the drive was left in, it is asked to be a drive again, and then who it is.
void Reconciler::BringBack() {
  if (!drive_) return;
  const std::string id = drive_->snapshot->id;
  drive_->snapshot = AssumeModel(drive_->snapshot, row_.family, row_.model);
  if (drive_->snapshot->model != nullptr) {
    const auto open = OpenFresh(*drive_, /*silent=*/false);
    if (open) {
      open->session->BringBack(kBackLimit).IgnoreError("identification tells whether it is back");
    }
  }
  services_.inventory.IdentifyNow(id);
  auto again = services_.inventory.Bind(id);
  if (!again) return drive_.reset();
  drive_ = std::move(*again);
}

bool Reconciler::answers() const {
  return drive_ && drive_->snapshot->condition == inventory::DriveCondition::kReady &&
         !IsSilent(*drive_->snapshot);
}

Result<Reconciler::Next> Reconciler::DecideUntouched() {
  if (!row_.cancelled_by.empty()) {
    RETURN_IF_ERROR(
        CloseUntouched(JobResult::kCancelled, "JOB_CANCELLED", "the job was cancelled", {}));
    return Next::kClosed;
  }
  if (!answers()) {
    RETURN_IF_ERROR(CloseUntouched(
        JobResult::kFailed, kStopped,
        "the daemon stopped before anything was written, and the drive does not answer now",
        "switch the drive off and on, look at it with `firmbench drive list`, start the job "
        "again"));
    return Next::kClosed;
  }
  if (row_.attempts + 1 >= kMostAttempts) {
    RETURN_IF_ERROR(CloseUntouched(
        JobResult::kFailed, kStopped,
        fmt::format("the daemon stopped {} times in a row in this job, before anything was written",
                    kMostAttempts),
        "find out why the daemon stops (its log tells), then start the job again"));
    return Next::kClosed;
  }
  return Next::kBeginAgain;
}

Status Reconciler::CloseUntouched(JobResult result, std::string reason, std::string message,
                                  std::string remedy) {
  row_.result = ToString(result);
  row_.outcome = ToString(row_.started_us != 0 ? Outcome::kUnchanged : Outcome::kNotStarted);
  row_.drive_state = ToString(DriveState::kUntouched);
  row_.error_reason = std::move(reason);
  row_.error_message = std::move(message);
  row_.error_remedy = std::move(remedy);
  return Store({});
}

Status Reconciler::CloseWritten() {
  const auto cut = LoadOpenCutJob(services_.ledger, row_);
  Seen seen;
  if (!cut) {
    seen.why_not = cut.error().message();
  } else {
    seen = Look(*cut);
  }
  if (cut && seen.memory) {
    Judge(*cut, seen);
  } else {
    row_.outcome = ToString(Outcome::kUnknown);
    row_.drive_state = ToString(DriveState::kUnknown);
    note_ = fmt::format("what the {} holds could not be looked at: {}",
                        writes_chip() ? "chip" : "drive", seen.why_not);
  }
  if (cut && !writes_chip()) JudgeEeprom(*cut, seen);
  const bool whole = row_.outcome == ToString(Outcome::kChangedVerified) ||
                     row_.outcome == ToString(Outcome::kNoEffect);
  // That a drive does not answer with a bare chip says nothing of the chip.
  const bool drive_well =
      writes_chip() || (answers() && row_.eeprom_check != ToString(EepromCheck::kChanged));
  if (whole && drive_well) {
    row_.drive_state = ToString(DriveState::kUntouched);
  } else if (row_.drive_state != ToString(DriveState::kPartlyWritten)) {
    row_.drive_state = ToString(DriveState::kUnknown);
  }
  const bool well = row_.outcome == ToString(Outcome::kChangedVerified) &&
                    row_.drive_state == ToString(DriveState::kUntouched);
  row_.result = ToString(well ? JobResult::kSucceeded : JobResult::kFailed);
  if (!well) {
    row_.error_reason = kStopped;
    row_.error_message = fmt::format("the daemon stopped while the {} was being written; {}",
                                     writes_chip() ? "chip" : "drive", note_);
    row_.error_remedy = row_.drive_state == ToString(DriveState::kUntouched)
                            ? "nothing is lost: start the job again"
                            : Remedy(cut);
  }
  return Store(seen);
}

std::string Reconciler::Remedy(const Result<CutJob>& cut) const {
  if (!writes_chip()) {
    return "leave the drive as it is and run: firmbench job recover jobs/" + RootJob(row_);
  }
  const auto plan = ParsePlan(row_.plan_json);
  if (!plan) return "write the chip again: `firmbench chip write`";
  const std::string before = cut && cut->before ? cut->before->id : std::string();
  return ChipRemedy(plan->spec, row_.model, before);
}

Reconciler::Seen Reconciler::Look(const CutJob& cut) {
  Seen seen;
  if (!drive_ || drive_->snapshot->condition == inventory::DriveCondition::kGone) {
    seen.why_not = "it is not attached any more";
    return seen;
  }
  const bool silent = !answers();
  inventory::DriveBinding drive = *drive_;
  drive.snapshot = AssumeModel(drive.snapshot, row_.family, row_.model);
  const std::string_view model =
      drive.snapshot->model == nullptr ? std::string_view() : drive.snapshot->model->model;
  if (model.empty() || (model != row_.model && model != row_.target_model)) {
    seen.why_not = "another drive is on its port";
    return seen;
  }
  if (!cut.chip_part.empty()) return LookAtChip(cut, drive);
  auto open = OpenFresh(drive, silent);
  if (!open) {
    seen.why_not = open.error().message();
    return seen;
  }
  const auto memory = ParseMemory(cut.job.memory).value_or(Memory::kFirmware);
  auto read = open->session->Read(memory, {}, *this);
  if (read) {
    seen.memory = std::move(*read);
  } else {
    seen.why_not = read.error().message();
  }
  drive_->snapshot = drive.snapshot;
  if (silent || memory == Memory::kEeprom || cut.eeprom_before.empty()) return seen;
  auto eeprom = open->session->Read(Memory::kEeprom, {}, *this);
  if (eeprom) seen.eeprom = std::move(*eeprom);
  return seen;
}

// By byte reads alone: nothing is asked of the chip but what it holds.
Reconciler::Seen Reconciler::LookAtChip(const CutJob& cut, const inventory::DriveBinding& drive) {
  Seen seen;
  seen.chip_part = cut.chip_part;
  auto open = OpenProgrammer(drive, !answers());
  if (!open) {
    seen.why_not = open.error().message();
    return seen;
  }
  drive_->snapshot = drive.snapshot;
  if (const Status entered = open->programmer->Enter(*this); !entered) {
    seen.why_not = entered.error().message();
    return seen;
  }
  auto read = open->programmer->Read(static_cast<uint32_t>(cut.before_bytes.size()), {}, *this);
  open->programmer->Leave(*this).IgnoreError("the chip may hold no firmware of this drive");
  if (read) {
    seen.memory = std::move(*read);
  } else {
    seen.why_not = read.error().message();
  }
  return seen;
}

// From what was read, and from nothing else.
void Reconciler::Judge(const CutJob& cut, const Seen& seen) {
  if (cut.both()) return JudgeBoth(cut, seen);
  const CutState state = Classify(cut, *seen.memory);
  note_ = state.Describe(writes_chip() ? std::string("content") : row_.memory);
  DriveState drive = DriveState::kUntouched;
  Outcome outcome = Outcome::kChangedVerified;
  if (state.all_old) {
    outcome = Outcome::kNoEffect;
  } else if (!state.all_new) {
    // What does not look like this memory at all may have been read wrongly.
    outcome = state.plausible() ? Outcome::kChangedUnverified : Outcome::kUnknown;
    drive = state.plausible() ? DriveState::kPartlyWritten : DriveState::kUnknown;
  }
  row_.outcome = ToString(outcome);
  row_.drive_state = ToString(drive);
}

// Half a conversion is partly written, however whole each memory is.
void Reconciler::JudgeBoth(const CutJob& cut, const Seen& seen) {
  const CutState firmware = Classify(cut, *seen.memory);
  note_ = firmware.Describe(ToString(Memory::kFirmware));
  Outcome outcome = Outcome::kUnknown;
  DriveState drive = DriveState::kUnknown;
  if (!seen.eeprom) {
    note_ += ", and the EEPROM could not be read";
    if (firmware.plausible() && !firmware.all_old && !firmware.all_new) {
      outcome = Outcome::kChangedUnverified;
      drive = DriveState::kPartlyWritten;
    }
  } else {
    const CutState eeprom = ClassifyEeprom(cut, *seen.eeprom);
    note_ += ", and " + eeprom.Describe("EEPROM");
    if (firmware.all_new && eeprom.all_new) {
      outcome = Outcome::kChangedVerified;
      drive = DriveState::kUntouched;
    } else if (firmware.all_old && eeprom.all_old) {
      outcome = Outcome::kNoEffect;
      drive = DriveState::kUntouched;
    } else if (firmware.plausible() && eeprom.elsewhere == 0) {
      outcome = Outcome::kChangedUnverified;
      drive = DriveState::kPartlyWritten;
    }
  }
  row_.outcome = ToString(outcome);
  row_.drive_state = ToString(drive);
}

void Reconciler::JudgeEeprom(const CutJob& cut, const Seen& seen) {
  row_.eeprom_check = ToString(EepromCheck::kNotRead);
  if (row_.memory == ToString(Memory::kEeprom)) {
    if (!seen.memory) return;
    const bool meant = *seen.memory == cut.target || *seen.memory == cut.before_bytes;
    row_.eeprom_check = ToString(meant ? EepromCheck::kEqual : EepromCheck::kChanged);
    return;
  }
  if (!seen.eeprom) return;
  if (cut.both()) {
    const bool meant = *seen.eeprom == cut.eeprom_target || *seen.eeprom == cut.eeprom_before;
    row_.eeprom_check = ToString(meant ? EepromCheck::kEqual : EepromCheck::kChanged);
    return;
  }
  switch (inventory::CompareEeprom(cut.eeprom_before, *seen.eeprom,
                                   drive_->snapshot->model->volatile_eeprom)) {
    case inventory::EepromChange::kEqual:
      row_.eeprom_check = ToString(EepromCheck::kEqual);
      break;
    case inventory::EepromChange::kVolatileOnly:
      row_.eeprom_check = ToString(EepromCheck::kVolatileOnly);
      break;
    case inventory::EepromChange::kChanged:
      row_.eeprom_check = ToString(EepromCheck::kChanged);
      break;
  }
}

Status Reconciler::StoreSeen(storage::Transaction& tx, const Seen& seen) const {
  if (!drive_ || drive_->snapshot->model == nullptr) return Ok();
  const bool chip = !seen.chip_part.empty();
  const DumpOrigin origin{row_,
                          *drive_->snapshot,
                          chip ? std::string() : drive_->snapshot->identity.revision,
                          "readback",
                          1,
                          row_.unit_id,
                          seen.chip_part};
  if (seen.memory) {
    const auto memory = ParseMemory(row_.memory).value_or(Memory::kFirmware);
    RETURN_IF_ERROR(StoreDump(tx, memory, *seen.memory, origin));
  }
  if (seen.eeprom) {
    RETURN_IF_ERROR(StoreDump(tx, Memory::kEeprom, *seen.eeprom, origin));
  }
  return Ok();
}

Status Reconciler::Store(const Seen& seen) {
  row_.state = ToString(State::kClosed);
  row_.ended_us = services_.clock.WallMicros();
  log::Warn("a job that an earlier process left open is closed", "job", row_.id, "outcome",
            row_.outcome, "drive_state", row_.drive_state);
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(StoreSeen(tx, seen));
    RETURN_IF_ERROR(tx.UpdateJob(row_));
    if (!note_.empty()) RETURN_IF_ERROR(tx.AppendEvent(MessageEvent(row_, note_, row_.ended_us)));
    RETURN_IF_ERROR(tx.AppendEvent(StateEvent(row_, row_.ended_us)));
    const std::string outcome = row_.error_reason.empty() ? "ok" : row_.error_reason;
    RETURN_IF_ERROR(tx.AppendAudit(JobFact(row_, "job.close", row_.principal, outcome)));
    if (row_.drive_state == ToString(DriveState::kUntouched)) return Ok();
    return AppendQuarantine(tx, row_,
                            writes_chip() ? kChipQuarantine : "a write to it was cut off");
  }));
  services_.inventory.Reassess(row_.drive_id);
  services_.hub.Notify(row_.id);
  return Ok();
}

}  // namespace firmbench::jobs
