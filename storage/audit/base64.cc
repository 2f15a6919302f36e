// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/base64.h"

#include <algorithm>

namespace firmbench::storage::audit {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error Invalid() { return InvalidArgument("INVALID_BASE64", "not base 64 (RFC 4648)"); }

}  // namespace

std::string ToBase64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t have = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? bytes[i + k] : 0u);
    for (size_t k = 0; k < 4; ++k) {
      text += k <= have ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<Bytes> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return Invalid();
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    size_t have = 0;
    for (; have < 4 && text[i + have] != '='; ++have) {
      const size_t digit = kAlphabet.find(text[i + have]);
      if (digit == std::string_view::npos) return Invalid();
      group = group << 6 | static_cast<uint32_t>(digit);
    }
    if (have < 2) return Invalid();
    group <<= 6 * (4 - have);
    for (size_t k = 0; k + 1 < have; ++k) {
      bytes.push_back(static_cast<uint8_t>(group >> (16 - 8 * k)));
    }
  }
  // Padding in the middle, other characters beside it, and bits that no byte uses.
  if (ToBase64(bytes) != text) return Invalid();
  return bytes;
}

}  // namespace firmbench::storage::audit
