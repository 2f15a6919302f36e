// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: the `faults` and `operator` tables of one drive in a scenario. For one
// thread.

#include "daemon/base/result.h"
#include "daemon/simulator/scenario.h"
#include "daemon/simulator/toml_reader.h"

namespace firmbench::simulator {

// SCENARIO_INVALID. Chip defects go to spec.defects, everything else to spec.faults.
Status ReadFault(const TableReader& table, DriveSpec& spec);
Status ReadOperatorRule(const TableReader& table, DriveSpec& spec);

}  // namespace firmbench::simulator
