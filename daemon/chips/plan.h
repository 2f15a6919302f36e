// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a write of a chip will do, from the bytes that are there and the bytes that shall be. Pure
// functions, any thread.
//
// Order (drive-protocols 1.5, 9.3 and 9.7): only units that differ, from low to high addresses;
// what differs in page 0 of every 64 KB bank is programmed after everything else, from the highest
// bank to bank 0, so that a flash that was cut leaves the reset vector erased and the drive's boot
// code in charge.

#include <cstdint>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/chips/rows/geometry.h"
#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/spi_row.h"

namespace firmbench::chips {

// What is programmed and verified at a time: the part's page, or 256 bytes on byte parts.
constexpr uint32_t PageBytes(const ChipRow& row) {
  return row.page_write() ? row.page_bytes : kVerifyPageBytes;
}

// One erase unit of a byte or serial part, or one page of a page-write part.
struct WriteUnit {
  uint32_t offset = 0;
  uint32_t length = 0;
  bool erase = false;  // false: the target only clears bits here, or the page erases itself
  bool operator==(const WriteUnit&) const = default;
};

struct ChipPlan {
  std::vector<WriteUnit> units;  // that differ, in writing order
  std::vector<uint32_t>
      last_pages;  // not page-write parts: page 0 of banks to program at the end, in order
  uint64_t bytes_to_program = 0;  // program cycles; page-write parts: whole pages
  uint32_t erases = 0;
  Nanos estimate{0};  // the part's typical busy times; bus cycles come on top
  bool operator==(const ChipPlan&) const = default;
};

// The erase command that this project uses on a byte part: the smallest units. nullptr for a
// page-write part and for parts that are not driven.
const EraseMethod* SmallestErase(const ChipRow& row);

// Errors: CHIP_SIZE_MISMATCH when either view is not exactly the chip's size, CHIP_NOT_DRIVEN for
// a part that is only recognised.
Result<ChipPlan> PlanChipWrite(const ChipRow& row, ByteView current, ByteView target);

// The same for a serial part: smallest units, bytes that are programmed, CHIP_SIZE_MISMATCH.
const EraseMethod* SmallestErase(const SpiRow& row);
Result<ChipPlan> PlanSpiWrite(const SpiRow& row, ByteView current, ByteView target);

}  // namespace firmbench::chips
