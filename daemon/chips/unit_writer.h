// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: carries out a plan on any chip that is erased by units and programmed by
// pages, whatever it is reached by. Lane-only.

#include <cstdint>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/flash_writer.h"
#include "daemon/chips/plan.h"

namespace firmbench::chips {

// What the writer needs of a chip.
class UnitArray {
 public:
  virtual ~UnitArray() = default;
  virtual Status Read(uint32_t offset, std::span<uint8_t> out) = 0;
  // Returns when the unit's erase is over.
  virtual Status Erase(const WriteUnit& unit) = 0;
  // Programs one page, or on a chip that erases itself one unit, where `target` differs from
  // `current`, and returns the program cycles when it is over.
  virtual Result<uint64_t> Program(uint32_t offset, ByteView current, ByteView target) = 0;
  // Units are pages that the chip erases itself when it programs them.
  virtual bool erases_itself() const { return false; }
};

// The contract and the errors of WriteChip (flash_writer.h), without its check of the plan.
Status WriteUnits(UnitArray& array, const ChipPlan& plan, ByteView current, ByteView target,
                  ChipWriteReport& report, const WriteProgress& progress);

}  // namespace firmbench::chips
