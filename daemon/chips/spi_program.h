// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands of serial NOR parts, one by one (drive-protocols 1.4, read in code). Lane-only; each
// call returns when the part is ready again. None verifies: that is the caller's. An error after a
// destructive command was sent carries drive state kPartlyWritten.

#include <cstdint>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/chips/spi_bus.h"

namespace firmbench::chips {

struct SpiBusyTimes {
  Nanos typical{0};
  Nanos maximum{0};
};

// Reads with command 03, in pieces that fit the bus.
Status ReadSpi(SpiBus& bus, uint32_t offset, std::span<uint8_t> out);

// Command 05.
Result<uint8_t> ReadSpiStatus(SpiBus& bus);

// Returns when the busy bit is clear. Operations below a millisecond are polled
// without a pause, longer ones every 1/64 of the typical time. CHIP_TIMEOUT after twice the maximum
// on the bus's clock, or after 327,680 reads whatever the clock says (metadata `status`, hex).
Status WaitSpiReady(SpiBus& bus, const SpiBusyTimes& times);

// Clears the block protection if there is any and returns the status register as it was before.
// CHIP_PROTECTED, the content untouched, when the bits stay (metadata `status`): their register is
// locked by the part's WP pin.
Result<uint8_t> UnprotectSpi(SpiBus& bus, const SpiRow& row);

// Gives the part back the protection that UnprotectSpi returned; nothing when there was none or
// when the part sets it by itself at power-up. CHIP_PROTECTION_LOST when the bits are not taken.
Status RestoreSpiProtection(SpiBus& bus, const SpiRow& row, uint8_t status_before);

// Programs `target` at `offset`, inside one page, where it differs from `current`, the bytes that
// are there. Returns the number of bytes that differed. CHIP_NEEDS_ERASE (nothing sent) when a bit
// would have to go from 0 to 1; CHIP_RANGE; CHIP_NOT_WRITABLE when write enable is not taken;
// CHIP_TIMEOUT. The two views have the same size.
Result<uint64_t> ProgramSpi(SpiBus& bus, const SpiRow& row, uint32_t offset, ByteView current,
                            ByteView target);

// Erases the unit of `method` that starts at `offset` (0 for the whole chip). CHIP_RANGE,
// CHIP_NOT_WRITABLE, CHIP_TIMEOUT.
Status EraseSpiUnit(SpiBus& bus, const SpiRow& row, const EraseMethod& method, uint32_t offset);

// Erases everything with the row's chip erase.
Status EraseSpiChip(SpiBus& bus, const SpiRow& row);

}  // namespace firmbench::chips
