// SPDX-License-Identifier: Apache-2.0
// Bringing back a drive: finding it although it does not answer, and making sure that it is the one
// whose write was cut off before anything is written to it.
#include <fmt/format.h>

#include "daemon/jobs/assumed_drive.h"
#include "daemon/jobs/runner.h"

namespace firmbench::jobs {
namespace {

// How long a drive has that was switched off and on; two to three times what booting takes [G].
constexpr Nanos kBackAfterPower = std::chrono::seconds(10);

// By a job that left a chip half written through this drive.
bool OfCutChip(storage::Ledger& ledger, const storage::Quarantine& quarantine,
               const storage::Job& write) {
  const auto job = ledger.GetJob(quarantine.job_id);
  return job && job->drive_id == write.drive_id && inventory::WroteChip(*job);
}

// By the job that was cut off, or by an earlier try to recover it.
bool OfCutJob(storage::Ledger& ledger, const storage::Quarantine& quarantine,
              const storage::Job& recovery) {
  if (quarantine.job_id.empty()) return false;
  if (inventory::WroteChip(recovery)) return OfCutChip(ledger, quarantine, recovery);
  if (recovery.recovers.empty()) return false;
  if (quarantine.job_id == recovery.recovers) return true;
  const auto job = ledger.GetJob(quarantine.job_id);
  return job && job->recovers == recovery.recovers;
}

}  // namespace

Status Runner::FindCutDrive() {
  RETURN_IF_ERROR(BeginStep(StepId::kCheckDrive));
  if (drive_.snapshot->condition == inventory::DriveCondition::kGone) {
    return FailedPrecondition("DRIVE_GONE", "the drive is not attached any more")
        .WithRemedy("attach it to the same port again");
  }
  if (drive_.snapshot->model == nullptr || model().model != job_->row().model) {
    return Aborted("TARGET_CHANGED", "another drive is on this port now")
        .WithRemedy("attach the drive that the job is about, then make a new plan");
  }
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged,
                          silent_ ? "the drive does not say who it is" : "the drive answers"));
  if (silent_ || job_->plan().spec.memory != ToString(Memory::kEeprom)) {
    RETURN_IF_ERROR(SwitchOffAndOn());
  }
  if (silent_) return Ok();
  ASSIGN_OR_RETURN(OpenDrive open, Open());
  return CheckTarget(open);
}

// A flash chip that was left in the middle of a command, also under a drive that answers, and
// firmware that only stumbled are whole again after this.
Status Runner::SwitchOffAndOn() {
  if (!InPlan(StepId::kPowerCycle)) {
    return FailedPrecondition("DRIVE_NOT_ANSWERING", "the drive stopped answering after the plan")
        .WithRemedy("make a new plan: it then says what your hands have to do");
  }
  RETURN_IF_ERROR(BeginStep(StepId::kPowerCycle));
  RETURN_IF_ERROR(
      Prompt({.kind = "power_cycle",
              .text = "Switch the drive off, wait five seconds, and switch it on again."}));
  RETURN_IF_ERROR(LookAgain());
  return EndStep(Outcome::kUnchanged,
                 silent_ ? "it does not start: its firmware is not whole" : "it answers again");
}

// Asks the drive again who it is; it may have become another device for the kernel.
Status Runner::LookAgain() {
  {
    ASSIGN_OR_RETURN(OpenDrive open, Open());
    const Status back = open.session->BringBack(kBackAfterPower);
    if (!back && back.error().reason() != "DRIVE_NOT_BACK") return back;
  }
  services_.inventory.IdentifyNow(drive_.snapshot->id);
  ASSIGN_OR_RETURN(drive_, services_.inventory.Bind(drive_.snapshot->id));
  silent_ = IsSilent(*drive_.snapshot);
  drive_.snapshot = AssumeModel(drive_.snapshot, cut_ ? cut_->job : job_->row());
  if (drive_.snapshot->model != nullptr && model().model == job_->row().model) return Ok();
  return Aborted("TARGET_CHANGED", "another drive is on this port now")
      .WithRemedy("attach the drive that the job is about, then make a new plan");
}

// Is what was read from the drive what a cut of that job can leave behind?
Status Runner::CheckCutDump() {
  if (!cut_) return CheckRemains();
  if (unread()) return Ok();
  const auto another = [](std::string why) {
    return Aborted("TARGET_CHANGED", "this does not look like the drive that was cut off: " + why)
        .WithRemedy(
            "check that the right drive is on this port; if it is, read it again, and write it "
            "with `firmbench recover` by its model");
  };
  const bool compare = !eeprom_before_.empty() && !cut_->eeprom_before.empty();
  if (compare && cut_->both()) {
    const CutState eeprom = ClassifyEeprom(*cut_, eeprom_before_);
    if (eeprom.elsewhere != 0) return another("its EEPROM is another one");
    RETURN_IF_ERROR(journal_.Message(eeprom.Describe("EEPROM")));
  } else if (compare && inventory::CompareEeprom(cut_->eeprom_before, eeprom_before_,
                                                 model().volatile_eeprom) ==
                            inventory::EepromChange::kChanged) {
    return another("its EEPROM is another one");
  }
  const CutState state = Classify(*cut_, firmware_before_);
  if (!state.plausible()) return another(state.Describe(ToString(Memory::kFirmware)));
  return journal_.Message(state.Describe(ToString(Memory::kFirmware)));
}

// Of a drive that nobody knows: do the names that are left in its flash speak for another model than
// its sticker? A drive that died of another model's firmware holds just that, so a person decides.
Status Runner::CheckRemains() {
  if (firmware_before_.empty()) return Ok();
  const families::Remains remains = family().ReadRemains(firmware_before_);
  if (!remains.text.empty()) RETURN_IF_ERROR(journal_.Message(remains.text));
  if (remains.model.empty() || remains.model == model().model) return Ok();
  return Prompt({.kind = "confirm_model",
                 .text = fmt::format("What is left in the flash is of a {0}, but this job writes "
                                     "firmware of a {1}. Go on only if the sticker on the drive "
                                     "says {1}.",
                                     remains.model, model().model)});
}

// What the cut write put into quarantine is whole again.
void Runner::LiftQuarantines() {
  const auto listed = services_.ledger.ListQuarantines(true);
  if (!listed) return Tolerate(listed.error(), "lift the quarantine");
  const storage::Job row = job_->row();
  std::vector<std::string> ended;
  for (const storage::Quarantine& quarantine : *listed) {
    if (OfCutJob(services_.ledger, quarantine, row)) ended.push_back(quarantine.id);
  }
  if (ended.empty() && writing_chip()) return;
  const std::string why =
      writing_chip() ? "the chip was written whole by jobs/" : "brought back by jobs/";
  Tolerate(
      Commit([&](storage::Transaction& tx) -> Status {
        for (const std::string& id : ended) {
          RETURN_IF_ERROR(tx.LiftQuarantine(id, row.principal, why + row.id));
        }
        RETURN_IF_ERROR(tx.AppendAudit(JobFact(row, "drive.quarantine_lift", row.principal, "ok")));
        return Ok();
      }),
      "lift the quarantine");
}

}  // namespace firmbench::jobs
