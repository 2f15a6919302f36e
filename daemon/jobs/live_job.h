// SPDX-License-Identifier: Apache-2.0
#pragma once

// A job that is not closed yet: its row as last changed, its open prompt, its progress and whether
// it may still be cancelled. Thread-safe: the lane changes it, RPCs read it, answer and cancel.

#include <functional>
#include <optional>
#include <string>

#include "daemon/base/mutex.h"
#include "daemon/families/family.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// What waits for the operator now.
struct OpenPrompt {
  std::string id;
  std::string kind;
  std::string text;
  int64_t expires_us = 0;  // wall clock
};

struct Progress {
  std::string phase;       // the step's name
  double percent = 0;      // of the whole job, by the phases' estimated times
  int64_t done_bytes = 0;  // of the step
  int64_t total_bytes = 0;
  double bytes_per_second = 0;  // of the step so far, on the drive's clock
  Nanos remaining{0};           // estimate for the whole job
};

class LiveJob {
 public:
  LiveJob(storage::Job row, Plan plan) : plan_(std::move(plan)), row_(std::move(row)) {}

  const Plan& plan() const { return plan_; }

  storage::Job row() const;
  std::optional<OpenPrompt> prompt() const;
  std::optional<Progress> progress() const;
  // Runs `change` with the row locked; it must not block.
  void Update(const std::function<void(storage::Job&)>& change);
  void SetProgress(Progress progress);

  // PAST_POINT_OF_NO_RETURN once the write has begun, JOB_CLOSED when it ended.
  Status RequestCancel();
  bool cancelled() const;
  // Asks the job to stop where it is and to be begun again by the next process. False when it is
  // past the point of no return or cancelled by a person: then it goes on to its end.
  bool Suspend();
  bool suspended() const;
  // From here on the job cannot be cancelled. False when somebody cancelled it before.
  bool PassPointOfNoReturn();

  // Opens a prompt; at most one is open at a time.
  void Open(const OpenPrompt& prompt);
  // Closes it again when nobody is going to wait for the answer.
  void Withdraw();
  // "done" or "cancel"; `prompt_id` "" means the one that is open. PROMPT_NOT_OPEN,
  // PROMPT_ANSWER_INVALID. The first answer counts.
  Status Answer(const std::string& prompt_id, const std::string& answer,
                const std::string& principal);
  // The open prompt was answered with "cancel".
  bool declined() const;
  struct Answered {
    std::string answer;
    std::string principal;
  };
  // Blocks the lane until the prompt is answered: PROMPT_EXPIRED, JOB_CANCELLED. Closes it.
  Result<Answered> WaitForAnswer(Nanos limit);

 private:
  const Plan plan_;
  mutable Mutex mutex_;
  CondVar changed_;
  storage::Job row_ FB_GUARDED_BY(mutex_);
  std::optional<Progress> progress_ FB_GUARDED_BY(mutex_);
  std::optional<OpenPrompt> prompt_ FB_GUARDED_BY(mutex_);
  std::optional<Answered> answer_ FB_GUARDED_BY(mutex_);
  bool cancelled_ FB_GUARDED_BY(mutex_) = false;
  bool suspended_ FB_GUARDED_BY(mutex_) = false;  // then cancelled_ is true as well
  bool past_return_ FB_GUARDED_BY(mutex_) = false;
};

}  // namespace firmbench::jobs
