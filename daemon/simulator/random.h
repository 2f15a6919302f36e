// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reproducible random numbers for contents and faults (splitmix64). A value; any thread.

#include <cstdint>

namespace firmbench::simulator {

class Random {
 public:
  explicit Random(uint64_t seed = 0) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint8_t NextByte() { return static_cast<uint8_t>(Next() >> 56); }

 private:
  uint64_t state_;
};

}  // namespace firmbench::simulator
