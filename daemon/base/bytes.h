// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes from outside: bounds-checked views, endian loads, hex, and strings as drives pad them.
// Pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

namespace firmbench {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

constexpr uint16_t LoadBe16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
constexpr uint32_t LoadBe24(const uint8_t* p) {
  return uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2];
}
constexpr uint32_t LoadBe32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
}
constexpr void StoreBe16(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
constexpr void StoreBe24(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 16);
  StoreBe16(p + 1, v);
}
constexpr void StoreBe32(uint8_t* p, uint32_t v) {
  StoreBe16(p, v >> 16);
  StoreBe16(p + 2, v);
}

// The `length` bytes at `offset`, or an empty view when they are not all there.
constexpr ByteView Slice(ByteView bytes, size_t offset, size_t length) {
  if (offset > bytes.size() || length > bytes.size() - offset) return {};
  return bytes.subspan(offset, length);
}

inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Lower-case hex without separators.
std::string ToHex(ByteView bytes);
// Accepts upper and lower case; INVALID_HEX for an odd length or another character.
Result<Bytes> FromHex(std::string_view text);

// A fixed-width ASCII field as drives return it: leading and trailing blanks and NULs removed,
// every other byte outside 20..7E becomes '?', so that the result is safe to show and to log.
std::string CleanField(ByteView field);

// Every byte equals `value` (true for an empty view).
bool AllBytesAre(ByteView bytes, uint8_t value);

}  // namespace firmbench
