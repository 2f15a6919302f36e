// SPDX-License-Identifier: Apache-2.0
#pragma once

// The way of every job command: ask for the plan, show it, ask the person, create the job for
// exactly that plan, watch it. Blocks; main thread.

#include <optional>
#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct JobFlowOptions {
  bool dry_run = false;  // stop after the plan
  bool writes = false;   // a person must say yes: types the unit's number or serial, or gave --yes
  bool yes = false;
  std::string reason;  // why the person goes on although the plan asks for a reason; "" for none
  std::string label;   // on the drive, as scanned; restore only
  std::string part;    // of the bare chip that is written: what the person types; else ""
};

// `wanted` names kind, memory, image and dump; the drive is filled in from `drive`. A plan with
// problems ends with the first problem as the error, and nothing is created.
Ending RunJob(Context& context, const v1::Drive& drive, v1::Job wanted,
              const JobFlowOptions& options);

// A job that only reads, as a step of another command: says on stderr what happens and prints no
// result. The closed job, or nullopt when the person let go of it.
Result<std::optional<v1::Job>> RunQuietly(Context& context, const v1::Drive& drive, v1::Job wanted);

// As RunJob, for the job that brings back the drive of the job `job_name`, to "old" or "new".
Ending RunRecovery(Context& context, const v1::Drive& drive, const std::string& job_name,
                   const std::string& recover_to, const JobFlowOptions& options);

// True when what was typed names the drive: its unit's number, its serial or its name. Pure.
bool Confirms(const v1::Drive& drive, const std::string& typed);

// True when what was typed is the part that is printed on the chip, capitals or not. Pure.
bool ConfirmsPart(const std::string& part, const std::string& typed);

}  // namespace firmbench::cli
