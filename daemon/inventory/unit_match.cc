// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_match.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"

namespace firmbench::inventory {
namespace {

// Where the volatile ranges of a model are not known, two EEPROMs that agree in this share of their
// bytes are taken for one unit, if no other unit comes near. Our choice, not a published figure: a
// burn log and a learnt-media entry together touch a few dozen bytes of 1,024.
constexpr size_t kLikelyPerMille = 970;

size_t EqualBytes(ByteView a, ByteView b) {
  size_t equal = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i] ? 1 : 0;
  return equal;
}

bool SharesSerial(const Observed& observed, const KnownUnit& unit) {
  return std::any_of(observed.serials.begin(), observed.serials.end(), [&](const auto& serial) {
    return std::find(unit.serials.begin(), unit.serials.end(), serial) != unit.serials.end();
  });
}

bool SameEeprom(const Observed& observed, const KnownUnit& unit,
                std::span<const families::ByteRange> volatile_ranges) {
  // A blank EEPROM is what every erased drive shows, so it says nothing.
  if (AllBytesAre(observed.eeprom, 0xff) || AllBytesAre(observed.eeprom, 0x00)) return false;
  const std::string stable = Sha256Hex(StablePart(observed.eeprom, volatile_ranges));
  if (std::find(unit.stable_sha256.begin(), unit.stable_sha256.end(), stable) !=
      unit.stable_sha256.end()) {
    return true;
  }
  if (observed.eeprom.size() != unit.eeprom.size()) return false;
  if (!volatile_ranges.empty()) {
    return StablePart(observed.eeprom, volatile_ranges) == StablePart(unit.eeprom, volatile_ranges);
  }
  return EqualBytes(observed.eeprom, unit.eeprom) * 1000 >=
         observed.eeprom.size() * kLikelyPerMille;
}

std::string Describe(const Observed& observed, const KnownUnit& unit, bool by_serial) {
  if (observed.eeprom.empty() || unit.eeprom.size() != observed.eeprom.size()) {
    return by_serial ? "same serial number" : "same stable EEPROM content";
  }
  return fmt::format("{} of {} EEPROM bytes equal{}", EqualBytes(observed.eeprom, unit.eeprom),
                     observed.eeprom.size(), by_serial ? ", same serial number" : "");
}

}  // namespace

Bytes StablePart(ByteView eeprom, std::span<const families::ByteRange> volatile_ranges) {
  Bytes stable(eeprom.begin(), eeprom.end());
  for (const families::ByteRange& range : volatile_ranges) {
    const size_t begin = std::min<size_t>(range.offset, stable.size());
    const size_t end = std::min<size_t>(size_t{range.offset} + range.length, stable.size());
    // Kept in place with one value, so that offsets stay what they are.
    std::fill(stable.begin() + static_cast<ptrdiff_t>(begin),
              stable.begin() + static_cast<ptrdiff_t>(end), uint8_t{0});
  }
  return stable;
}

UnitMatch MatchUnit(const Observed& observed, std::span<const KnownUnit> known,
                    std::span<const families::ByteRange> volatile_ranges) {
  UnitMatch match;
  if (observed.serials.empty() && observed.eeprom.empty()) {
    match.why = "the drive shows neither a serial number nor an EEPROM";
    return match;
  }
  const KnownUnit* found = nullptr;
  bool by_serial = false;
  bool contradiction = false;
  for (const KnownUnit& unit : known) {
    const bool same_serial = SharesSerial(observed, unit);
    const bool same_eeprom = SameEeprom(observed, unit, volatile_ranges);
    if (!same_serial && !same_eeprom) continue;
    // The EEPROM fits but both have serials and these differ: a swapped board or a copied EEPROM.
    if (same_eeprom && !same_serial && !observed.serials.empty() && !unit.serials.empty()) {
      contradiction = true;
    }
    match.candidates.push_back(unit.unit_id);
    found = &unit;
    by_serial = same_serial;
  }
  if (match.candidates.empty()) {
    match.verdict = UnitVerdict::kNew;
    match.why = "no unit in the ledger has this evidence";
  } else if (match.candidates.size() == 1 && !contradiction) {
    match.verdict = UnitVerdict::kKnown;
    match.unit_id = found->unit_id;
    match.why = Describe(observed, *found, by_serial);
    match.candidates.clear();
  } else {
    match.verdict = UnitVerdict::kAmbiguous;
    match.why = contradiction ? "the EEPROM is that of a unit with another serial number"
                              : "more than one unit in the ledger fits";
  }
  return match;
}

EepromChange CompareEeprom(ByteView before, ByteView after,
                           std::span<const families::ByteRange> volatile_ranges) {
  if (before.size() != after.size()) return EepromChange::kChanged;
  if (std::equal(before.begin(), before.end(), after.begin())) return EepromChange::kEqual;
  // Until somebody knows which ranges are volatile, every change counts as a change.
  if (volatile_ranges.empty()) return EepromChange::kChanged;
  return StablePart(before, volatile_ranges) == StablePart(after, volatile_ranges)
             ? EepromChange::kVolatileOnly
             : EepromChange::kChanged;
}

}  // namespace firmbench::inventory
