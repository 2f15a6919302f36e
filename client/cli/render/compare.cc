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

}  // namespace

std::string Comparison(const v1::CompareDumpsResponse& comparison) {
  std::string text = Side("a", comparison.a()) + Side("b", comparison.b());
  if (comparison.identical()) {
    return text + fmt::format("identical: {} ({} bytes), SHA-256 {}\n",
                              Bytes(comparison.a().size_bytes()), comparison.a().size_bytes(),
                              Clean(comparison.a().sha256()));
  }
  text += fmt::format("different: {} in {}{} ranges\n\n", Bytes(comparison.differing_bytes()),
                      comparison.ranges_truncated() ? "more than " : "", comparison.ranges_size());
  Table table({"OFFSET", "LENGTH", "A", "B", "MEANING"}, LastColumn::kText);
  for (const auto& range : comparison.ranges()) {
    table.Add({fmt::format("0x{:06x}", range.offset_bytes()),
               fmt::format("{}", range.length_bytes()), Sample(range.a_sample()),
               Sample(range.b_sample()), range.meaning()});
  }
  return text + table.Render();
}

}  // namespace firmbench::cli::render
