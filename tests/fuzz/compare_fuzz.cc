// SPDX-License-Identifier: Apache-2.0
// Fuzz target: two files side by side, with regions as wild as can be. The first bytes are the
// regions and the place where the rest is cut in two.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "daemon/images/compare.h"

namespace {

namespace images = firmbench::images;
using firmbench::ByteView;

void Require(bool promise) {
  if (!promise) std::abort();
}

constexpr size_t kRegions = 3;
constexpr size_t kHead = 2 + kRegions * 5;

std::vector<images::Region> Regions(const uint8_t* data) {
  std::vector<images::Region> regions;
  for (size_t i = 0; i < kRegions; ++i, data += 5) {
    images::Region region;
    region.offset = static_cast<uint32_t>(data[0] << (data[4] & 0x18)) + data[1];
    region.length = static_cast<uint32_t>(data[2] << (data[3] & 0x18));
    region.meaning = std::string(1, static_cast<char>('a' + i));
    region.part = static_cast<images::Part>(data[4] % images::kParts);
    regions.push_back(region);
  }
  return regions;
}

void CheckLines(ByteView a, ByteView b, bool identical) {
  constexpr size_t kLimit = 64;
  bool truncated = false;
  const std::vector<uint64_t> lines = images::LinesAround(a, b, kLimit, truncated);
  Require(lines.size() <= kLimit && lines.empty() == identical);
  for (size_t i = 0; i < lines.size(); ++i) {
    Require(lines[i] % images::kLineBytes == 0 && lines[i] < std::max(a.size(), b.size()));
    Require(i == 0 || lines[i - 1] < lines[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHead) return 0;
  const ByteView rest(data + kHead, size - kHead);
  const size_t cut = (size_t{data[0]} << 8 | data[1]) % (rest.size() + 1);
  const ByteView a = rest.first(cut);
  const ByteView b = rest.subspan(cut);
  const images::CompareOptions options{.merge_gap_bytes = data[2], .max_ranges = 8};
  const images::Comparison c = images::Compare(a, b, Regions(data + 2), options);
  Require(c.ranges.size() <= 9);
  Require(c.differing_bytes <= std::min(a.size(), b.size()));
  Require(std::accumulate(c.differing_by_part.begin(), c.differing_by_part.end(), uint64_t{0}) ==
          c.differing_bytes);
  uint64_t listed = c.bytes_not_listed;
  uint64_t end = 0;
  for (const images::DiffRange& range : c.ranges) {
    Require(range.offset >= end && range.length > 0);
    end = range.offset + range.length;
    Require(end <= std::max(a.size(), b.size()));
    if (range.kind == images::RangeKind::kDiffers) listed += range.differing_bytes;
  }
  Require(listed == c.differing_bytes);
  Require(!InWords(c).empty());
  CheckLines(a, b, c.identical);
  Require(images::Compare(a, a, Regions(data + 2), options).identical);
  return 0;
}
