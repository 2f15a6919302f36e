// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench job ...`. Main thread.

#include <string>

#include "client/cli/context.h"
#include "client/cli/work.h"

namespace firmbench::cli {

struct JobListOptions {
  int limit = 1000;
  std::string drive;  // as typed; "" for all
  std::string unit;   // as typed; "" for all
  bool open_only = false;
};
struct JobOptions {
  std::string job;
};
struct JobRecoverOptions {
  std::string job;
  std::string to;  // "old", "new"; "" leaves it to the bench
  WritingOptions writing;
};
struct JobApproveOptions {
  std::string job;
  std::string reason;
};
struct JobAnswerOptions {
  std::string job;
  std::string answer = "done";
  std::string prompt;  // "" for whichever is pending
};

Ending RunJobList(Context& context, const JobListOptions& options);
Ending RunJobShow(Context& context, const JobOptions& options);
Ending RunJobWatch(Context& context, const JobOptions& options);
Ending RunJobAnswer(Context& context, const JobAnswerOptions& options);
// Brings back the drive of a job whose write was cut: plan, question, watch.
Ending RunJobRecover(Context& context, const JobRecoverOptions& options);
// Shows the plan and says yes to it.
Ending RunJobApprove(Context& context, const JobApproveOptions& options);
Ending RunJobCancel(Context& context, const JobOptions& options);

}  // namespace firmbench::cli
