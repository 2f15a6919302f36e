// SPDX-License-Identifier: Apache-2.0
#pragma once

// What may be wrong with a specimen of a flash chip. A value.

#include <cstdint>
#include <vector>

namespace firmbench::simulator {

struct ChipDefects {
  struct StuckBit {
    uint32_t offset = 0;
    uint8_t bit = 0;  // 0..7
    bool value = false;
  };
  std::vector<StuckBit> stuck_bits;
  std::vector<uint32_t> weak_units;  // an address in each erase unit that does not erase fully
  uint32_t endurance = 0;            // cycles after which a unit no longer erases fully; 0: never
};

}  // namespace firmbench::simulator
