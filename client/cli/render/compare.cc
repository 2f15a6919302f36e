// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/compare.h"

#include <fmt/format.h>

#include "daemon/base/bytes.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kSampleBytes = 8;

std::string Side(std::string_view letter, const v1::ComparedBlob& blob) {
  const std::string what = blob.text().empty() ? blob.name() : blob.text();
  return fmt::format("{}: {}, {}, SHA-256 {}\n", letter, Clean(what), Bytes(blob.size_bytes()),
                     Clean(blob.sha256()));
}

std::string Sample(const std::string& bytes) {
  std::string hex = ToHex(AsBytes(std::string_view(bytes).substr(0, kSampleBytes)));
  if (bytes.size() > kSampleBytes) hex += "..";
  return hex;
}

constexpr size_t kLineBytes = 16;

// One side of a line; bytes that differ from the other side are painted.
std::string Half(const std::string& own, const std::string& other, Style style) {
  std::string text;
  for (size_t i = 0; i < kLineBytes; ++i) {
    if (i > 0) text += ' ';
    if (i >= own.size()) {
      text += "  ";
      continue;
    }
    const std::string hex = fmt::format("{:02x}", static_cast<uint8_t>(own[i]));
    const bool differs = i >= other.size() || own[i] != other[i];
    text += differs ? Paint(style, Color::kRed, hex) : hex;
  }
  return text;
}

std::string Characters(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += c >= 0x20 && c <= 0x7e ? c : '.';
  text.resize(kLineBytes, ' ');
  return text;
}

}  // namespace

std::string HexLines(const v1::CompareDumpsResponse& comparison, bool wide, Style style) {
  std::string text;
  int64_t expected = -1;
  for (const v1::ComparedLine& line : comparison.lines()) {
    if (line.offset_bytes() != expected && !text.empty()) text += "...\n";
    expected = line.offset_bytes() + static_cast<int64_t>(kLineBytes);
    text += fmt::format("{:06x}  {}", line.offset_bytes(), Half(line.a(), line.b(), style));
    if (wide) text += "  " + Characters(line.a());
    text += line.a() == line.b() ? "    " : "  ! ";
    text += Half(line.b(), line.a(), style);
    if (wide) text += "  " + Characters(line.b());
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  if (comparison.lines_truncated()) text += "... and more lines that differ\n";
  return text;
}

std::string Comparison(const v1::CompareDumpsResponse& comparison) {
  std::string text = Side("a", comparison.a()) + Side("b", comparison.b());
  if (comparison.identical()) {
    return text + fmt::format("identical: {} ({} bytes), SHA-256 {}\n",
                              Bytes(comparison.a().size_bytes()), comparison.a().size_bytes(),
                              Clean(comparison.a().sha256()));
  }
  text += fmt::format("different: {} in {}{} ranges\n\n", Bytes(comparison.differing_bytes()),
                      comparison.ranges_truncated() ? "more than " : "", comparison.ranges_size());
  if (!comparison.summary().empty())
    text.insert(text.size() - 1, Clean(comparison.summary()) + '\n');
  Table table({"OFFSET", "LENGTH", "A", "B", "MEANING"}, LastColumn::kText);
  for (const auto& range : comparison.ranges()) {
    table.Add({fmt::format("0x{:06x}", range.offset_bytes()),
               fmt::format("{}", range.length_bytes()), Sample(range.a_sample()),
               Sample(range.b_sample()), range.meaning()});
  }
  return text + table.Render();
}

}  // namespace firmbench::cli::render
