// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes of this family, planned: which part the chip may be, which units change, how long it
// takes. Pure; any thread.

#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/plan.h"
#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/families/family.h"
#include "daemon/families/mediatek_liteon/models.h"

namespace firmbench::families::mediatek_liteon {

// The EEPROM is written in windows of what DF 89 reads.
inline constexpr uint32_t kEepromUnitBytes = 128;

// A flash chip of either kind: exactly one is not nullptr. Static storage.
struct FlashPart {
  const chips::ChipRow* parallel = nullptr;
  const chips::SpiRow* serial = nullptr;
};

// May a drive of this row hold the chip? A row whose part is assumed takes any part of its kind and
// size. CHIP_NOT_AS_EXPECTED with metadata `expected`, `found`.
Status AcceptChip(const Row& row, const FlashPart& chip);

// The chip of that name (empty: the row's) if the row accepts it. CHIP_UNKNOWN,
// CHIP_NOT_AS_EXPECTED.
Result<FlashPart> ChipFor(const Row& row, std::string_view chip_part);

// PlanChipWrite or PlanSpiWrite.
Result<chips::ChipPlan> PlanChip(const FlashPart& chip, ByteView current, ByteView target);

// The chip's plan with its times as seen through vendor mode, in the words of other layers.
WritePlan ToWritePlan(const chips::ChipPlan& plan, const FlashPart& chip);

// Whether two plans name the same units in the same order, and the error where they have to.
bool SameUnits(const WritePlan& a, const WritePlan& b);
Error PlanMismatch();

Result<WritePlan> PlanFirmware(const Row& row, ByteView current, ByteView target,
                               std::string_view chip_part);
Result<WritePlan> PlanEeprom(const Row& row, ByteView current, ByteView target);

PhaseEstimates EstimatesOf(const Row& row);

}  // namespace firmbench::families::mediatek_liteon
