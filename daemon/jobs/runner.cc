// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/runner.h"

#include <fmt/format.h>

#include "daemon/base/ids.h"
#include "daemon/base/log.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/image_marks.h"
#include "daemon/jobs/job_trace.h"
#include "daemon/jobs/payload.h"
#include "daemon/jobs/plan_checks.h"
#include "daemon/scsi/commands.h"

namespace firmbench::jobs {
namespace {

constexpr std::string_view kConfirmAlone = "confirm_alone";  // families::PromptRequest

// A drive with a disc may be in use, and spins it up in the middle of a reset.
Status CheckTrayEmpty(scsi::Transport& transport) {
  // Several things may have happened to it: each UNIT ATTENTION is said once.
  constexpr int kAttentions = 4;
  scsi::Readiness readiness = scsi::Readiness::kAttention;
  for (int i = 0; i < kAttentions && readiness == scsi::Readiness::kAttention; ++i) {
    ASSIGN_OR_RETURN(readiness, scsi::TestUnitReady(transport));
  }
  if (readiness != scsi::Readiness::kReady && readiness != scsi::Readiness::kInBetween) return Ok();
  return FailedPrecondition("MEDIUM_PRESENT", "there is a disc in the drive")
      .WithRemedy("take the disc out, then start again; `firmbench drive eject` opens the tray");
}

}  // namespace

Runner::Runner(const Services& services, std::shared_ptr<LiveJob> job,
               inventory::DriveBinding binding)
    : services_(services),
      job_(std::move(job)),
      drive_(std::move(binding)),
      journal_([this](const auto& change) { return Commit(change); }, services.hub, *job_,
               services.clock),
      meter_(*job_, *drive_.attachment.clock,
             [hub = &services.hub, id = job_->row().id] { hub->Notify(id); }),
      recording_(std::make_shared<TraceRecording>(*drive_.attachment.clock, TraceLimits{})) {
  drive_.attachment = Recorded(std::move(drive_.attachment), recording_);
}

Runner::~Runner() = default;

void Runner::Run() {
  const Status status =
      job_->cancelled() ? Status(Cancelled("JOB_CANCELLED", "the job was cancelled")) : Work();
  Close(status);
}

Status Runner::Work() {
  RETURN_IF_ERROR(journal_.Enter(State::kPreflight, "job.start", [this](storage::Job& row) {
    row.started_us = journal_.now_us();
  }));
  ASSIGN_OR_RETURN(PlanInputs inputs,
                   LoadInputs(services_.ledger, job_->plan().spec, drive_.snapshot));
  RETURN_IF_ERROR(CheckKnownBad(job_->plan().spec, inputs));
  payload_ = std::move(inputs.payload);
  cut_ = std::move(inputs.cut);
  drive_.snapshot = std::move(inputs.drive);
  silent_ = !inputs.answers;
  if (job_->plan().spec.kind == Kind::kProbe) {
    outcome_ = Outcome::kUnchanged;
    return Probe();
  }
  if (OnChip(job_->plan().spec.kind)) {
    outcome_ = Outcome::kUnchanged;
    return WorkOnChip();
  }
  RETURN_IF_ERROR(recovering() ? FindCutDrive() : CheckDrive());
  outcome_ = Outcome::kUnchanged;
  switch (job_->plan().spec.kind) {
    case Kind::kBackup:
      return DumpMemories();
    case Kind::kVerify:
      return Verify();
    case Kind::kFlash:
    case Kind::kRestore:
      return WorkOnFirmware();
    case Kind::kEepromRestore:
      return WorkOnEeprom();
    case Kind::kConvert:
      return Convert();
    case Kind::kRecover:
      if (WritesBoth(job_->plan().spec)) return RecoverBoth();
      return job_->plan().spec.memory == ToString(Memory::kEeprom) ? WorkOnEeprom()
                                                                   : WorkOnFirmware();
    case Kind::kChipIdentify:
    case Kind::kChipRead:
    case Kind::kChipVerify:
    case Kind::kChipWrite:
    case Kind::kChipErase:
    case Kind::kProbe:
      break;  // above
  }
  return Internal("JOB_KIND_UNKNOWN", "the job is of no known kind");
}

Status Runner::WorkOnFirmware() {
  RETURN_IF_ERROR(DumpMemories());
  if (recovering()) {
    RETURN_IF_ERROR(CheckCutDump());
  } else if (!unread()) {
    RETURN_IF_ERROR(family().CheckUndo(model(), drive_.snapshot->identity, firmware_before_));
  }
  RETURN_IF_ERROR(UpdateFirmware());
  CheckEepromAfter();
  // Nothing was written, so an end that was asked for during that read is no failure of it.
  if (eeprom_check_ == EepromCheck::kNotRead && cancelled()) {
    return Cancelled("JOB_CANCELLED", "the job was cancelled");
  }
  return Ok();
}

// Into the update mode, and back to a drive that was read again. Where nothing differs nothing is
// written.
Status Runner::UpdateFirmware() {
  if (!write_started_) RETURN_IF_ERROR(journal_.Enter(State::kEntering));
  RETURN_IF_ERROR(BeginStep(StepId::kEnter));
  ASSIGN_OR_RETURN(update_, Open());
  RETURN_IF_ERROR(update_->session->EnterUpdateMode(*this));
  // The drive is in another mode now: whatever fails from here on, it is reset.
  if (const Status ready = ArmFirmware(); !ready) {
    FailStep(ready).IgnoreError("returned after the reset");
    ResetDrive();
    return ready;
  }
  if (write_plan_.units.empty()) {
    ResetDrive();
    return Ok();
  }
  // From here on nothing returns early: whatever fails, the drive is reset, read and judged.
  write_status_ = WriteFirmware();
  ResetDrive();
  if (unread()) {
    CheckRevision();
  } else {
    ReadBackFirmware();
  }
  return Ok();
}

Status Runner::WorkOnEeprom() {
  RETURN_IF_ERROR(DumpMemories());
  RETURN_IF_ERROR(ArmEeprom(payload_));
  if (write_plan_.units.empty()) {
    eeprom_check_ = EepromCheck::kEqual;
    return Ok();
  }
  RETURN_IF_ERROR(PassPointOfNoReturn());
  write_status_ = WriteEeprom();
  update_.reset();
  Tolerate(journal_.Enter(State::kReadback), "enter READBACK");
  ReadBackEeprom();
  return Ok();
}

// Everything up to the first destructive command; nothing is to be written where the plan of the
// write has no units afterwards.
Status Runner::ArmEeprom(const Bytes& target) {
  RETURN_IF_ERROR(BeginStep(StepId::kArm, Memory::kEeprom));
  target_ = target;
  ASSIGN_OR_RETURN(update_, Open());
  ASSIGN_OR_RETURN(const Bytes now, update_->session->Read(Memory::kEeprom, {}, *this));
  if (now != eeprom_before_) {
    return Aborted("TARGET_CHANGED", "the EEPROM changed since it was backed up");
  }
  ASSIGN_OR_RETURN(write_plan_,
                   family().PlanWrite(model(), Memory::kEeprom, eeprom_before_, target_, {}));
  if (write_plan_.units.empty()) {
    return EndStep(Outcome::kUnchanged, "the EEPROM already holds this dump");
  }
  RETURN_IF_ERROR(EndStep(Outcome::kUnchanged));
  if (write_started_) return Ok();
  RETURN_IF_ERROR(HoldOn());
  return journal_.Enter(State::kArmed);
}

// Is this still the drive that the plan was made for?
Status Runner::CheckDrive() {
  RETURN_IF_ERROR(BeginStep(StepId::kCheckDrive));
  if (const auto problem = CheckPresence(*drive_.snapshot)) {
    return FailedPrecondition(problem->reason, problem->text).WithRemedy(problem->remedy);
  }
  if (model().model != job_->row().model || !IsAsPlanned()) {
    return Aborted("TARGET_CHANGED", "the drive changed after the plan was made")
        .WithRemedy("look at the drive and make a new plan");
  }
  ASSIGN_OR_RETURN(OpenDrive open, Open());
  RETURN_IF_ERROR(CheckTarget(open));
  return EndStep(Outcome::kUnchanged);
}

// Nobody writes to a drive that changed since a person looked at it.
bool Runner::IsAsPlanned() const {
  const storage::Job row = job_->row();
  const inventory::DriveSnapshot& drive = *drive_.snapshot;
  if (!Writes(job_->plan().spec.kind) || drive.etag == job_->plan().etag) return true;
  // A job that begins again has made its unit known by its own dumps.
  return row.attempts != 0 && drive.quarantine.empty() && !row.unit_id.empty() &&
         drive.unit.unit_id == row.unit_id;
}

// Does it still call itself what it did, and is its tray free?
Status Runner::CheckTarget(OpenDrive& open) {
  ASSIGN_OR_RETURN(const scsi::Identity identity, scsi::ReadIdentity(*open.handles.scsi));
  revision_ = identity.revision;
  const scsi::Identity& planned = drive_.snapshot->identity;
  if (identity.vendor != planned.vendor || identity.product != planned.product ||
      identity.revision != planned.revision || identity.serial() != planned.serial()) {
    return Aborted("TARGET_CHANGED",
                   fmt::format("the drive calls itself {} {} {} now", identity.vendor,
                               identity.product, identity.revision))
        .WithRemedy("make a new plan for the drive that is attached now");
  }
  if (Writes(job_->plan().spec.kind)) return CheckTrayEmpty(*open.handles.scsi);
  return Ok();
}

void Runner::Close(const Status& status) {
  update_.reset();
  if (drive_.attachment.write_ended) drive_.attachment.write_ended();
  KeepTrace();
  if (!status && !write_started_ && job_->suspended()) return PutBack();
  FailStep(status).IgnoreError("it is what the job ends with");
  const Error* error = WhyFailed(status);
  JobResult result = JobResult::kSucceeded;
  if (error != nullptr) {
    // Past the first write an end that somebody asks for is a failure like any other.
    const bool cancelled = error->code() == Code::kCancelled && !write_started_;
    result = cancelled                                          ? JobResult::kCancelled
             : job_->row().state == ToString(State::kPreflight) ? JobResult::kRefused
                                                                : JobResult::kFailed;
  }
  job_->Update([&](storage::Job& row) {
    row.result = ToString(result);
    row.outcome = ToString(outcome_);
    if (eeprom_check_) row.eeprom_check = ToString(*eeprom_check_);
    row.drive_state = ToString(KnownState());
    if (error != nullptr) {
      row.error_reason = error->reason();
      row.error_message = error->message();
      row.error_remedy = error->remedy();
    }
  });
  StoreQuarantine();
  if (result == JobResult::kSucceeded && (recovering() || writing_chip())) LiftQuarantines();
  // Before the job is seen as closed, so that who waits for it finds the drive as it is now.
  if (write_started_) {
    services_.inventory.IdentifyNow(drive_.snapshot->id);
  } else {
    services_.inventory.Reassess(drive_.snapshot->id);
  }
  if (result == JobResult::kSucceeded) meter_.EndJob();
  Tolerate(journal_.Enter(State::kClosed, "job.close",
                          [this](storage::Job& row) { row.ended_us = journal_.now_us(); }),
           "close the job");
  if (spill_) Tolerate(spill_->Close(), "take in what was spilled");
  power_.reset();
  const storage::Job row = job_->row();
  log::Info("job closed", "job", row.id, "kind", row.kind, "result", row.result, "outcome",
            row.outcome, "reason", row.error_reason);
}

// Beside the job: what becomes of it is the same with and without.
void Runner::KeepTrace() {
  Trace trace = recording_->Take();
  NameTrace(job_->row(), trace);
  RaiseEvidence(job_->row(), trace);
  Tolerate(StoreTrace(services_.ledger, job_->row().id, trace), "keep the trace");
}

// The daemon stops: the job waits for its next start, as if it had not begun.
void Runner::PutBack() {
  services_.inventory.Reassess(drive_.snapshot->id);
  Tolerate(journal_.Enter(State::kQueued, "job.put_back",
                          [](storage::Job& row) {
                            row.attempts += 1;
                            row.started_us = 0;
                            row.outcome.clear();
                          }),
           "put the job back");
}

const Error* Runner::WhyFailed(const Status& status) const {
  if (!status) return &status.error();
  if (verdict_) return &*verdict_;
  if (!write_status_ && outcome_ != Outcome::kChangedVerified) return &write_status_.error();
  return nullptr;
}

DriveState Runner::KnownState() const {
  if (!write_started_) return DriveState::kUntouched;
  if (outcome_ == Outcome::kUnknown) return DriveState::kUnknown;
  return verdict_ ? verdict_->drive_state() : DriveState::kUntouched;
}

// A drive that may be half written, or whose EEPROM changed, is not written to again before a
// person has looked at it.
void Runner::StoreQuarantine() {
  const storage::Job row = job_->row();
  const bool eeprom_changed = eeprom_check_ == EepromCheck::kChanged;
  const bool uncertain = row.drive_state != ToString(DriveState::kUntouched);
  if (!eeprom_changed && !uncertain) return;
  const std::string reason = eeprom_changed   ? "its EEPROM changed during a write"
                             : writing_chip() ? kChipQuarantine
                                              : "a write to it did not end well";
  Tolerate(
      Commit([&](storage::Transaction& tx) -> Status { return AppendQuarantine(tx, row, reason); }),
      "put the drive in quarantine");
}

Status Runner::Commit(const Journal::TransactionPart& change) {
  // That a write began is never said anywhere but in the ledger.
  return spill_ && write_started_ ? spill_->Commit(change) : services_.ledger.Commit(change);
}

bool Runner::InPlan(StepId id) const {
  for (const PlanStep& step : job_->plan().steps) {
    if (step.id == id) return true;
  }
  return false;
}

Status Runner::BeginStep(StepId id, int occurrence) {
  const auto& steps = job_->plan().steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id == id && occurrence-- == 0) return OpenStep(i);
  }
  return Internal("PLAN_STEP_MISSING", "the plan lacks a step that the job needs");
}

Status Runner::BeginStep(StepId id, Memory memory) {
  const auto& steps = job_->plan().steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].id == id && steps[i].memory == memory) return OpenStep(i);
  }
  return Internal("PLAN_STEP_MISSING", "the plan lacks a step that the job needs");
}

Status Runner::OpenStep(size_t index) {
  const PlanStep& step = job_->plan().steps[index];
  step_ = {.job_id = job_->row().id,
           .index = static_cast<int64_t>(index),
           .name = step.name,
           .memory = step.memory ? std::string(ToString(*step.memory)) : std::string(),
           .outcome = std::string(ToString(Outcome::kNotStarted)),
           .note = {},
           .started_us = journal_.now_us(),
           .ended_us = 0};
  step_open_ = true;
  recording_->BeginStep(step.name);
  meter_.BeginStep(index);
  return Ok();
}

Status Runner::EndStep(Outcome outcome, const std::string& note) {
  if (!step_open_) return Ok();
  meter_.EndStep();
  return StoreStep(outcome, note);
}

Status Runner::StoreStep(Outcome outcome, const std::string& note) {
  step_open_ = false;
  step_.outcome = ToString(outcome);
  step_.note = note;
  step_.ended_us = journal_.now_us();
  return journal_.Step(step_);
}

// Notes a failure in the step that is open, and hands it on.
Status Runner::FailStep(const Status& status) {
  if (!status && step_open_) {
    const Outcome outcome = write_started_ ? Outcome::kUnknown : Outcome::kUnchanged;
    Tolerate(StoreStep(outcome, status.error().message()), "note a failed step");
  }
  return status;
}

void Runner::Tolerate(const Status& status, const char* what) {
  if (status) return;
  log::ErrorLine("the ledger did not take what a job had to say; the job goes on", "what", what,
                 "reason", status.error().reason());
}

void Runner::Progress(uint64_t done_bytes, uint64_t total_bytes) {
  meter_.Report(done_bytes, total_bytes);
}

bool Runner::cancelled() const {
  return !write_started_ && (job_->cancelled() || job_->declined());
}

Result<OpenPrompt> Runner::ShowPrompt(const families::PromptRequest& request) {
  const OpenPrompt prompt{
      NewId(services_.clock), request.kind, request.text,
      services_.clock.WallMicros() +
          std::chrono::duration_cast<std::chrono::microseconds>(request.timeout).count()};
  job_->Open(prompt);
  if (const Status told = journal_.PromptOpened(prompt); !told) {
    job_->Withdraw();
    return told.error();
  }
  if (drive_.attachment.scripted_operator) {
    if (const auto answer = drive_.attachment.scripted_operator(request)) {
      job_->Answer(prompt.id, *answer, "simulated operator")
          .IgnoreError("somebody else was faster, which is as good");
    }
  }
  return prompt;
}

Status Runner::PromptWhile(const families::PromptRequest& request,
                           const std::function<Status()>& work) {
  ASSIGN_OR_RETURN(const OpenPrompt prompt, ShowPrompt(request));
  const Status worked = work();
  job_->Withdraw();
  services_.hub.Notify(job_->row().id);
  RETURN_IF_ERROR(worked);
  return journal_.PromptAnswered(prompt, {"done", "the drive"});
}

Status Runner::Prompt(const families::PromptRequest& request) {
  // Every session asks; a person is asked once in a job.
  if (request.kind == kConfirmAlone && alone_) return Ok();
  ASSIGN_OR_RETURN(const OpenPrompt prompt, ShowPrompt(request));
  auto answered = job_->WaitForAnswer(request.timeout);
  services_.hub.Notify(job_->row().id);
  if (!answered) return answered.error();
  RETURN_IF_ERROR(journal_.PromptAnswered(prompt, *answered));
  if (answered->answer == "cancel")
    return Cancelled("JOB_CANCELLED", "the operator cancelled the job");
  alone_ = alone_ || request.kind == kConfirmAlone;
  return Ok();
}

}  // namespace firmbench::jobs
