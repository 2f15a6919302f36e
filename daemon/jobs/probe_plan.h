// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plan of a probe: a drive, known or not, is asked what it is and what it can, with commands
// that cannot write. Its report is its trace. Pure; any thread.

#include <vector>

#include "daemon/families/probe.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// DRIVE_GONE, DRIVE_IDENTIFYING, NO_SCSI_PATH, or why it does not answer. That nobody knows the
// drive is none.
std::vector<inventory::Problem> FindProbeProblems(const inventory::DriveSnapshot& drive);

// What is sent to this drive, in order.
std::vector<families::ProbeQuestion> QuestionsFor(const inventory::DriveSnapshot& drive);

// Steps and lines: each command with its evidence, before any of them is sent.
void DescribeProbe(const inventory::DriveSnapshot& drive, Plan& plan);

}  // namespace firmbench::jobs
