// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/page/byte_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::cli::render {
namespace {

constexpr size_t kColumns = 32;
constexpr size_t kCells = kColumns * 32;
constexpr int kPitch = 10;
constexpr int kMargin = 36;  // for the offsets

std::string_view ClassOf(ByteUse use) {
  switch (use) {
    case ByteUse::kChanges:
      return "use-changes";
    case ByteUse::kConstant:
      return "use-constant";
    case ByteUse::kNotKnown:
      break;
  }
  return "use-unknown";
}

void Mark(std::vector<ByteUse>& uses,
          const google::protobuf::RepeatedPtrField<v1::EepromRange>& ranges, ByteUse use) {
  const auto size = static_cast<int64_t>(uses.size());
  for (const v1::EepromRange& range : ranges) {
    const int64_t begin = std::clamp<int64_t>(range.offset_bytes(), 0, size);
    const int64_t length = std::clamp<int64_t>(range.length_bytes(), 0, size - begin);
    std::fill_n(uses.begin() + begin, length, use);
  }
}

// The cells of the grid, each of `each` bytes.
std::vector<ByteUse> CellsOf(const std::vector<ByteUse>& uses, size_t each) {
  std::vector<ByteUse> cells((uses.size() + each - 1) / each, ByteUse::kConstant);
  for (size_t i = 0; i < uses.size(); ++i) cells[i / each] = std::max(cells[i / each], uses[i]);
  return cells;
}

}  // namespace

std::vector<ByteUse> UsesOf(const v1::EepromKnowledge& eeprom) {
  if (eeprom.size_bytes() <= 0 || eeprom.size_bytes() > kLargestMap) return {};
  std::vector<ByteUse> uses(static_cast<size_t>(eeprom.size_bytes()),
                            eeprom.use_known() ? ByteUse::kConstant : ByteUse::kNotKnown);
  Mark(uses, eeprom.same_in_all(), ByteUse::kConstant);
  Mark(uses, eeprom.changes_with_use(), ByteUse::kChanges);
  return uses;
}

std::string ByteMapSvg(const std::vector<ByteUse>& bytes) {
  if (bytes.empty()) return {};
  const size_t each = (bytes.size() + kCells - 1) / kCells;
  const std::vector<ByteUse> uses = CellsOf(bytes, each);
  const size_t rows = (uses.size() + kColumns - 1) / kColumns;
  std::string svg = fmt::format(
      "<svg class=\"map\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"map of the EEPROM\">",
      kMargin + static_cast<int>(kColumns) * kPitch, static_cast<int>(rows) * kPitch);
  for (size_t row = 0; row < rows; ++row) {
    const int y = static_cast<int>(row) * kPitch;
    if (row % 4 == 0) {
      svg += fmt::format("<text x=\"{}\" y=\"{}\">{:03X}</text>", kMargin - 6, y + kPitch - 2,
                         row * kColumns * each);
    }
    // Runs of one use in a row are one rectangle, cut into cells by the page's grid lines.
    for (size_t begin = row * kColumns; begin < std::min(uses.size(), (row + 1) * kColumns);) {
      size_t end = begin + 1;
      while (end < uses.size() && end < (row + 1) * kColumns && uses[end] == uses[begin]) ++end;
      svg +=
          fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                      ClassOf(uses[begin]), kMargin + static_cast<int>(begin % kColumns) * kPitch,
                      y, static_cast<int>(end - begin) * kPitch, kPitch);
      begin = end;
    }
  }
  svg += "<path class=\"grid\" d=\"";
  for (size_t column = 0; column <= kColumns; ++column) {
    svg += fmt::format("M{} 0v{}", kMargin + static_cast<int>(column) * kPitch,
                       static_cast<int>(rows) * kPitch);
  }
  for (size_t row = 0; row <= rows; ++row) {
    svg += fmt::format("M{} {}h{}", kMargin, static_cast<int>(row) * kPitch,
                       static_cast<int>(kColumns) * kPitch);
  }
  return svg + "\"/></svg>";
}

}  // namespace firmbench::cli::render
