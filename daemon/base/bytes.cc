// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/bytes.h"

#include <algorithm>

namespace firmbench {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string ToHex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(bytes.size() * 2, '0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 0xf];
  }
  return text;
}

Result<Bytes> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return InvalidArgument("INVALID_HEX", "odd number of hex digits");
  Bytes bytes(text.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return InvalidArgument("INVALID_HEX", "not a hex digit");
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return bytes;
}

std::string CleanField(ByteView field) {
  const auto blank = [](uint8_t b) { return b == ' ' || b == 0; };
  while (!field.empty() && blank(field.back())) field = field.first(field.size() - 1);
  while (!field.empty() && blank(field.front())) field = field.subspan(1);
  std::string text;
  text.reserve(field.size());
  for (const uint8_t b : field) text += b >= 0x20 && b <= 0x7e ? static_cast<char>(b) : '?';
  return text;
}

bool AllBytesAre(ByteView bytes, uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [value](uint8_t b) { return b == value; });
}

}  // namespace firmbench
