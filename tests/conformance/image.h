// SPDX-License-Identifier: Apache-2.0
#pragma once

// A firmware as they are: code, and padding behind it.

#include <algorithm>

#include "tests/daemon/chips/chip_test_util.h"

namespace firmbench::conformance {

// A quarter of every 4 KB is random, at a place that moves on, the rest FF.
inline Bytes PaddedImage(uint32_t size, uint32_t seed) {
  Bytes image = chips::DenseImage(size, seed);
  for (uint32_t at = 0; at < size; at += 1024) {
    if (at / 1024 % 4 == at / 4096 % 4) continue;
    std::fill_n(image.begin() + at, 1024, uint8_t{0xff});
  }
  return image;
}

}  // namespace firmbench::conformance
