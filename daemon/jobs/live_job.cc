// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/live_job.h"

namespace firmbench::jobs {

storage::Job LiveJob::row() const {
  MutexLock lock(mutex_);
  return row_;
}

std::optional<OpenPrompt> LiveJob::prompt() const {
  MutexLock lock(mutex_);
  return prompt_;
}

std::optional<Progress> LiveJob::progress() const {
  MutexLock lock(mutex_);
  return progress_;
}

void LiveJob::Update(const std::function<void(storage::Job&)>& change) {
  MutexLock lock(mutex_);
  change(row_);
}

void LiveJob::SetProgress(Progress progress) {
  MutexLock lock(mutex_);
  progress_ = std::move(progress);
}

Status LiveJob::RequestCancel() {
  {
    MutexLock lock(mutex_);
    if (!row_.result.empty()) return FailedPrecondition("JOB_CLOSED", "the job has already ended");
    if (past_return_) {
      return FailedPrecondition(
                 "PAST_POINT_OF_NO_RETURN",
                 "the write has begun; stopping now would leave the drive half written")
          .WithRemedy("let it finish: `firmbench job watch` shows how far it is");
    }
    cancelled_ = true;
  }
  changed_.NotifyAll();
  return Ok();
}

bool LiveJob::cancelled() const {
  MutexLock lock(mutex_);
  return cancelled_;
}

bool LiveJob::Suspend() {
  {
    MutexLock lock(mutex_);
    if (past_return_ || cancelled_) return suspended_;
    cancelled_ = suspended_ = true;
  }
  changed_.NotifyAll();
  return true;
}

bool LiveJob::suspended() const {
  MutexLock lock(mutex_);
  return suspended_;
}

bool LiveJob::PassPointOfNoReturn() {
  MutexLock lock(mutex_);
  if (cancelled_) return false;
  past_return_ = true;
  return true;
}

void LiveJob::Open(const OpenPrompt& prompt) {
  MutexLock lock(mutex_);
  prompt_ = prompt;
  answer_.reset();
}

void LiveJob::Withdraw() {
  MutexLock lock(mutex_);
  prompt_.reset();
}

bool LiveJob::declined() const {
  MutexLock lock(mutex_);
  return prompt_ && answer_ && answer_->answer == "cancel";
}

Status LiveJob::Answer(const std::string& prompt_id, const std::string& answer,
                       const std::string& principal) {
  if (answer != "done" && answer != "cancel") {
    return InvalidArgument("PROMPT_ANSWER_INVALID", "a prompt is answered with done or cancel");
  }
  {
    MutexLock lock(mutex_);
    const bool meant = prompt_ && (prompt_id.empty() || prompt_->id == prompt_id);
    if (!meant || answer_) {
      return FailedPrecondition("PROMPT_NOT_OPEN", "this prompt is not open any more");
    }
    answer_ = Answered{answer, principal};
  }
  changed_.NotifyAll();
  return Ok();
}

Result<LiveJob::Answered> LiveJob::WaitForAnswer(Nanos limit) {
  const Nanos until = RealClock().Monotonic() + limit;
  MutexLock lock(mutex_);
  while (!answer_ && !cancelled_) {
    const Nanos left = until - RealClock().Monotonic();
    if (left <= Nanos{0}) {
      prompt_.reset();
      return DeadlineExceeded("PROMPT_EXPIRED", "nobody answered the prompt in time")
          .WithRemedy("start the job again when somebody stands at the bench");
    }
    changed_.WaitFor(mutex_, left);
  }
  prompt_.reset();
  if (cancelled_) return Cancelled("JOB_CANCELLED", "the job was cancelled");
  return *answer_;
}

}  // namespace firmbench::jobs
