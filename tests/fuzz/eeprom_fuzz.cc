// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the EEPROM of a drive, as somebody kept it or as a drive sent it. The first byte
// says how to use the rest: as a file, or as a part of a good EEPROM of one of the two sizes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/images/compare.h"
#include "daemon/images/eeprom_shape.h"
#include "daemon/images/recognise.h"
#include "daemon/images/synthetic.h"
#include "daemon/inventory/eeprom_learning.h"

namespace {

namespace images = firmbench::images;
namespace inventory = firmbench::inventory;
using firmbench::Bytes;
using firmbench::ByteView;

void Require(bool promise) {
  if (!promise) std::abort();
}

const Bytes& GoodEeprom(bool large) {
  static const auto build = [](uint32_t size) {
    return images::BuildSyntheticEeprom({.model = "LTR-48246S", .size_bytes = size}).value();
  };
  static const Bytes small_eeprom = build(images::kEepromSmallBytes);
  static const Bytes large_eeprom = build(images::kEepromLargeBytes);
  return large ? large_eeprom : small_eeprom;
}

// What it is taken for.
void CheckShape(ByteView bytes) {
  using enum images::EepromVerdict;
  const images::EepromShape shape = images::ShapeOfEeprom(bytes);
  const bool size_is_right =
      bytes.size() == images::kEepromSmallBytes || bytes.size() == images::kEepromLargeBytes;
  Require(size_is_right || shape.verdict == kNoEeprom);
  Require(shape.model.empty() || shape.verdict == kNamed);
  Require(!shape.why.empty());
  for (const char c : shape.why) Require(static_cast<unsigned char>(c) >= 0x20);
  // An EEPROM is never flashed as firmware.
  Require(!size_is_right || !images::Recognise(bytes).ok());
}

// What three units teach whose EEPROM changed to these bytes and back.
inventory::LearnedUse Learn(const Bytes& good, ByteView bytes) {
  inventory::EepromPast past;
  const Bytes changed(bytes.begin(), bytes.end());
  for (int64_t at_us = 1; at_us <= 2; ++at_us) {
    past.sightings.push_back({2 * at_us, "LTR-48246S", "SS0C", good});
    past.sightings.push_back({2 * at_us + 1, "LTR-48246S", "SS0C", changed});
  }
  const std::vector<inventory::Change> changes = inventory::ChangesWithUse(past);
  Require(bytes.size() == good.size() || changes.empty());
  for (const inventory::Change& change : changes) {
    Require(!change.empty() && std::is_sorted(change.begin(), change.end()));
    Require(change.back() < good.size());
    Require(change.size() * 1000 <= good.size() * inventory::kMostChangedPerMille);
  }
  const std::vector<inventory::Change>* const units[] = {&changes, &changes, &changes};
  return inventory::LearnUse(units, good.size());
}

void CheckComparison(const Bytes& good, ByteView bytes) {
  const inventory::LearnedUse learned = Learn(good, bytes);
  std::vector<images::EepromRange> ranges;
  for (const auto& range : learned.ranges()) {
    Require(uint64_t{range.offset} + range.length <= good.size());
    ranges.push_back({range.offset, range.length});
  }
  const auto regions = images::EepromLayout(static_cast<uint32_t>(bytes.size()), ranges);
  const images::Comparison compared = images::Compare(good, bytes, regions);
  Require(compared.identical == std::equal(good.begin(), good.end(), bytes.begin(), bytes.end()));
  Require(!images::InWords(compared).empty());
  Require(!learned.known() || compared.differing_bytes > 0);
}

void Check(const Bytes& good, ByteView bytes) {
  CheckShape(bytes);
  CheckComparison(good, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  const ByteView rest(data + 3, size - 3);
  const Bytes& good = GoodEeprom((data[0] & 2) != 0);
  if ((data[0] & 1) == 0) {
    Check(good, rest);
    return 0;
  }
  Bytes eeprom = good;
  const size_t at = (size_t{data[1]} << 8 | data[2]) % eeprom.size();
  std::copy_n(rest.begin(), std::min(rest.size(), eeprom.size() - at),
              eeprom.begin() + static_cast<ptrdiff_t>(at));
  Check(good, eeprom);
  return 0;
}
