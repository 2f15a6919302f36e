// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes of this family, planned: which part the chip may be, which units change, how long it
// takes. Pure; any thread.

#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/plan.h"
#include "daemon/families/family.h"
#include "daemon/families/mediatek_liteon/models.h"

namespace firmbench::families::mediatek_liteon {

// The EEPROM is written in windows of what DF 89 reads.
inline constexpr uint32_t kEepromUnitBytes = 128;

// May a drive of this row hold `chip`? A row whose part is assumed takes any part of its size.
// CHIP_NOT_AS_EXPECTED with metadata `expected`, `found`.
Status AcceptChip(const Row& row, const chips::ChipRow& chip);

// The chip of that name (empty: the row's) if the row accepts it. CHIP_UNKNOWN,
// CHIP_NOT_AS_EXPECTED.
Result<const chips::ChipRow*> ChipFor(const Row& row, std::string_view chip_part);

// The chip's plan with its times as seen through vendor mode, in the words of other layers.
WritePlan ToWritePlan(const chips::ChipPlan& plan, const chips::ChipRow& chip);

Result<WritePlan> PlanFirmware(const Row& row, ByteView current, ByteView target,
                               std::string_view chip_part);
Result<WritePlan> PlanEeprom(const Row& row, ByteView current, ByteView target);

PhaseEstimates EstimatesOf(const Row& row);

}  // namespace firmbench::families::mediatek_liteon
