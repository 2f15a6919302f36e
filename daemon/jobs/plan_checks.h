// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands against a job, in words and with the way to mend it. Pure; the planner's own, but
// for CheckPresence, which the runner asks again when the job's turn has come.

#include <optional>
#include <vector>

#include "daemon/inventory/unit_desk.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// The spec as it will be carried out: a restore of an EEPROM dump becomes kEepromRestore, and the
// memory is the one that the dump or image is for.
JobSpec Normalise(const JobSpec& spec, const PlanInputs& inputs);

// Is the drive there, does it answer, and do we know its model? DRIVE_GONE, DRIVE_IDENTIFYING,
// DRIVE_UNKNOWN, or why it does not answer.
std::optional<inventory::Problem> CheckPresence(const inventory::DriveSnapshot& drive);

// Reasons to refuse, the most important first; empty when there are none.
std::vector<inventory::Problem> FindProblems(const JobSpec& spec, const PlanInputs& inputs);

// By the unit that the dump is of, and the label that was scanned. EEPROM restore only.
inventory::EepromRestoreRule JudgeEepromRestore(const JobSpec& spec, const PlanInputs& inputs);

// What a person should know before saying yes. The drive's model must be known.
std::vector<inventory::Problem> FindWarnings(const JobSpec& spec, const PlanInputs& inputs);

// Will erase units that hold the boot part be written? Known when a backup of the unit is stored;
// without one the answer is yes, because nothing forbids it.
bool WritesBoot(const JobSpec& spec, const PlanInputs& inputs);

// On real hardware a second-hand command, or a write that nobody has seen survive a cut, needs a
// second person; so does the EEPROM of a drive that only its label tells.
bool NeedsApproval(const JobSpec& spec, const PlanInputs& inputs);

}  // namespace firmbench::jobs
