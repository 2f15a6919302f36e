// SPDX-License-Identifier: Apache-2.0
// The writing half of a job. Between PassPointOfNoReturn and the verdict nothing returns early.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/jobs/gate_opening.h"
#include "daemon/jobs/runner.h"
#include "daemon/jobs/samples.h"

namespace firmbench::jobs {
namespace {

// Writing again after a failed write costs wear, not data: what undoes it is stored.
constexpr int kWriteAttempts = 3;

// Room for the rows, events and audit entries of the rest of a job.
constexpr int64_t kSpillForRows = int64_t{1} << 20;

}  // namespace

// In update mode: everything up to the first destructive command.
Status Runner::ArmFirmware() {
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged));
  RETURN_IF_ERROR(Arm());
  if (write_plan_.units.empty()) return Ok();
  return PassPointOfNoReturn();
}

Status Runner::Arm() {
  RETURN_IF_ERROR(BeginStep(StepId::kArm, Memory::kFirmware));
  if (!unread()) RETURN_IF_ERROR(CompareSamples());
  families::ChipIdentity chip;
  {
    GateOpening identify(*update_->handles.gate, inventory::GateLevel::kChipIdentify);
    ASSIGN_OR_RETURN(chip, update_->session->IdentifyChip());
  }
  if (cut_) {
    target_ = payload_;  // whole already, composed with what was there before
  } else {
    ASSIGN_OR_RETURN(target_, family().ComposeTarget(model(), firmware_before_, payload_));
  }
  ASSIGN_OR_RETURN(write_plan_, family().PlanWrite(model(), Memory::kFirmware, firmware_before_,
                                                   target_, chip.part));
  RETURN_IF_ERROR(update_->session->CheckWrite(firmware_before_, target_));
  if (write_plan_.touches_boot && !job_->plan().writes_boot) {
    return Aborted("BOOT_NOT_IN_PLAN",
                   "the part of the flash that starts the drive would be written, and the plan did "
                   "not say so")
        .WithRemedy("make a new plan: the drive holds something else than its last backup");
  }
  const std::string note =
      write_plan_.units.empty()
          ? "the drive already holds this firmware, nothing to write"
          : fmt::format("{}{} units differ, {} bytes to program",
                        chip.part.empty() ? "" : chip.part + "; ", write_plan_.units.size(),
                        write_plan_.bytes_to_program);
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged, note));
  if (write_started_) return Ok();  // armed already, for the other memory
  if (!write_plan_.units.empty()) RETURN_IF_ERROR(HoldOn());
  return journal_.Enter(State::kArmed);
}

// What a write must not lose under way: the place for what the ledger may refuse, and the PC.
Status Runner::HoldOn() {
  if (!services_.spill_folder.empty()) {
    const size_t written = std::max<size_t>(model().firmware_bytes, target_.size());
    const auto bytes = kSpillForRows + static_cast<int64_t>(written) +
                       2 * static_cast<int64_t>(model().eeprom_bytes);
    ASSIGN_OR_RETURN(spill_, storage::Spill::Allocate(services_.spill_folder, job_->row().id, bytes,
                                                      services_.ledger));
  }
  if (services_.power == nullptr) return Ok();
  auto hold = services_.power->Hold("firmbench writes to a drive");
  if (hold) {
    power_ = std::move(*hold);
    return Ok();
  }
  return journal_.Message(hold.error().message() + "; " + hold.error().remedy());
}

// The flash in front of us must be the one that was backed up.
Status Runner::CompareSamples() {
  for (const families::ByteRange& range : SampleRanges(firmware_before_)) {
    Bytes now(range.length);
    RETURN_IF_ERROR(update_->session->ReadInUpdateMode(range.offset, now));
    if (!std::equal(now.begin(), now.end(), firmware_before_.begin() + range.offset)) {
      return Aborted("TARGET_CHANGED",
                     fmt::format("the flash at {:#x} is not what was backed up", range.offset))
          .WithRemedy("nothing was written; check cable and power, then start again");
    }
  }
  return Ok();
}

// Promise 2: what says that a write began is durable before the first destructive command is sent.
Status Runner::PassPointOfNoReturn() {
  if (write_started_) {
    // It was passed for the other memory.
    outcome_ = Outcome::kUnknown;
    Tolerate(journal_.Enter(State::kWriting), "enter WRITING");
    return Ok();
  }
  if (!job_->PassPointOfNoReturn()) return Cancelled("JOB_CANCELLED", "the job was cancelled");
  const Status durable =
      journal_.Enter(State::kWriting, "job.write_started", [this](storage::Job& row) {
        row.write_started_us = journal_.now_us();
        row.drive_state = ToString(DriveState::kUnknown);
        row.outcome = ToString(Outcome::kUnknown);
      });
  if (!durable) {
    // Whatever became of that commit, nothing was sent, and the closing row says so.
    job_->Update([](storage::Job& row) { row.write_started_us = 0; });
    return durable;
  }
  write_started_ = true;
  outcome_ = Outcome::kUnknown;
  if (drive_.attachment.write_started) drive_.attachment.write_started();
  return Ok();
}

Status Runner::WriteFirmware() {
  RETURN_IF_ERROR(BeginStep(StepId::kWrite, Memory::kFirmware));
  families::WriteReport report;
  Bytes current = firmware_before_;
  Status status;
  for (int attempt = 1; attempt <= kWriteAttempts; ++attempt) {
    {
      GateOpening open(*update_->handles.gate, inventory::GateLevel::kOpen);
      status = update_->session->Write(write_plan_, current, target_, report, *this);
    }
    if (status || attempt == kWriteAttempts || unread()) break;
    log::Warn("write failed, trying again from what the chip holds", "job", job_->row().id,
              "attempt", attempt, "reason", status.error().reason());
    // Still in update mode: look at what is there, and plan the rest from that.
    if (!update_->session->ReadInUpdateMode(0, current)) break;
    auto chip = [&]() -> Result<families::ChipIdentity> {
      GateOpening identify(*update_->handles.gate, inventory::GateLevel::kChipIdentify);
      return update_->session->IdentifyChip();
    }();
    if (!chip) break;
    auto again = family().PlanWrite(model(), Memory::kFirmware, current, target_, chip->part);
    if (!again) break;
    write_plan_ = std::move(*again);
  }
  if (!status) return FailStep(status);
  Tolerate(EndStep(Outcome::kChangedUnverified,
                   fmt::format("{} bytes programmed, {} erases, {} pages written again",
                               report.bytes_programmed, report.erases, report.page_retries)),
           "note the write");
  return Ok();
}

Status Runner::WriteEeprom() {
  RETURN_IF_ERROR(BeginStep(StepId::kWrite, Memory::kEeprom));
  families::WriteReport report;
  Status status;
  {
    GateOpening open(*update_->handles.gate, inventory::GateLevel::kOpen);
    status = update_->session->Write(write_plan_, eeprom_before_, target_, report, *this);
  }
  if (!status) return FailStep(status);
  Tolerate(EndStep(Outcome::kChangedUnverified,
                   fmt::format("{} bytes written", report.bytes_programmed)),
           "note the write");
  return Ok();
}

void Runner::ResetDrive() {
  if (write_started_) Tolerate(journal_.Enter(State::kResetting), "enter RESETTING");
  const Status begun = BeginStep(StepId::kReset);
  const Status left = update_->session->LeaveUpdateMode(*this);
  witness_ = update_->session->Witness();
  update_.reset();
  if (!begun) return;
  if (!left) {
    FailStep(left).IgnoreError("the read-back decides what became of the drive");
    if (!verdict_) verdict_ = left.error();
    return;
  }
  Tolerate(EndStep(Outcome::kUnchanged), "note the reset");
}

void Runner::ReadBackFirmware() {
  Tolerate(journal_.Enter(State::kReadback), "enter READBACK");
  const Status begun = BeginStep(StepId::kReadBack, Memory::kFirmware);
  auto after = [&]() -> Result<Bytes> {
    RETURN_IF_ERROR(begun);
    RETURN_IF_ERROR(AskAgain());
    ASSIGN_OR_RETURN(OpenDrive open, Open());
    return open.session->Read(Memory::kFirmware, {}, *this);
  }();
  Conclude(after, firmware_before_, target_);
}

// Other data first, so that no buffer on the way still holds what was just written; and whether it
// answers at all. A drive that does not is read in update mode.
Status Runner::AskAgain() {
  silent_ = false;
  ASSIGN_OR_RETURN(OpenDrive open, Open());
  const auto identity = scsi::ReadIdentity(*open.handles.scsi);
  if (!identity) {
    if (identity.error().reason() == "DRIVE_GONE") return identity.error();
    silent_ = true;
    not_back_ = Error(identity.error()).WithDriveState(DriveState::kUnknown);
    return journal_.Message(
        "the drive does not answer as a drive; its flash is read in update mode");
  }
  revision_ = identity->revision;
  Tolerate(journal_.Message(fmt::format("the drive answers as {} {} {}", identity->vendor,
                                        identity->product, identity->revision)),
           "note the identity");
  // Vendor and revision are the firmware's to change, in a conversion the product, too. A drive
  // that is brought back may have called itself anything before.
  const scsi::Identity& before = drive_.snapshot->identity;
  const auto serial = identity->serial();
  if (!recovering() && !before.product.empty() &&
      (!MayCallItself(*identity) || (serial && before.serial() && *serial != *before.serial()))) {
    return Aborted("TARGET_CHANGED",
                   fmt::format("the drive calls itself {} {}, serial number {}, after the write",
                               identity->vendor, identity->product, serial.value_or("unknown")));
  }
  TakeModelOf(*identity);
  return Ok();
}

// The dump that this job wrote into the unit it came from, when exactly its bytes were read back;
// "" when there is none.
std::string Runner::WrittenBack(ByteView after) {
  const storage::Job row = job_->row();
  if (outcome_ != Outcome::kChangedVerified || row.dump_id.empty() || row.unit_id.empty())
    return {};
  const auto dump = services_.ledger.GetDump(row.dump_id);
  const bool its_own = dump && dump->unit_id == row.unit_id;
  return its_own && dump->sha256 == Sha256Hex(after) ? row.dump_id : std::string();
}

// The outcome follows from what was read, and from nothing else.
void Runner::Conclude(const Result<Bytes>& after, ByteView before, ByteView target) {
  const Memory memory = write_plan_.memory;
  if (!after) {
    outcome_ = write_status_ ? Outcome::kChangedUnverified : Outcome::kUnknown;
    verdict_ =
        Unavailable("READBACK_FAILED", fmt::format("the {} could not be read back: {}",
                                                   ToString(memory), after.error().message()))
            .WithRemedy(
                "the backup is safe in the ledger; do not unplug the drive before "
                "you know its state")
            .WithDriveState(DriveState::kUnknown);
    FailStep(*verdict_).IgnoreError("the verdict carries it");
    return;
  }
  const auto equals = [&](ByteView other) {
    return std::equal(after->begin(), after->end(), other.begin(), other.end());
  };
  if (equals(target)) {
    outcome_ = Outcome::kChangedVerified;
    verdict_ = not_back_;
  } else if (equals(before) && other_written_) {
    outcome_ = Outcome::kChangedUnverified;
    verdict_ = HalfDone(fmt::format("the {} still holds what it held before", ToString(memory)));
  } else if (equals(before)) {
    outcome_ = Outcome::kNoEffect;
    verdict_ =
        FailedPrecondition("WRITE_NO_EFFECT",
                           fmt::format("the {} still holds what it held before", ToString(memory)))
            .WithRemedy("nothing is lost; `firmbench job show` has the details");
  } else {
    outcome_ = Outcome::kChangedUnverified;
    verdict_ =
        DataLoss(
            "WRITE_MISMATCH",
            fmt::format("what was read back is neither the old nor the new {}", ToString(memory)))
            .WithRemedy(WritesBoth(job_->plan().spec)
                            ? "leave the drive as it is and run: firmbench job recover jobs/" +
                                  RootJob(job_->row())
                            : "restore the backup that this job made before it wrote")
            .WithDriveState(DriveState::kPartlyWritten);
  }
  const std::string proven = WrittenBack(*after);
  Tolerate(Commit([&](storage::Transaction& tx) -> Status {
             RETURN_IF_ERROR(StoreDump(tx, memory, *after, "readback", 1, job_->row().unit_id));
             if (proven.empty()) return Ok();
             return tx.InsertDumpProof(
                 {.id = tx.NewId(),
                  .dump_id = proven,
                  .kind = drive_.snapshot->connection.simulated ? "rehearsed" : "written_back",
                  .job_id = job_->row().id,
                  .detail = {},
                  .created_us = tx.now_us()});
           }),
           "store the read-back");
  Tolerate(EndStep(outcome_, "SHA-256 " + Sha256Hex(*after)), "note the read-back");
}

Result<Bytes> Runner::ReadEepromAgain(const Status& begun) {
  RETURN_IF_ERROR(begun);
  ASSIGN_OR_RETURN(OpenDrive open, Open());
  RETURN_IF_ERROR(scsi::ReadIdentity(*open.handles.scsi));
  return open.session->Read(Memory::kEeprom, {}, *this);
}

// After an EEPROM write: is it as planned?
void Runner::ReadBackEeprom() {
  const auto after = ReadEepromAgain(BeginStep(StepId::kReadBack, Memory::kEeprom));
  // As planned, or as it was: either way nothing happened to it that nobody wanted.
  eeprom_check_ = !after                                          ? EepromCheck::kNotRead
                  : *after == target_ || *after == eeprom_before_ ? EepromCheck::kEqual
                                                                  : EepromCheck::kChanged;
  Conclude(after, eeprom_before_, target_);
}

// After a firmware write: is the EEPROM what it was before, or what this job has made of it?
void Runner::CheckEepromAfter() {
  if (eeprom_before_.empty() && cut_) eeprom_before_ = cut_->eeprom_before;
  if (!InPlan(StepId::kCheckEeprom)) {
    // This connection cannot read it, and the plan said so: nobody claims that it is unchanged.
    // A drive without one has nothing to be checked.
    if (model().eeprom_bytes != 0) eeprom_check_ = EepromCheck::kNotRead;
    return;
  }
  const auto after = ReadEepromAgain(BeginStep(StepId::kCheckEeprom));
  if (!after) {
    eeprom_check_ = EepromCheck::kNotRead;
    FailStep(after.error()).IgnoreError("said by NOT_READ and the verdict");
    if (!verdict_) {
      verdict_ = Unavailable("EEPROM_NOT_READ", "the EEPROM could not be read after the write: " +
                                                    after.error().message())
                     .WithRemedy("`firmbench backup` reads it again once the drive answers");
    }
    return;
  }
  const Bytes& expected = eeprom_goal_.empty() ? eeprom_before_ : eeprom_goal_;
  if (expected.empty()) {
    // Of a drive that was dead from the start nobody knows what it was; it is stored as it is now.
    eeprom_check_ = EepromCheck::kNotRead;
  } else {
    JudgeEeprom(expected, *after);
  }
  Tolerate(Commit([&](storage::Transaction& tx) -> Status {
             return StoreDump(tx, Memory::kEeprom, *after, "readback", 1, job_->row().unit_id);
           }),
           "store the EEPROM read-back");
  Tolerate(EndStep(eeprom_check_ == EepromCheck::kChanged ? Outcome::kUnknown : Outcome::kUnchanged,
                   std::string(ToString(*eeprom_check_))),
           "note the EEPROM check");
}

void Runner::JudgeEeprom(ByteView expected, ByteView after) {
  const auto use =
      services_.inventory.VolatileEeprom(model(), drive_.snapshot->connection.simulated);
  switch (inventory::CompareEeprom(expected, after, use)) {
    case inventory::EepromChange::kEqual:
      eeprom_check_ = EepromCheck::kEqual;
      break;
    case inventory::EepromChange::kVolatileOnly:
      eeprom_check_ = EepromCheck::kVolatileOnly;
      break;
    case inventory::EepromChange::kChanged:
      eeprom_check_ = EepromCheck::kChanged;
      verdict_ =
          DataLoss("EEPROM_CHANGED", "the EEPROM is not what it was before the firmware write")
              .WithRemedy("keep the drive as it is; its EEPROM backup is in the ledger")
              .WithDriveState(DriveState::kUnknown);
      // Then this job has not done what it was to do.
      if (other_written_) outcome_ = Outcome::kChangedUnverified;
      break;
  }
}

}  // namespace firmbench::jobs
