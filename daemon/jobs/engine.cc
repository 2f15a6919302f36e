// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/engine.h"

#include <fmt/format.h>

#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "daemon/base/log.h"
#include "daemon/jobs/payload.h"
#include "daemon/jobs/plan_checks.h"

namespace firmbench::jobs {
namespace {

// What a request asks for, as a digest: the same request id with another body is refused.
std::string RequestDigest(const CreateRequest& request) {
  const JobSpec& spec = request.spec;
  // Only where it is used, so that requests from before it was there keep their digests.
  std::string chip;
  if (OnChip(spec.kind)) chip = fmt::format("\n{}\n{}", spec.chip_part, spec.board_mv);
  if (!spec.chip_fill.empty()) chip += "\n" + spec.chip_fill;
  return Sha256Hex(AsBytes(fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}{}", ToString(spec.kind), spec.drive_id,
      spec.memory, spec.image_id, spec.dump_id, spec.override_reason, request.principal,
      spec.recovers, spec.recover_to, spec.model, spec.label, chip)));
}

storage::Job MakeRow(const CreateRequest& request, const Plan& plan, const PlanInputs& inputs,
                     const Clock& clock) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  storage::Job row;
  row.id = NewId(clock);
  row.kind = ToString(plan.spec.kind);
  row.drive_id = drive.id;
  row.topology = drive.topology;
  // A chip in a drive's socket is no part of its unit.
  if (!OnChip(plan.spec.kind))
    row.unit_id = inputs.cut ? inputs.cut->job.unit_id : drive.unit.unit_id;
  // A person told by its label which unit it is.
  if (plan.spec.kind == Kind::kEepromRestore && inputs.dump_unit)
    row.unit_id = inputs.dump_unit->id;
  row.recovers = plan.spec.recovers;
  if (plan.spec.kind == Kind::kConvert) row.target_model = plan.spec.model;
  if (drive.model != nullptr) {
    row.family = drive.model->family;
    row.model = drive.model->model;
  }
  row.memory = plan.spec.memory;
  row.image_id = plan.spec.image_id;
  row.dump_id = plan.spec.dump_id;
  row.plan_digest = plan.digest;
  row.plan_json = plan.json;
  row.request_id = request.request_id;
  row.request_digest = RequestDigest(request);
  row.principal = request.principal;
  row.tool_version = FIRMBENCH_VERSION;
  row.simulated = drive.connection.simulated;
  row.created_us = clock.WallMicros();
  row.state = ToString(plan.needs_approval ? State::kAwaitingApproval : State::kQueued);
  row.drive_state = ToString(DriveState::kUntouched);
  return row;
}

}  // namespace

Engine::~Engine() { Drain(); }

Result<Plan> Engine::MakePlanFor(const JobSpec& spec) {
  ASSIGN_OR_RETURN(inventory::Snapshot drive, services_.inventory.Find(spec.drive_id));
  ASSIGN_OR_RETURN(const PlanInputs inputs, LoadInputs(services_.ledger, spec, std::move(drive)));
  Plan plan = MakePlan(spec, inputs);
  SayWhatIsNotCopied(plan);
  return plan;
}

// Said with the plan and no part of its digest: it changes by itself.
void Engine::SayWhatIsNotCopied(Plan& plan) {
  if (services_.second_copy == nullptr || !Writes(plan.spec.kind)) return;
  const CopyState state = services_.second_copy->State();
  for (auto& problem : CopyProblems(state)) plan.warnings.push_back(std::move(problem));
  if (!state.failing || !services_.second_copy->required()) return;
  plan.problems.push_back({"COPY_MISSING",
                           "nothing is written before its dumps are in the second copy, and that "
                           "cannot be kept now: " +
                               state.failing->text,
                           state.failing->remedy});
}

Result<JobView> Engine::Create(const CreateRequest& request) {
  ASSIGN_OR_RETURN(auto repeated, FindRepeated(request));
  if (repeated) return std::move(*repeated);
  ASSIGN_OR_RETURN(const inventory::Snapshot drive,
                   services_.inventory.Find(request.spec.drive_id));
  ASSIGN_OR_RETURN(const PlanInputs inputs, LoadInputs(services_.ledger, request.spec, drive));
  Plan plan = MakePlan(request.spec, inputs);
  SayWhatIsNotCopied(plan);
  const Status allowed = [&]() -> Status {
    RETURN_IF_ERROR(CheckRequest(request, *drive));
    if (!plan.problems.empty()) {
      const inventory::Problem& problem = plan.problems.front();
      return FailedPrecondition(problem.reason, problem.text).WithRemedy(problem.remedy);
    }
    if (!request.plan_digest.empty() && request.plan_digest != plan.digest) {
      return Aborted("PLAN_STALE", "the plan that was shown is not the plan of now")
          .WithRemedy("look at the new plan, then decide again");
    }
    return Ok();
  }();
  if (!allowed) {
    RefuseAudited(request, allowed.error());
    return allowed.error();
  }
  const storage::Job row = MakeRow(request, plan, inputs, services_.clock);
  if (const Status accepted = Accept(row, plan); !accepted) {
    if (accepted.error().reason() != "ALREADY_EXISTS") return accepted.error();
    // The same request came twice at once, and the other one was faster.
    ASSIGN_OR_RETURN(repeated, FindRepeated(request));
    if (repeated) return std::move(*repeated);
    return accepted.error();
  }
  Adopt(row, plan, drive->channel);
  if (!plan.needs_approval) RETURN_IF_ERROR(Start(Live(row.id)));
  return Get(row.id);
}

void Engine::Adopt(const storage::Job& row, Plan plan, const std::string& channel) {
  auto job = std::make_shared<LiveJob>(row, std::move(plan));
  {
    MutexLock lock(mutex_);
    live_[row.id] = {std::move(job), channel, 0};
  }
  services_.hub.Notify(row.id);
}

// The request id is looked up before anything else, so that a client that lost the answer gets it.
Result<std::optional<JobView>> Engine::FindRepeated(const CreateRequest& request) {
  if (request.request_id.empty()) return std::optional<JobView>();
  ASSIGN_OR_RETURN(const auto row, services_.ledger.FindJobByRequest(request.request_id));
  if (!row) return std::optional<JobView>();
  if (row->request_digest != RequestDigest(request)) {
    return InvalidArgument("REQUEST_ID_REUSED", "this request id was used for another job")
        .WithRemedy("use a fresh request id for every job");
  }
  ASSIGN_OR_RETURN(JobView view, View(*row));
  return std::optional<JobView>(std::move(view));
}

Status Engine::CheckRequest(const CreateRequest& request, const inventory::DriveSnapshot& drive) {
  {
    MutexLock lock(mutex_);
    if (draining_) return Unavailable("SHUTTING_DOWN", "the daemon is stopping");
  }
  if (Writes(request.spec.kind)) {
    if (request.request_id.empty()) {
      return InvalidArgument("REQUEST_ID_REQUIRED", "a job that writes needs a request id");
    }
    if (request.etag.empty()) {
      return InvalidArgument("ETAG_REQUIRED", "a job that writes needs the etag of its drive");
    }
    if (request.plan_digest.empty()) {
      return InvalidArgument("PLAN_DIGEST_REQUIRED", "a job that writes needs the plan's digest")
          .WithRemedy("ask for the plan first (validate_only), show it, then send its digest");
    }
  }
  if (const auto health = services_.ledger.Health(); !health.writable) {
    return Unavailable(health.reason, health.text).WithRemedy(health.remedy);
  }
  RETURN_IF_ERROR(CheckClaim(drive.id, request.principal));
  // Said first: that it is not there says more than that it is not what it was. A recovery is for
  // drives that do not answer.
  const auto problem = CheckPresence(drive);
  // A drive that nobody knows can be asked.
  const bool asked = request.spec.kind == Kind::kProbe;
  if (problem && request.spec.kind != Kind::kRecover && !OnChip(request.spec.kind) && !asked) {
    return FailedPrecondition(problem->reason, problem->text).WithRemedy(problem->remedy);
  }
  if (!request.etag.empty() && request.etag != drive.etag) {
    return Aborted("ETAG_STALE", "the drive is not any more what it was when you looked at it")
        .WithRemedy("look at the drive again: `firmbench drive show`");
  }
  return Ok();
}

// A refusal leaves a trace too: who wanted what, and why not.
void Engine::RefuseAudited(const CreateRequest& request, const Error& error) {
  const auto status = services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    storage::AuditFact fact;
    fact.principal = request.principal;
    fact.action = "job.refuse";
    fact.resource = "drives/" + request.spec.drive_id;
    fact.outcome = error.reason();
    fact.details = {{"kind", std::string(ToString(request.spec.kind))},
                    {"image", request.spec.image_id},
                    {"dump", request.spec.dump_id}};
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  });
  if (!status) log::ErrorLine("refusal not audited", "reason", status.error().reason());
}

Status Engine::Accept(const storage::Job& row, const Plan& plan) {
  return services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertJob(row));
    for (size_t i = 0; i < plan.steps.size(); ++i) {
      storage::JobStep step;
      step.job_id = row.id;
      step.index = static_cast<int64_t>(i);
      step.name = plan.steps[i].name;
      if (plan.steps[i].memory) step.memory = ToString(*plan.steps[i].memory);
      step.outcome = ToString(Outcome::kNotStarted);
      RETURN_IF_ERROR(tx.PutStep(step));
    }
    RETURN_IF_ERROR(tx.AppendEvent(StateEvent(row, row.created_us)));
    RETURN_IF_ERROR(tx.AppendAudit(JobFact(row, "job.create", row.principal, "ok")));
    return Ok();
  });
}

Status Engine::Start(const std::shared_ptr<LiveJob>& job) {
  const std::string id = job->row().id;
  ASSIGN_OR_RETURN(const inventory::DriveBinding drive,
                   services_.inventory.Bind(job->row().drive_id));
  {
    // Posted under the lock, so that turns are in the lane's order.
    MutexLock lock(mutex_);
    const auto it = live_.find(id);
    if (it == live_.end() || it->second.turn != 0) return Ok();
    it->second.turn = ++turns_;
    if (drive.lane->Post([this, job] { Run(job); })) return Ok();
  }
  Finish(id);
  return Unavailable("SHUTTING_DOWN", "the daemon is stopping");
}

// On the lane, when the job's turn has come.
void Engine::Run(const std::shared_ptr<LiveJob>& job) {
  const storage::Job row = job->row();
  if (job->suspended()) return Finish(row.id);  // still QUEUED, for the next process
  // The drive may have changed since anybody looked at it: by the jobs before this one, or because
  // somebody burned a disc.
  if (!job->cancelled()) services_.inventory.IdentifyNow(row.drive_id);
  if (auto drive = services_.inventory.Bind(row.drive_id)) {
    Runner(services_, job, std::move(*drive)).Run();
  }
  Finish(row.id);
}

void Engine::Finish(const std::string& job_id) {
  WatchHub& hub = services_.hub;
  {
    // Notified under the lock: who waits for the last job may destroy the engine right after.
    MutexLock lock(mutex_);
    live_.erase(job_id);
    ended_.NotifyAll();
  }
  hub.Notify(job_id);
}

std::shared_ptr<LiveJob> Engine::Live(const std::string& job_id) const {
  MutexLock lock(mutex_);
  const auto it = live_.find(job_id);
  return it == live_.end() ? nullptr : it->second.job;
}

Result<JobView> Engine::Get(const std::string& job_id) {
  // Before the row, so that the row contains at least these events.
  ASSIGN_OR_RETURN(const int64_t last_sequence, LastSequence(job_id));
  ASSIGN_OR_RETURN(const storage::Job row, services_.ledger.GetJob(job_id));
  ASSIGN_OR_RETURN(JobView view, View(row));
  view.last_sequence = last_sequence;
  return view;
}

Result<int64_t> Engine::LastSequence(const std::string& job_id) {
  constexpr int kPage = 1000;
  int64_t last = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const auto events, services_.ledger.ListEvents(job_id, last, kPage));
    if (!events.empty()) last = events.back().sequence;
    if (std::ssize(events) < kPage) return last;
  }
}

Result<JobView> Engine::View(const storage::Job& row) {
  JobView view;
  view.row = row;
  ASSIGN_OR_RETURN(view.plan, ParsePlan(row.plan_json));
  ASSIGN_OR_RETURN(view.steps, services_.ledger.ListSteps(row.id));
  ASSIGN_OR_RETURN(const auto dumps, services_.ledger.ListDumps({.job_id = row.id}, {.size = 100}));
  for (const auto& dump : dumps.rows) view.dump_ids.push_back(dump.id);
  RETURN_IF_ERROR(FindRecovery(view));
  if (view.plan.needs_approval) {
    ASSIGN_OR_RETURN(view.approval, services_.ledger.FindApproval(row.id));
  }
  MutexLock lock(mutex_);
  const auto it = live_.find(row.id);
  if (it == live_.end()) return view;
  view.prompt = it->second.job->prompt();
  view.progress = it->second.job->progress();
  if (row.state == ToString(State::kQueued)) {
    for (const auto& [id, other] : live_) {
      const bool ahead = other.turn != 0 && other.turn < it->second.turn;
      if (ahead && other.channel == it->second.channel) ++view.queue_position;
    }
  }
  return view;
}

Status Engine::FindRecovery(JobView& view) {
  const storage::Job& row = view.row;
  if (!inventory::NeedsRecovery(row)) return Ok();
  const std::string& root = RootJob(row);
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto jobs,
                     services_.ledger.ListJobs({.drive_id = row.drive_id, .recovers = root}, page));
    for (const storage::Job& job : jobs.rows) {
      const bool brought_back = job.result == ToString(JobResult::kSucceeded);
      if (!brought_back || job.created_us < row.created_us) continue;
      view.recovered_by = job.id;
      return Ok();
    }
    page.after = jobs.next;
  } while (!page.after.empty());
  view.needs_recovery = true;
  return Ok();
}

Status Engine::Cancel(const std::string& job_id, const std::string& principal) {
  const auto job = Live(job_id);
  if (!job) {
    RETURN_IF_ERROR(services_.ledger.GetJob(job_id));
    return FailedPrecondition("JOB_CLOSED", "the job has already ended");
  }
  RETURN_IF_ERROR(job->RequestCancel());
  // Kept, so that a restart does not begin the job again that somebody has ended.
  job->Update([&](storage::Job& row) { row.cancelled_by = principal; });
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    const storage::Job row = job->row();
    if (row.result.empty()) RETURN_IF_ERROR(tx.UpdateJob(row));
    RETURN_IF_ERROR(tx.AppendAudit(JobFact(job->row(), "job.cancel", principal, "ok")));
    return Ok();
  }));
  // A job that waits for approval holds no lane, so it closes by passing over one.
  if (job->row().state == ToString(State::kAwaitingApproval)) return Start(job);
  return Ok();
}

Status Engine::Answer(const std::string& job_id, const std::string& prompt_id,
                      const std::string& answer, const std::string& principal) {
  const auto job = Live(job_id);
  if (!job) {
    RETURN_IF_ERROR(services_.ledger.GetJob(job_id));
    return FailedPrecondition("JOB_CLOSED", "the job has already ended");
  }
  return job->Answer(prompt_id, answer, principal);
}

Status Engine::CheckSolo(const storage::Job& row) const {
  if (!services_.solo_wait) {
    return Error(Code::kPermissionDenied, "APPROVER_IS_REQUESTER",
                 "who asked for a job cannot approve it")
        .WithRemedy("let a second person approve it");
  }
  const int64_t from_us =
      row.created_us +
      std::chrono::duration_cast<std::chrono::microseconds>(*services_.solo_wait).count();
  if (services_.clock.WallMicros() >= from_us) return Ok();
  return FailedPrecondition("SOLO_WAIT", fmt::format("who asked for a job can approve it alone, "
                                                     "but not before {}",
                                                     FormatRfc3339(from_us)))
      .WithRemedy("look at the drive, the plan and the warnings once more, and approve it then");
}

Status Engine::Approve(const std::string& job_id, const std::string& plan_digest,
                       const std::string& reason, const std::string& principal) {
  const auto job = Live(job_id);
  if (!job || job->row().state != ToString(State::kAwaitingApproval)) {
    RETURN_IF_ERROR(services_.ledger.GetJob(job_id));
    return FailedPrecondition("NOT_AWAITING_APPROVAL", "the job does not wait for an approval");
  }
  const storage::Job row = job->row();
  const bool solo = row.principal == principal;
  if (solo) RETURN_IF_ERROR(CheckSolo(row));
  const Nanos patience = kApprovalTime + services_.solo_wait.value_or(Nanos(0));
  if (std::chrono::microseconds(services_.clock.WallMicros() - row.created_us) > patience) {
    RETURN_IF_ERROR(Cancel(job_id, principal));
    return FailedPrecondition("APPROVAL_EXPIRED",
                              "the job waited too long for an approval; it is cancelled now, and "
                              "nothing was touched")
        .WithRemedy("ask for it again: its drive is looked at anew for the plan");
  }
  if (plan_digest != row.plan_digest) {
    return Aborted("PLAN_STALE", "the approval is for another plan than the job's");
  }
  storage::Job approved;
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    // Taken here: somebody may have cancelled it since, and that has to stay in its row.
    approved = job->row();
    if (!approved.cancelled_by.empty()) {
      return FailedPrecondition("NOT_AWAITING_APPROVAL",
                                "the job was cancelled by " + approved.cancelled_by);
    }
    approved.state = ToString(State::kQueued);
    RETURN_IF_ERROR(tx.UpdateJob(approved));
    RETURN_IF_ERROR(tx.AppendEvent(StateEvent(approved, tx.now_us())));
    RETURN_IF_ERROR(tx.InsertApproval({.id = tx.NewId(),
                                       .job_id = job_id,
                                       .principal = principal,
                                       .reason = reason,
                                       .solo = solo,
                                       .created_us = tx.now_us()}));
    auto fact = JobFact(approved, "job.approve", principal, "ok");
    fact.details.emplace_back("reason", reason);
    if (solo) fact.details.emplace_back("solo", "true");
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  job->Update([&](storage::Job& changed) { changed.state = approved.state; });
  services_.hub.Notify(job_id);
  return Start(job);
}

std::string Engine::CurrentJob(const std::string& drive_id) const {
  MutexLock lock(mutex_);
  std::string current;
  uint64_t first = 0;
  for (const auto& [id, running] : live_) {
    if (running.turn == 0 || running.job->row().drive_id != drive_id) continue;
    if (first != 0 && running.turn > first) continue;
    first = running.turn;
    current = id;
  }
  return current;
}

void Engine::Drain() {
  std::vector<std::shared_ptr<LiveJob>> waiting;
  {
    MutexLock lock(mutex_);
    draining_ = true;
    for (auto& [id, running] : live_) waiting.push_back(running.job);
  }
  for (const auto& job : waiting) {
    job->Suspend();
    const storage::Job row = job->row();
    if (row.state != ToString(State::kAwaitingApproval)) continue;
    MutexLock lock(mutex_);
    const auto it = live_.find(row.id);
    // One that waits for a person holds no lane: the ledger keeps it for the next process. One that
    // was approved or cancelled this moment has its turn there, and ends with it.
    if (it != live_.end() && it->second.turn == 0) live_.erase(it);
  }
  MutexLock lock(mutex_);
  while (!live_.empty()) ended_.Wait(mutex_);
}

}  // namespace firmbench::jobs
