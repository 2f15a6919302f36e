// SPDX-License-Identifier: Apache-2.0
#pragma once

// A serial flash chip's bus as the algorithms of this folder see it; whoever reaches a chip
// implements it. Lane-only.

#include <cstdint>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"

namespace firmbench::chips {

// One select of the chip: `out` is shifted out, then in.size() bytes are clocked in, then the chip
// is deselected. `out` is never empty: its first byte is the command.
struct SpiTransfer {
  ByteView out;
  std::span<uint8_t> in;
};

// What one transfer may carry at most, in bytes.
struct SpiLimits {
  uint32_t max_out = 0;  // at least 5: a command, three address bytes and a byte of data
  uint32_t max_in = 0;   // at least 4
};

class SpiBus {
 public:
  virtual ~SpiBus() = default;

  // Performs the transfers in order, as closely together as the way to the chip allows. Stops at
  // the first that fails and never repeats one. SPI_TRANSFER_TOO_LONG (nothing sent) beyond
  // limits().
  virtual Status Run(std::span<const SpiTransfer> transfers) = 0;

  // Constant.
  virtual SpiLimits limits() const = 0;

  // The time that busy waits are measured on.
  virtual Clock& clock() = 0;
};

}  // namespace firmbench::chips
