// SPDX-License-Identifier: Apache-2.0
#pragma once

// Turns what a session reports into one figure for the whole job: every step weighs its estimated
// time, so the bar moves as evenly as the drive does, and never back. Lane-only.

#include "daemon/jobs/live_job.h"

namespace firmbench::jobs {

class ProgressMeter {
 public:
  // `drive_clock` is the time the drive lives in, `wake` is called at most ten times a second.
  ProgressMeter(LiveJob& job, Clock& drive_clock, std::function<void()> wake);

  void BeginStep(size_t plan_index);
  void Report(uint64_t done_bytes, uint64_t total_bytes);
  // The step is done; one that failed is left as it is.
  void EndStep();
  // The whole job is done, steps that turned out not to be needed included. Nothing else ever says
  // 100 percent: whether a job is done well is known when it is judged, not when its last step
  // ends.
  void EndJob();

 private:
  void Publish(bool at_once);

  LiveJob& job_;
  Clock& drive_clock_;
  std::function<void()> wake_;
  Nanos total_{0};     // of all steps
  Nanos finished_{0};  // of the steps behind us
  Nanos current_{0};   // of the step we are in
  Nanos step_start_{0};
  Nanos last_wake_{0};
  bool step_done_ = false;
  bool job_done_ = false;
  Progress now_;
};

}  // namespace firmbench::jobs
