// SPDX-License-Identifier: Apache-2.0
#pragma once

// Hexadecimal digits of one number, for texts with millions of them: formatting took longer than
// the simulated drive. Any thread.

#include <cstdint>
#include <string>

namespace firmbench {

// Appends the lowest `digits` (1..8) hexadecimal digits of the value, in lower case.
inline void AppendHex(uint32_t value, int digits, std::string& text) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text += "0123456789abcdef"[value >> shift & 0xf];
  }
}

}  // namespace firmbench
