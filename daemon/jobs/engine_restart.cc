// SPDX-License-Identifier: Apache-2.0
// What a start of the daemon does with the jobs that an earlier process left open.
#include <algorithm>

#include "daemon/base/log.h"
#include "daemon/jobs/engine.h"
#include "daemon/jobs/reconcile.h"

namespace firmbench::jobs {
namespace {

bool HadBegun(const storage::Job& row) {
  return row.state != ToString(State::kQueued) && row.state != ToString(State::kAwaitingApproval);
}

Result<std::vector<storage::Job>> OpenJobs(storage::Ledger& ledger) {
  std::vector<storage::Job> jobs;
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(auto listed, ledger.ListJobs({.open_only = true}, page));
    std::move(listed.rows.begin(), listed.rows.end(), std::back_inserter(jobs));
    page.after = listed.next;
  } while (!page.after.empty());
  std::reverse(jobs.begin(), jobs.end());  // oldest first: the order in which they waited
  return jobs;
}

// Counts tasks on several lanes down.
class Latch {
 public:
  explicit Latch(size_t count) : left_(count) {}
  void CountDown() {
    MutexLock lock(mutex_);
    if (--left_ == 0) done_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mutex_);
    while (left_ != 0) done_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar done_;
  size_t left_ FB_GUARDED_BY(mutex_);
};

}  // namespace

Status Engine::RecoverOpenJobs() {
  ASSIGN_OR_RETURN(const auto open, OpenJobs(services_.ledger));
  std::vector<storage::Job> begun;
  std::copy_if(open.begin(), open.end(), std::back_inserter(begun), HadBegun);
  ASSIGN_OR_RETURN(const std::set<std::string> settled, SettleBegun(begun));
  for (const storage::Job& row : open) {
    if (settled.count(row.id) == 0) RETURN_IF_ERROR(QueueAgain(row));
  }
  std::vector<std::string> cut;
  for (const storage::Job& row : begun) {
    if (row.write_started_us != 0) cut.push_back(row.id);
  }
  FinishCutWrites(cut);
  return Ok();
}

// Each on its drive's lane, all lanes at once. Returns those that are closed now.
Result<std::set<std::string>> Engine::SettleBegun(const std::vector<storage::Job>& begun) {
  std::set<std::string> closed;
  Latch latch(begun.size());
  Mutex mutex;
  Status failed = Ok();
  const auto settle = [&](const storage::Job& row, std::optional<inventory::DriveBinding> drive) {
    Reconciler reconciler(services_, row, std::move(drive));
    const auto next = reconciler.Run();
    MutexLock lock(mutex);
    if (!next) {
      failed = next.error();
    } else if (*next == Reconciler::Next::kClosed) {
      closed.insert(row.id);
    }
  };
  for (const storage::Job& row : begun) {
    auto drive = services_.inventory.Bind(row.drive_id);
    const bool posted = drive && drive->lane->Post([&latch, &settle, row, binding = *drive] {
      settle(row, binding);
      latch.CountDown();
    });
    if (posted) continue;
    settle(row, std::nullopt);  // its port is empty
    latch.CountDown();
  }
  latch.Wait();
  RETURN_IF_ERROR(failed);
  return closed;
}

Status Engine::QueueAgain(const storage::Job& left) {
  if (!left.cancelled_by.empty()) {
    return CloseUnbegun(left, Cancelled("JOB_CANCELLED", "the job was cancelled"));
  }
  const auto drive = services_.inventory.Find(left.drive_id);
  if (!drive) return CloseUnbegun(left, drive.error());
  auto plan = ParsePlan(left.plan_json);
  if (!plan) return CloseUnbegun(left, plan.error());
  storage::Job row = left;
  if (HadBegun(left)) {
    ASSIGN_OR_RETURN(row, BeginAgain(left));
  }
  Adopt(row, std::move(*plan), (*drive)->channel);
  if (row.state == ToString(State::kAwaitingApproval)) return Ok();
  return Start(Live(row.id));
}

// Nothing was written yet: from the start, with the plan that was accepted.
Result<storage::Job> Engine::BeginAgain(storage::Job row) {
  row.state = ToString(State::kQueued);
  row.attempts += 1;
  row.started_us = 0;
  row.outcome.clear();
  row.drive_state = ToString(DriveState::kUntouched);
  ASSIGN_OR_RETURN(auto steps, services_.ledger.ListSteps(row.id));
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateJob(row));
    for (storage::JobStep& step : steps) {
      step.outcome = ToString(Outcome::kNotStarted);
      step.note.clear();
      step.started_us = step.ended_us = 0;
      RETURN_IF_ERROR(tx.PutStep(step));
    }
    RETURN_IF_ERROR(tx.AppendEvent(MessageEvent(
        row, "the daemon was stopped before anything was written; the job begins again",
        tx.now_us())));
    RETURN_IF_ERROR(tx.AppendEvent(StateEvent(row, tx.now_us())));
    RETURN_IF_ERROR(tx.AppendAudit(JobFact(row, "job.begin_again", row.principal, "ok")));
    return Ok();
  }));
  log::Info("a job that was stopped begins again", "job", row.id, "attempt", row.attempts + 1);
  return row;
}

Status Engine::CloseUnbegun(storage::Job row, const Error& error) {
  const bool cancelled = error.code() == Code::kCancelled;
  row.state = ToString(State::kClosed);
  row.result = ToString(cancelled ? JobResult::kCancelled : JobResult::kFailed);
  row.outcome = ToString(Outcome::kNotStarted);
  row.drive_state = ToString(DriveState::kUntouched);
  row.error_reason = error.reason();
  row.error_message = error.message();
  row.error_remedy = error.remedy();
  row.ended_us = services_.clock.WallMicros();
  RETURN_IF_ERROR(services_.ledger.Commit([&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateJob(row));
    RETURN_IF_ERROR(tx.AppendEvent(StateEvent(row, row.ended_us)));
    RETURN_IF_ERROR(tx.AppendAudit(JobFact(row, "job.close", row.principal, row.error_reason)));
    return Ok();
  }));
  services_.hub.Notify(row.id);
  return Ok();
}

// Where the bench's owner has said so, drives are brought back without being asked for; a job that
// was tried so often already waits for a person.
void Engine::FinishCutWrites(const std::vector<std::string>& job_ids) {
  if (services_.finish_cut_writes.empty()) return;
  for (const std::string& id : job_ids) {
    const auto job = Get(id);
    if (!job || !job->needs_recovery) continue;
    CreateRequest request;
    request.spec.kind = Kind::kRecover;
    request.spec.drive_id = job->row.drive_id;
    request.spec.recovers = RootJob(job->row);
    request.spec.recover_to = services_.finish_cut_writes;
    request.principal = "firmbenchd";
    request.request_id = "after " + id;
    const auto tries = services_.ledger.ListJobs(
        {.drive_id = job->row.drive_id, .recovers = request.spec.recovers}, {.size = 1000});
    if (!tries || std::ssize(tries->rows) >= kMostAttempts) continue;
    const auto plan = MakePlanFor(request.spec);
    if (!plan) continue;
    request.etag = plan->etag;
    request.plan_digest = plan->digest;
    const auto made = Create(request);
    if (!made)
      log::Warn("a drive waits to be brought back", "job", id, "reason", made.error().reason());
  }
}

}  // namespace firmbench::jobs
