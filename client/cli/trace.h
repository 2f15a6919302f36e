// SPDX-License-Identifier: Apache-2.0
#pragma once

// What jobs sent to drives: `firmbench probe`, `job trace`, `job capsule`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct ProbeOptions {
  std::string drive;
  std::string file;  // the capsule; "" for none
  bool mask = false;
  bool force = false;
  bool dry_run = false;  // stop after the plan
};
struct TraceOptions {
  std::string job;
  std::string file;  // "" prints it
  bool full = false;
  bool mask = false;
  bool force = false;
};

// Asks the drive with commands that cannot write, each named with its evidence before.
Ending RunProbe(Context& context, const ProbeOptions& options);
Ending RunJobTrace(Context& context, const TraceOptions& options);
// One file to send: plan, trace, versions, findings. `file` is not empty.
Ending RunJobCapsule(Context& context, const TraceOptions& options);

}  // namespace firmbench::cli
