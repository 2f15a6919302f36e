// SPDX-License-Identifier: Apache-2.0
#pragma once

// A parallel flash chip's address and data bus, eight bits wide, as the algorithms of this folder
// see it; whoever reaches a chip implements it. Lane-only. Calls take blocks, so that nothing is
// dispatched per byte on a hot path.

#include <cstdint>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"

namespace firmbench::chips {

// One write cycle.
struct BusWrite {
  uint32_t address = 0;
  uint8_t data = 0;
};

class ByteBus {
 public:
  virtual ~ByteBus() = default;

  // Reads out.size() consecutive bytes starting at `address`, one read cycle each.
  virtual Status Read(uint32_t address, std::span<uint8_t> out) = 0;

  // Reads `address` out.size() times in a row: for toggle bits and data polling.
  virtual Status ReadRepeated(uint32_t address, std::span<uint8_t> out) = 0;

  // Performs the cycles in order, as closely together as the way to the chip allows: the load
  // window of a page-write part (150 to 200 us between cycles) depends on it.
  virtual Status Write(std::span<const BusWrite> cycles) = 0;

  // Write, then ReadRepeated, in one go where the way to the chip can do that: a byte part is
  // programmed by half a million such pairs, and what lies between two calls is waited for.
  virtual Status WriteThenRead(std::span<const BusWrite> cycles, uint32_t address,
                               std::span<uint8_t> out) {
    RETURN_IF_ERROR(Write(cycles));
    return ReadRepeated(address, out);
  }

  // The time that busy waits are measured on.
  virtual Clock& clock() = 0;
};

}  // namespace firmbench::chips
