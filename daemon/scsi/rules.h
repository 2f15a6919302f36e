// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a family declares of the commands it sends, as data. The gate (transport/decorators/gate.h)
// lets nothing else through: a command that no rule names never reaches a drive.

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/words.h"

namespace firmbench::scsi {

enum class Effect : uint8_t {
  kReadOnly,     // cannot change any memory of the drive
  kDestructive,  // may change one: only while the engine holds the gate open
};

// Names every CDB that begins with `prefix`. The longest matching prefix decides.
struct CdbRule {
  std::array<uint8_t, 6> prefix{};
  uint8_t prefix_bytes = 0;
  Effect effect = Effect::kDestructive;
  Evidence evidence = Evidence::kHypothetical;
  std::string_view name;  // "read memory (DF 83)"

  constexpr bool Matches(ByteView cdb) const {
    if (cdb.size() < prefix_bytes) return false;
    for (uint8_t i = 0; i < prefix_bytes; ++i) {
      if (cdb[i] != prefix[i]) return false;
    }
    return true;
  }
};

}  // namespace firmbench::scsi
