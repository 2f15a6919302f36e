// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/eeprom_shape.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "daemon/images/liteon_models.h"
#include "daemon/images/mediatek_liteon.h"

namespace firmbench::images {
namespace {

using std::string_view_literals::operator""sv;

// What files of 1 or 4 KB in a technician's folders begin with.
constexpr std::string_view kForeignStarts[] = {"MZ"sv,
                                               "\x7f"
                                               "ELF"sv,
                                               "PK\x03\x04"sv,
                                               "Rar!"sv,
                                               "\x1f\x8b"sv,
                                               "7z\xbc\xaf"sv,
                                               "%PDF"sv,
                                               "\x89PNG"sv,
                                               "GIF8"sv,
                                               "\xff\xd8\xff"sv,
                                               "BM"sv,
                                               "MThd"sv,
                                               "SQLite format 3"sv,
                                               "\xd0\xcf\x11\xe0"sv};

bool IsText(ByteView bytes) {
  const auto printable = std::count_if(bytes.begin(), bytes.end(), [](uint8_t b) {
    return (b >= 0x20 && b <= 0x7e) || b == '\n' || b == '\r' || b == '\t';
  });
  return static_cast<size_t>(printable) * 10 > bytes.size() * 9;
}

bool Repeats(ByteView bytes, size_t parts) {
  const size_t part = bytes.size() / parts;
  return std::equal(bytes.begin() + static_cast<ptrdiff_t>(part), bytes.end(), bytes.begin());
}

// A name stands alone: "LTR-48246S" is not found in "LTR-48246SX".
bool Names(std::string_view text, std::string_view name) {
  const auto joins = [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool before = at > 0 && joins(text[at - 1]);
    const size_t end = at + name.size();
    const bool after = end < text.size() && joins(text[end]);
    if (!before && !after) return true;
  }
  return false;
}

std::vector<std::string> ModelsNamed(std::string_view text) {
  std::vector<std::string> found;
  for (const LiteonModel& model : LiteonModels()) {
    const bool oem = std::any_of(model.oem_names.begin(), model.oem_names.end(),
                                 [&](const OemName& name) { return Names(text, name.product); });
    if (oem || Names(text, model.model)) found.emplace_back(model.model);
  }
  return found;
}

}  // namespace

EepromShape ShapeOfEeprom(ByteView bytes) {
  using enum EepromVerdict;
  if (bytes.size() != kEepromSmallBytes && bytes.size() != kEepromLargeBytes) {
    return {kNoEeprom, "",
            fmt::format("EEPROM dumps have {} or {} bytes, this file {}", kEepromSmallBytes,
                        kEepromLargeBytes, bytes.size())};
  }
  if (AllBytesAre(bytes, bytes[0])) {
    return {kBlank, "", fmt::format("every byte is {:02x}", bytes[0])};
  }
  const std::string_view text = AsText(bytes);
  if (IsText(bytes)) return {kNoEeprom, "", "it is a text"};
  for (const std::string_view start : kForeignStarts) {
    if (text.starts_with(start)) return {kNoEeprom, "", "it begins like a file of another kind"};
  }
  if (!FindIdBlocks(bytes).empty()) return {kNoEeprom, "", "it is a piece of firmware"};
  for (const size_t parts : {size_t{4}, size_t{2}}) {
    if (Repeats(bytes, parts)) {
      return {kRepeats, "",
              fmt::format("the same {} bytes stand in it {} times", bytes.size() / parts, parts)};
    }
  }
  const std::vector<std::string> models = ModelsNamed(text);
  const std::string size = fmt::format("{} KB", bytes.size() / 1024);
  if (models.empty()) {
    return {kUnnamed, "",
            fmt::format("it has the size of an EEPROM ({}), but names no drive", size)};
  }
  if (models.size() > 1) {
    return {kNamed, "", fmt::format("{}, and it names {} models", size, models.size())};
  }
  return {kNamed, models[0], fmt::format("{}, and it names the {}", size, models[0])};
}

}  // namespace firmbench::images
