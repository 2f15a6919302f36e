// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of a plan that brings a drive back. Pure; any thread.

#include <string>
#include <vector>

#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// "old" unless the spec says otherwise: what the drive held has run in it. A dead drive that no job
// of ours wrote has no old content worth keeping, so there it is "new".
std::string RecoverTo(const JobSpec& spec, const CutJob* cut);

// Reasons to refuse. Neither that the drive does not answer nor its quarantine is one.
std::vector<inventory::Problem> FindRecoveryProblems(const JobSpec& spec, const PlanInputs& inputs);

// What is written, and what a person has to do or to know, in the order in which it matters.
std::vector<std::string> DescribeRecovery(const JobSpec& spec, const PlanInputs& inputs);

// What undoes the recovery, in words.
std::string RecoveryUndo(const JobSpec& spec, const PlanInputs& inputs);

// What to do when this PC does not start any more with the half-written drive attached: for the
// plan of everything that writes.
std::string PcAdvice();

}  // namespace firmbench::jobs
