// SPDX-License-Identifier: Apache-2.0
#pragma once

// Waiting for a part that is programming or erasing: DQ6 toggles and DQ7 shows the inverse of the
// last bit until it is done (drive-protocols 4.2, read in code). Lane-only.

#include <cstdint>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/chips/byte_bus.h"

namespace firmbench::chips {

struct BusyTimes {
  Nanos typical{0};
  Nanos maximum{0};
  // Before the first look: a page-write part only begins after its load window.
  Nanos settle{0};
};

// Returns when `address` reads `expected` twice in a row, or stands still with another value four
// times in a row (with DQ7 as expected, or after the maximum): then the part is done and verifying
// is the caller's. Operations below a millisecond are polled without a pause, longer ones every
// 1/64 of the typical time. CHIP_TIMEOUT after twice the maximum on the bus's clock, or after
// 327,680 reads whatever the clock says (metadata `address`, `last_read`). Errors carry no drive
// state of their own.
Status WaitUntilDone(ByteBus& bus, uint32_t address, uint8_t expected, const BusyTimes& times);

}  // namespace firmbench::chips
