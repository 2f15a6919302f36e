// SPDX-License-Identifier: Apache-2.0
#pragma once

// Traces as drives of a simulated bench: part of the composition root. Any thread.

#include <span>
#include <vector>

#include "daemon/inventory/drive_source.h"
#include "daemon/simulator/scenario.h"

namespace firmbench {

// Reads the traces, or capsules, and makes a drive of each, with a clock that only moves when
// somebody sleeps on it. SCENARIO_TRACE_FILE, TRACE_INVALID, TRACE_NEWER, TRACE_NOT_REPLAYABLE.
Result<std::vector<inventory::Attachment>> MakeReplayedDrives(
    std::span<const simulator::ReplaySpec> specs);

}  // namespace firmbench
