// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes a serial chip hold the target: lifts the block protection, erases, programs and verifies as
// the plan says, and puts the protection back. Lane-only; blocks until done. Whoever calls has
// opened the gate; from the first write on there is no way to cancel.

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/flash_writer.h"
#include "daemon/chips/plan.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/chips/spi_bus.h"

namespace firmbench::chips {

struct SpiWriteReport {
  ChipWriteReport chip;
  bool was_protected = false;
  // Meaningful when was_protected: the part is protected as it was found. Not after an error: the
  // next attempt needs the part open.
  bool protection_restored = false;
};

// Carries out `plan`, which must be PlanSpiWrite(row, current, target). Pages are verified and
// repeated as by WriteChip. `report` is filled in either way. Errors:
//   PLAN_MISMATCH        the plan is not of these bytes; nothing was sent
//   CHIP_PROTECTED       the protection cannot be lifted, nothing was erased; or as by WriteChip
//   WRITE_VERIFY_FAILED, CHIP_TIMEOUT, CHIP_NOT_WRITABLE and the bus's own
// All but the first carry drive state kPartlyWritten once an erase or a program was sent. That the
// protection did not come back is no error, because the content is right: see the report.
Status WriteSpiChip(SpiBus& bus, const SpiRow& row, const ChipPlan& plan, ByteView current,
                    ByteView target, SpiWriteReport& report, const WriteProgress& progress);

}  // namespace firmbench::chips
