// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/utf8.h"

namespace firmbench {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// What may follow a lead byte: the total length and the range of the second byte (RFC 3629 4).
struct Lead {
  size_t length;  // 0: not a lead byte
  uint8_t low;
  uint8_t high;
};

Lead Classify(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// How many bytes at `offset` are the valid start of a character of `lead.length` bytes.
size_t ValidPrefix(std::string_view text, size_t offset, const Lead& lead) {
  size_t n = 1;
  while (n < lead.length && offset + n < text.size()) {
    const auto byte = static_cast<uint8_t>(text[offset + n]);
    const bool fits = n == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
    if (!fits) break;
    ++n;
  }
  return n;
}

}  // namespace

size_t Utf8Length(std::string_view text, size_t offset) {
  const Lead lead = Classify(static_cast<uint8_t>(text[offset]));
  if (lead.length == 0) return 0;
  return ValidPrefix(text, offset, lead) == lead.length ? lead.length : 0;
}

size_t DecodeUtf8(std::string_view text, uint32_t& point) {
  const size_t length = Utf8Length(text, 0);
  if (length == 0) return 0;
  const auto lead = static_cast<uint8_t>(text[0]);
  point = length == 1 ? lead : lead & (0x7FU >> length);
  for (const char next : text.substr(1, length - 1)) {
    point = point << 6 | (static_cast<uint8_t>(next) & 0x3FU);
  }
  return length;
}

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = Utf8Length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

bool IsHidden(uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x061C || point == 0xFEFF ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + kReplacement.size());
  for (size_t i = 0; i < text.size();) {
    const Lead lead = Classify(static_cast<uint8_t>(text[i]));
    const size_t valid = lead.length == 0 ? 1 : ValidPrefix(text, i, lead);
    if (lead.length != 0 && valid == lead.length) {
      out.append(text.substr(i, valid));
    } else {
      out.append(kReplacement);
    }
    i += valid;
  }
  return out;
}

void AppendUtf8(std::string& text, uint32_t code_point) {
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace firmbench
