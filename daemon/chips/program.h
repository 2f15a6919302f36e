// SPDX-License-Identifier: Apache-2.0
#pragma once

// The destructive commands of parallel NOR parts, one by one, and the blank check (drive-protocols
// 4.2, read in code). Lane-only; each call returns when the part is ready again. None verifies:
// that is the caller's. An error after the first cycle was sent carries drive state kPartlyWritten.

#include <cstdint>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/byte_bus.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

// The two addresses of AA and 55.
struct UnlockPair {
  uint32_t first = 0;
  uint32_t second = 0;
};
constexpr UnlockPair UnlockPairOf(UnlockAddresses unlock) {
  switch (unlock) {
    case UnlockAddresses::k5555_2Aaa:
      return {0x5555, 0x2AAA};
    case UnlockAddresses::k555_2Aa:
      return {0x555, 0x2AA};
    case UnlockAddresses::kAaa_555:
      return {0xAAA, 0x555};
  }
  return {0x5555, 0x2AAA};
}

// AA, 55, `command`: the three cycles that open every command.
std::vector<BusWrite> CommandCycles(UnlockAddresses unlock, uint8_t command);

// Programs `target` at `offset` of a byte part where it differs from `current`, the bytes that are
// there. Returns the number of bytes programmed. CHIP_NEEDS_ERASE (nothing sent) when a bit would
// have to go from 0 to 1; CHIP_TIMEOUT. The two views have the same size.
Result<uint64_t> ProgramBytes(ByteBus& bus, const ChipRow& row, uint32_t offset, ByteView current,
                              ByteView target);

// Loads one whole page of a page-write part in one block of cycles and waits for the write.
// `offset` is a multiple of the page, page.size() the page. CHIP_TIMEOUT.
Status ProgramPage(ByteBus& bus, const ChipRow& row, uint32_t offset, ByteView page);

// Erases the unit of `method` that starts at `offset` (0 for the whole chip). CHIP_TIMEOUT.
Status EraseUnit(ByteBus& bus, const ChipRow& row, const EraseMethod& method, uint32_t offset);

// Erases everything with the row's chip erase. CHIP_NO_CHIP_ERASE when it has none.
Status EraseChip(ByteBus& bus, const ChipRow& row);

// Whether `length` bytes from `offset` all read FF.
Result<bool> IsBlank(ByteBus& bus, uint32_t offset, uint32_t length);

// The error, with drive state kPartlyWritten unless it already says kUnknown.
Error AfterDestructiveCycle(Error error);

}  // namespace firmbench::chips
