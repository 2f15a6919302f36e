// SPDX-License-Identifier: Apache-2.0
// Fuzz target: bytes that somebody adds to the library as a firmware file. The first byte says how
// to use the rest: as a file, or as the middle of a good image.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "daemon/images/compare.h"
#include "daemon/images/mediatek_liteon.h"
#include "daemon/images/recognise.h"
#include "daemon/images/synthetic.h"

namespace {

namespace images = firmbench::images;
using firmbench::Bytes;
using firmbench::ByteView;

void Require(bool promise) {
  if (!promise) std::abort();
}

void Check(ByteView bytes) {
  const images::ImageReport report = images::Recognise(bytes);
  Require(report.id_blocks.size() <= images::kMaxIdBlocks);
  Require(report.ok() || !report.refusal->remedy().empty());
  const std::vector<images::Region> regions = images::LayoutOf(report);
  Require(report.ok() == !regions.empty());
  for (const images::Region& region : regions) {
    Require(uint64_t{region.offset} + region.length <= bytes.size());
  }
  Require(images::CpuView(bytes, report).has_value() == report.ok());
  images::AliasedBanks(bytes);
  const ByteView shorter = bytes.first(bytes.size() - bytes.size() / 3);
  Require(images::Compare(bytes, bytes, regions).identical);
  Require(images::Compare(bytes, shorter, regions).identical == (shorter.size() == bytes.size()));
}

const Bytes& GoodImage(bool packed) {
  static const auto build = [](bool want_packed) {
    images::SyntheticImage spec;
    spec.model = want_packed ? "SOHW-832S" : "LTR-48246S";
    spec.size_bytes = want_packed ? 0x100000 : 0x40000;
    spec.packed = want_packed;
    return images::BuildSyntheticImage(spec).value();
  };
  static const Bytes plain_image = build(false);
  static const Bytes packed_image = build(true);
  return packed ? packed_image : plain_image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  const ByteView rest(data + 4, size - 4);
  if ((data[0] & 1) == 0) {
    Check(rest);
    return 0;
  }
  Bytes image = GoodImage((data[0] & 2) != 0);
  const size_t at = (size_t{data[1]} << 16 | size_t{data[2]} << 8 | data[3]) % image.size();
  const size_t length = std::min(rest.size(), image.size() - at);
  std::copy_n(rest.begin(), length, image.begin() + static_cast<ptrdiff_t>(at));
  Check(image);
  return 0;
}
