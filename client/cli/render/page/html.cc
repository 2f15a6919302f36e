// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/page/html.h"

#include <fmt/format.h>

#include <cstdint>

#include "daemon/base/utf8.h"

namespace firmbench::cli::render {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsHarmless(uint32_t point) {
  const bool control = point < 0x20 || (point >= 0x7F && point <= 0x9F);
  const bool direction = point == 0x61C || point == 0x200E || point == 0x200F ||
                         (point >= 0x202A && point <= 0x202E) ||
                         (point >= 0x2066 && point <= 0x2069);
  return !control && !direction && point != 0x2028 && point != 0x2029 && point != 0xFEFF;
}

std::string_view Entity(char c) {
  switch (c) {
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '&':
      return "&amp;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    uint32_t point = 0;
    const size_t length = DecodeUtf8(text, point);
    if (length == 0 || !IsHarmless(point)) {
      out += kReplacement;
    } else if (const std::string_view entity = Entity(text[0]); !entity.empty()) {
      out += entity;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string Tag(std::string_view tag, std::string_view text, std::string_view attributes) {
  return fmt::format("<{}{}{}>{}</{}>", tag, attributes.empty() ? "" : " ", attributes,
                     Escape(text), tag);
}

}  // namespace firmbench::cli::render
