// SPDX-License-Identifier: Apache-2.0
#pragma once

// Units as text: lists, and one unit with all that is known of it. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/dump_service.pb.h"
#include "firmbench/v1/unit_service.pb.h"

namespace firmbench::cli::render {

Table UnitTable(const v1::ListUnitsResponse& units, bool wide);
// `events`: its history; single dumps are left out of it, because `dumps` has those that are
// attributed to the unit.
std::string UnitDetails(const v1::Unit& unit, const v1::ListUnitEventsResponse& events,
                        const v1::ListDumpsResponse& dumps);

}  // namespace firmbench::cli::render
