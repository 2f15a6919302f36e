// SPDX-License-Identifier: Apache-2.0
#pragma once

// Watching a job until it is closed: shows its events on stderr, takes answers from a person at the
// terminal, finds its way back when the connection breaks, and lets go of the job on Ctrl-C.
// Blocks; main thread.

#include <optional>
#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

// Watches the job, prints its result on stdout and returns how the command ends: kOk,
// kJobUnsuccessful, or kInterrupted when the person let go of it (the job goes on).
Ending WatchToEnd(Context& context, const std::string& job_name);

// The same without a word on stdout: the closed job, or nullopt when the person let go of it.
Result<std::optional<v1::Job>> WatchQuietly(Context& context, const std::string& job_name);

// Prints the closed job: JSON, or the dumps that it committed and the outcome line.
Ending PrintClosedJob(Context& context, const v1::Job& job);

}  // namespace firmbench::cli
