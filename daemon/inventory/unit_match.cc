// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_match.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"

namespace firmbench::inventory {
namespace {

enum class Serial : uint8_t { kNone, kSame, kOther };
enum class Content : uint8_t {
  kNotCompared,  // one side has none
  kSame,         // equal but for bytes that change with use, or seen on the unit before
  kNear,         // other bytes changed as well, but it can be no other unit
  kPerhaps,      // near, and too little is known to say more
  kOther,
  kBlank,  // blank now: says nothing
};

struct Fit {
  const KnownUnit* unit = nullptr;
  Serial serial = Serial::kNone;
  Content content = Content::kNotCompared;
  std::string words;  // what the EEPROM says
};

bool IsBlank(ByteView bytes) { return AllBytesAre(bytes, 0xff) || AllBytesAre(bytes, 0x00); }

size_t EqualBytes(ByteView a, ByteView b) {
  size_t equal = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i] ? 1 : 0;
  return equal;
}

Bytes MapOf(std::span<const families::ByteRange> ranges, size_t size) {
  Bytes map(size);
  for (const families::ByteRange& range : ranges) {
    const size_t end = std::min<size_t>(size_t{range.offset} + range.length, size);
    for (size_t at = range.offset; at < end; ++at) map[at] = 1;
  }
  return map;
}

// How much of what tells units apart is the same.
struct Telling {
  size_t equal = 0;
  size_t total = 0;
  bool PerMille(size_t least) const { return total != 0 && equal * 1000 >= total * least; }
};

// Without branches: it runs over every known unit.
Telling CountTelling(ByteView a, ByteView b, ByteView skip, ByteView count) {
  unsigned equal = 0;
  unsigned total = 0;
  for (size_t at = 0; at < a.size(); ++at) {
    const unsigned same = a[at] == b[at] ? 1 : 0;
    const unsigned blank = same & ((a[at] == 0xff ? 1u : 0u) | (a[at] == 0x00 ? 1u : 0u));
    const unsigned told = (skip[at] ^ 1u) & count[at] & (blank ^ 1u);
    total += told;
    equal += told & same;
  }
  return {equal, total};
}

class Matcher {
 public:
  Matcher(const Observed& observed, const KnownSet& known,
          std::span<const families::ByteRange> volatile_ranges)
      : observed_(observed), known_(known), blank_(IsBlank(observed.eeprom)) {
    if (!volatile_ranges.empty()) row_use_ = MapOf(volatile_ranges, observed.eeprom.size());
    none_.resize(observed.eeprom.size(), 0);
    all_.resize(observed.eeprom.size(), 1);
    stable_sha256_ = Sha256Hex(StablePart(observed.eeprom, volatile_ranges));
    for (const std::string& serial : observed.serials) {
      (known.UnitsWithSerial(serial) > 1 ? shared_ : serials_).push_back(serial);
    }
  }

  UnitMatch Match() const;

 private:
  bool Has(const KnownUnit& unit, const std::vector<std::string>& serials) const {
    return std::any_of(serials.begin(), serials.end(), [&](const auto& serial) {
      return std::find(unit.serials.begin(), unit.serials.end(), serial) != unit.serials.end();
    });
  }
  Serial CompareSerials(const KnownUnit& unit) const;
  Fit Compare(const KnownUnit& unit) const;
  void CompareContent(const KnownUnit& unit, Fit& fit) const;
  bool Supported(const KnownUnit& unit) const {
    return (!observed_.topology.empty() && observed_.topology == unit.topology) ||
           (!observed_.bridge.empty() && observed_.bridge == unit.bridge);
  }
  bool Fits(const Fit& fit) const;
  bool Doubtful(const Fit& fit) const;
  UnitMatch Decide(const std::vector<Fit>& fitting, const std::vector<Fit>& doubtful) const;
  UnitMatch Ambiguous(const std::vector<Fit>& fitting, const std::vector<Fit>& doubtful,
                      std::string why) const;
  static std::string Doubt(const Fit& fit);
  UnitMatch WithSharedSerialOnly() const;

  const Observed& observed_;
  const KnownSet& known_;
  const bool blank_;
  Bytes row_use_;  // empty when the row names no ranges
  Bytes none_;     // a map that names no byte
  Bytes all_;      // and one that names each
  std::string stable_sha256_;
  std::vector<std::string> serials_;  // that no two units have
  std::vector<std::string> shared_;   // that several have: no evidence
};

Serial Matcher::CompareSerials(const KnownUnit& unit) const {
  if (serials_.empty()) return Serial::kNone;
  if (Has(unit, serials_)) return Serial::kSame;
  const bool has_own = std::any_of(unit.serials.begin(), unit.serials.end(), [&](const auto& own) {
    return known_.UnitsWithSerial(own) == 1;
  });
  return has_own ? Serial::kOther : Serial::kNone;
}

void Matcher::CompareContent(const KnownUnit& unit, Fit& fit) const {
  const Bytes& now = observed_.eeprom;
  if (now.empty()) return;
  if (blank_) {
    fit.content = Content::kBlank;
    fit.words = "its EEPROM is blank";
    return;
  }
  const bool seen_before = std::find(unit.stable_sha256.begin(), unit.stable_sha256.end(),
                                     stable_sha256_) != unit.stable_sha256.end();
  if (seen_before) {
    fit.content = Content::kSame;
    fit.words = "this drive's EEPROM: the same content as seen before";
  }
  if (unit.eeprom.empty()) return;
  if (unit.eeprom.size() != now.size()) {
    if (!seen_before) fit.content = Content::kOther;
    return;
  }
  const size_t equal = EqualBytes(now, unit.eeprom);
  const ModelBytes* model = known_.BytesOf(unit.model, unit.simulated, unit.eeprom.size());
  ByteView use = row_use_;
  if (use.empty() && model != nullptr && model->use.known()) use = model->use.changes_with_use;
  const bool known = model != nullptr && model->known();
  const Telling telling = CountTelling(now, unit.eeprom, use.empty() ? ByteView(none_) : use,
                                       known ? ByteView(model->telling) : ByteView(all_));
  bool rest_is_use = true;
  for (size_t at = 0; rest_is_use && at < now.size(); ++at) {
    rest_is_use = now[at] == unit.eeprom[at] || (!use.empty() && use[at] != 0);
  }
  if (seen_before && equal != now.size()) return;
  // Equal in what does not change with use, and that is more than a few blank bytes.
  if (equal == now.size() || (rest_is_use && telling.total >= kLeastTelling)) {
    fit.content = Content::kSame;
  } else if (!telling.PerMille(known ? kOtherPerMille : kOtherPerMilleUnknown)) {
    fit.content = Content::kOther;
  } else if (telling.total < kLeastTelling ||
             !telling.PerMille(known ? kSurePerMille : kSurePerMilleUnknown)) {
    fit.content = Content::kPerhaps;
  } else {
    // While few units are known nobody can say how alike two of them are.
    fit.content = known || Supported(unit) ? Content::kNear : Content::kPerhaps;
  }
  if (fit.content == Content::kOther) return;
  fit.words = "this drive's EEPROM: " + CompareWords(unit.eeprom, now, use);
  if (known && fit.content != Content::kSame) {
    fit.words += fmt::format("; {} of the {} bytes that differ from drive to drive are equal",
                             WithCommas(telling.equal), WithCommas(telling.total));
  }
}

Fit Matcher::Compare(const KnownUnit& unit) const {
  Fit fit;
  fit.unit = &unit;
  fit.serial = CompareSerials(unit);
  CompareContent(unit, fit);
  return fit;
}

bool Matcher::Fits(const Fit& fit) const {
  const bool near = fit.content == Content::kSame || fit.content == Content::kNear;
  if (near) return fit.serial != Serial::kOther;
  if (fit.serial != Serial::kSame) return false;
  // A serial number alone decides only where neither side ever showed an EEPROM: makers repeat
  // serial numbers.
  if (fit.content == Content::kNotCompared) {
    return observed_.eeprom.empty() && fit.unit->eeprom.empty();
  }
  return fit.content == Content::kPerhaps;
}

bool Matcher::Doubtful(const Fit& fit) const {
  if (fit.serial == Serial::kSame) return true;
  const bool near = fit.content == Content::kSame || fit.content == Content::kNear;
  return near || (fit.content == Content::kPerhaps && fit.serial == Serial::kNone);
}

std::string Matcher::Doubt(const Fit& fit) {
  switch (fit.content) {
    case Content::kNotCompared:
      return "the serial number is that of a known unit, but the EEPROM cannot be compared";
    case Content::kBlank:
      return "the serial number is that of a known unit, but the EEPROM is blank";
    case Content::kOther:
      return "the serial number is that of a known unit, but the EEPROM is another one";
    case Content::kPerhaps:
      return fit.words;
    case Content::kSame:
    case Content::kNear:
      break;
  }
  return fit.serial == Serial::kOther ? "the EEPROM is that of a unit with another serial number"
                                      : fit.words;
}

UnitMatch Matcher::Ambiguous(const std::vector<Fit>& fitting, const std::vector<Fit>& doubtful,
                             std::string why) const {
  UnitMatch match;
  match.verdict = UnitVerdict::kAmbiguous;
  for (const Fit& fit : fitting) match.candidates.push_back(fit.unit->unit_id);
  for (const Fit& fit : doubtful) match.candidates.push_back(fit.unit->unit_id);
  match.why = std::move(why);
  return match;
}

UnitMatch Matcher::Decide(const std::vector<Fit>& fitting, const std::vector<Fit>& doubtful) const {
  const auto known = [](const Fit& fit) {
    UnitMatch match;
    match.verdict = UnitVerdict::kKnown;
    match.unit_id = fit.unit->unit_id;
    match.why = fit.words;
    if (fit.serial == Serial::kSame)
      match.why += match.why.empty() ? "same serial number" : ", same serial number";
    return match;
  };
  // Strong and medium evidence together stand against anything that has only one of them.
  const auto both = [](const Fit& fit) {
    return fit.serial == Serial::kSame && fit.content != Content::kNotCompared;
  };
  const auto best = std::find_if(fitting.begin(), fitting.end(), both);
  if (best != fitting.end() && std::count_if(fitting.begin(), fitting.end(), both) == 1) {
    return known(*best);
  }
  if (fitting.size() == 1) {
    const bool only_less_alike =
        fitting.front().content == Content::kSame &&
        std::all_of(doubtful.begin(), doubtful.end(), [](const Fit& fit) {
          return fit.serial == Serial::kNone && fit.content == Content::kPerhaps;
        });
    if (doubtful.empty() || only_less_alike) return known(fitting.front());
  }
  if (fitting.size() + doubtful.size() == 1) {
    return Ambiguous(fitting, doubtful, Doubt(doubtful.front()));
  }
  return Ambiguous(fitting, doubtful,
                   fmt::format("{} units in the ledger fit", fitting.size() + doubtful.size()));
}

// Nothing to tell the drive by but a serial number that several units have.
UnitMatch Matcher::WithSharedSerialOnly() const {
  std::vector<Fit> fits;
  for (const KnownUnit& unit : known_.units()) {
    if (!Has(unit, shared_)) continue;
    fits.emplace_back().unit = &unit;
  }
  return Ambiguous(
      fits, {},
      fmt::format("{} units have its serial number, so that is no evidence", fits.size()));
}

UnitMatch Matcher::Match() const {
  const bool no_content = observed_.eeprom.empty() || blank_;
  if (serials_.empty() && no_content) {
    if (!shared_.empty()) return WithSharedSerialOnly();
    UnitMatch match;
    match.why = observed_.eeprom.empty()
                    ? "the drive shows neither a serial number nor an EEPROM"
                    : "the drive shows no serial number, and its EEPROM is blank";
    return match;
  }
  std::vector<Fit> fitting;
  std::vector<Fit> doubtful;
  for (const KnownUnit& unit : known_.units()) {
    Fit fit = Compare(unit);
    if (Fits(fit)) {
      fitting.push_back(std::move(fit));
    } else if (Doubtful(fit)) {
      doubtful.push_back(std::move(fit));
    }
  }
  if (!fitting.empty() || !doubtful.empty()) return Decide(fitting, doubtful);
  UnitMatch match;
  match.verdict = UnitVerdict::kNew;
  match.why = shared_.empty() ? "no unit in the ledger has this evidence"
                              : "no unit in the ledger has this EEPROM, and its serial number is "
                                "seen on several";
  return match;
}

}  // namespace

std::string WithCommas(size_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string CompareWords(ByteView before, ByteView after, ByteView use) {
  const size_t size = after.size();
  if (before.size() != size) return "another size than before";
  const size_t equal = EqualBytes(before, after);
  if (equal == size) return fmt::format("all {} bytes equal", WithCommas(size));
  const std::string counts =
      fmt::format("{} of {} bytes equal", WithCommas(equal), WithCommas(size));
  if (use.size() != size) {
    return counts + "; whether the rest changes with use is not yet known";
  }
  size_t others = 0;
  for (size_t at = 0; at < size; ++at) {
    others += before[at] != after[at] && use[at] == 0 ? 1 : 0;
  }
  if (others == 0) return counts + ", the rest changes with use";
  return counts + fmt::format(", {} of the others do not change with use", WithCommas(others));
}

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

UnitMatch MatchUnit(const Observed& observed, const KnownSet& known,
                    std::span<const families::ByteRange> volatile_ranges) {
  return Matcher(observed, known, volatile_ranges).Match();
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
