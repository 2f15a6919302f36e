// SPDX-License-Identifier: Apache-2.0
// Jobs that write both memories: a conversion writes the EEPROM, and only when that is read back as
// planned the firmware; bringing such a drive back goes the other way round, because a drive
// without sound firmware may not show its EEPROM.
#include <fmt/format.h>

#include "daemon/jobs/runner.h"

namespace firmbench::jobs {

Status Runner::Convert() {
  RETURN_IF_ERROR(DumpMemories());
  RETURN_IF_ERROR(family().CheckUndo(model(), drive_.snapshot->identity, firmware_before_));
  const families::Conversion* conversion =
      families::FindConversion(model(), job_->plan().spec.model);
  if (conversion == nullptr) {
    return NotFound("CONVERSION_NOT_KNOWN", "this version does not know the conversion");
  }
  ASSIGN_OR_RETURN(eeprom_goal_, families::ConvertEeprom(*conversion, eeprom_before_));
  RETURN_IF_ERROR(CheckBootPlanned());
  RETURN_IF_ERROR(ArmEeprom(eeprom_goal_));
  RETURN_IF_ERROR(PassPointOfNoReturn());
  write_status_ = WriteEeprom();
  update_.reset();
  ReadBackEeprom();
  // Without a verified EEPROM the firmware is never begun.
  if (outcome_ != Outcome::kChangedVerified || verdict_) return Ok();
  other_written_ = true;
  outcome_ = Outcome::kUnknown;
  Checkpoint();
  if (const Status firmware = ConvertFirmware(); !firmware) EndHalfway(firmware);
  return Ok();
}

Status Runner::ConvertFirmware() {
  RETURN_IF_ERROR(UpdateFirmware());
  if (write_plan_.units.empty()) outcome_ = Outcome::kChangedVerified;  // of the EEPROM
  CheckEepromAfter();
  return Ok();
}

// What would end the job between its two writes is asked for before the first.
Status Runner::CheckBootPlanned() const {
  ASSIGN_OR_RETURN(const Bytes target, family().ComposeTarget(model(), firmware_before_, payload_));
  ASSIGN_OR_RETURN(const families::WritePlan plan,
                   family().PlanWrite(model(), Memory::kFirmware, firmware_before_, target, {}));
  if (!plan.touches_boot || job_->plan().writes_boot) return Ok();
  return Aborted("BOOT_NOT_IN_PLAN",
                 "the part of the flash that starts the drive would be written, and the plan did "
                 "not say so")
      .WithRemedy("make a new plan: the drive holds something else than its last backup");
}

// Between the two writes. The job goes on where even the spill file does not take it: a restart
// looks at the drive and not at the journal.
void Runner::Checkpoint() {
  Tolerate(BeginStep(StepId::kCheckpoint), "begin the checkpoint");
  Tolerate(journal_.Enter(State::kWriting, "job.checkpoint"), "write the checkpoint");
  Tolerate(EndStep(Outcome::kUnchanged, "the EEPROM is verified; the firmware is next"),
           "note the checkpoint");
}

Error Runner::HalfDone(const std::string& why) const {
  const bool eeprom_first = !recovering();
  return FailedPrecondition("CONVERSION_HALF_DONE",
                            fmt::format("the {} is written and verified, the {} is not: {}",
                                        eeprom_first ? "EEPROM" : "firmware",
                                        eeprom_first ? "firmware" : "EEPROM", why))
      .WithRemedy("leave the drive as it is and run: firmbench job recover jobs/" +
                  RootJob(job_->row()))
      .WithDriveState(DriveState::kPartlyWritten);
}

void Runner::EndHalfway(const Status& why) {
  FailStep(why).IgnoreError("the verdict carries it");
  outcome_ = Outcome::kChangedUnverified;
  verdict_ = HalfDone(why.error().message());
}

Status Runner::RecoverBoth() {
  RETURN_IF_ERROR(DumpMemories());
  RETURN_IF_ERROR(CheckCutDump());
  eeprom_goal_ = job_->plan().spec.recover_to == "new" ? cut_->eeprom_target : cut_->eeprom_before;
  if (silent_ || firmware_before_ != payload_) {
    RETURN_IF_ERROR(UpdateFirmware());
    if (verdict_) {
      if (outcome_ == Outcome::kChangedVerified) outcome_ = Outcome::kChangedUnverified;
      return Ok();
    }
    other_written_ = !write_plan_.units.empty();
  }
  const Status eeprom = RecoverEeprom();
  if (!write_started_) return eeprom;
  if (!eeprom) EndHalfway(eeprom);
  return Ok();
}

Status Runner::RecoverEeprom() {
  if (silent_) RETURN_IF_ERROR(AskAgain());
  if (silent_) return *not_back_;
  if (eeprom_before_.empty()) RETURN_IF_ERROR(ReadEepromLate());
  RETURN_IF_ERROR(ArmEeprom(eeprom_goal_));
  if (write_plan_.units.empty()) {
    eeprom_check_ = EepromCheck::kEqual;
    update_.reset();
    return Ok();
  }
  RETURN_IF_ERROR(PassPointOfNoReturn());
  write_status_ = WriteEeprom();
  update_.reset();
  Tolerate(journal_.Enter(State::kReadback), "enter READBACK");
  ReadBackEeprom();
  return Ok();
}

// Of a drive that could not show its EEPROM before its firmware was back.
Status Runner::ReadEepromLate() {
  RETURN_IF_ERROR(BeginStep(StepId::kArm, Memory::kEeprom));
  ASSIGN_OR_RETURN(const Bytes now, ReadAgreeing(Memory::kEeprom, std::nullopt, kEepromReads));
  const CutState state = ClassifyEeprom(*cut_, now);
  if (state.elsewhere != 0) {
    return Aborted("TARGET_CHANGED",
                   "this does not look like the drive that was cut off: its EEPROM is another one")
        .WithRemedy("check that the right drive is on this port");
  }
  RETURN_IF_ERROR(Commit([&](storage::Transaction& tx) -> Status {
    return StoreDump(tx, Memory::kEeprom, now, "before_write", kEepromReads, job_->row().unit_id);
  }));
  eeprom_before_ = now;
  return ReadBackFromLedger();
}

// In a conversion the drive changes its name with its firmware.
bool Runner::MayCallItself(const scsi::Identity& identity) const {
  if (identity.product == drive_.snapshot->identity.product) return true;
  const families::Match match = families::MatchDrive(identity);
  return match.model != nullptr && match.model->family == model().family &&
         match.model->model == job_->row().target_model;
}

// From here on it is the model that its firmware makes it, in what is stored as well.
void Runner::TakeModelOf(const scsi::Identity& identity) {
  if (!WritesBoth(job_->plan().spec)) return;
  const storage::Job begun = cut_ ? cut_->job : job_->row();
  const families::Match match = families::MatchDrive(identity);
  if (match.model == nullptr || match.model->family != begun.family ||
      (match.model->model != begun.model && match.model->model != begun.target_model)) {
    return;
  }
  auto named = std::make_shared<inventory::DriveSnapshot>(*drive_.snapshot);
  named->family = match.family;
  named->model = match.model;
  named->abilities = match.family->Abilities(*match.model, named->connection);
  drive_.snapshot = std::move(named);
}

}  // namespace firmbench::jobs
