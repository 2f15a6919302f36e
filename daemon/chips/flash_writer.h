// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes a chip hold the target: erases, programs and verifies as the plan says. Lane-only; blocks
// until done. Whoever calls has opened the gate; from the first cycle on there is no way to
// cancel, because half a firmware is worse than either.

#include <cstdint>
#include <functional>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/byte_bus.h"
#include "daemon/chips/plan.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

inline constexpr int kMaxPageRetries = 16;  // drive-protocols 1.5 [read in code]

struct ChipWriteReport {
  uint64_t bytes_programmed = 0;  // program cycles sent, retries included
  uint32_t erases = 0;
  uint32_t page_retries = 0;  // pages programmed again after their verify
};

// Called after every page; `done` never decreases and ends at `total`, the plan's
// bytes_to_program. Not called when there is nothing to program.
using WriteProgress = std::function<void(uint64_t done, uint64_t total)>;

// Carries out `plan`, which must be PlanChipWrite(row, current, target). Every page is read back
// and compared; one that differs is programmed again up to 16 times, then its unit is erased and
// written once more. `report` is filled in either way. Errors:
//   PLAN_MISMATCH        the plan is not of these bytes; nothing was sent
//   WRITE_VERIFY_FAILED  metadata `offset` (hex) of the first byte that differs
//   CHIP_PROTECTED       a unit kept its old content although the part said done: a locked boot
//                        block; metadata `offset`, `length`
//   CHIP_TIMEOUT         the part stayed busy
// and the bus's own. All but PLAN_MISMATCH carry drive state kPartlyWritten once the first
// destructive cycle was sent.
Status WriteChip(ByteBus& bus, const ChipRow& row, const ChipPlan& plan, ByteView current,
                 ByteView target, ChipWriteReport& report, const WriteProgress& progress);

}  // namespace firmbench::chips
