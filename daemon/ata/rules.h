// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a family declares of the task-file commands it sends, as data; enforced by the gate.

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/words.h"

namespace firmbench::ata {

enum class Effect : uint8_t {
  kReadOnly,     // cannot change any memory of the drive (mode changes included)
  kByteWrite,    // one write cycle on the flash chip's bus: address in LBA mid/high and the low
                 // nibble of the device register, data in LBA low
  kDestructive,  // changes a memory by itself
};

struct CommandRule {
  uint8_t command = 0;
  std::optional<uint8_t> lba_low;  // the rule holds only for this value of LBA low
  Effect effect = Effect::kDestructive;
  Evidence evidence = Evidence::kHypothetical;
  std::string_view name;  // "vendor mode: read byte (00)"
};

}  // namespace firmbench::ata
