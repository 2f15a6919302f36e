// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a family declares of the task-file commands it sends, as data; enforced by the gate.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/words.h"

namespace firmbench::ata {

enum class Effect : uint8_t {
  kReadOnly,     // cannot change any memory of the drive (mode changes included)
  kByteWrite,    // one write cycle on the flash chip's bus: address in LBA mid/high and the low
                 // nibble of the device register, data in LBA low
  kSpiLengths,   // tells a serial flash engine how long its next transaction is
  kSpiRun,       // runs a serial flash engine's transaction: what it does is what byte 0 of the
                 // engine's window says
  kDestructive,  // changes a memory by itself
};

struct CommandRule {
  uint8_t command = 0;
  std::optional<uint8_t> lba_low;  // the rule holds only for this value of LBA low
  Effect effect = Effect::kDestructive;
  Evidence evidence = Evidence::kHypothetical;
  std::string_view name;  // "vendor mode: read byte (00)"
  bool new_mode = false;  // the drive may be in another mode after it: its status must be seen anew
  // Of kSpiRun: while the drive shows one of these, its flash is serial, and kByteWrite fills the
  // engine's window instead of writing to a chip. 0: none.
  std::array<uint8_t, 2> serial_statuses{};
};

}  // namespace firmbench::ata
