// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which unit is the drive in front of us? Pure functions over what was seen now and what the ledger
// knows. A model string is never evidence: it lives in a memory that people rewrite. What each kind
// of evidence weighs is in evidence.h; README.md of this folder has the rules in words.

#include <span>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/families/family.h"
#include "daemon/inventory/known_set.h"

namespace firmbench::inventory {

// What a drive shows of itself now.
struct Observed {
  std::vector<std::string> serials;  // only those that are evidence (SerialsOf)
  Bytes eeprom;                      // empty when it could not be read
  // Weak: they can support what the EEPROM says, and never decide.
  std::string topology = {};
  std::string bridge = {};  // "" when there is none
};

enum class UnitVerdict : uint8_t {
  kNew,        // nothing known fits: a first backup makes a unit of it
  kKnown,      // exactly one fits
  kAmbiguous,  // several fit, or the evidence contradicts itself: a person decides
  kUnknown,    // the drive shows nothing to tell it by
};

struct UnitMatch {
  UnitVerdict verdict = UnitVerdict::kUnknown;
  std::string unit_id;                  // kKnown only
  std::vector<std::string> candidates;  // kAmbiguous only
  std::string why;  // in words: "this drive's EEPROM: 1,009 of 1,024 bytes equal, ..."
};

// Two EEPROMs of which enough is known to say which bytes tell units apart are taken for one unit
// when so many thousandths of those bytes are equal, and for two below the lower bound; between
// them a person decides. Our choice: two drives of one model agree in few of these bytes by chance,
// a full burn log and a changed model id together touch less than a tenth.
inline constexpr size_t kSurePerMille = 900;
inline constexpr size_t kOtherPerMille = 500;
// The same while fewer than kLeastUnits units of the model are known: then all bytes count that are
// not blank, and many of them may belong to the model.
inline constexpr size_t kSurePerMilleUnknown = 970;
inline constexpr size_t kOtherPerMilleUnknown = 800;
// With fewer bytes than this to tell units by, nothing is sure but equality.
inline constexpr size_t kLeastTelling = 32;

// The parts of an EEPROM that do not change with use: everything but `volatile_ranges`.
Bytes StablePart(ByteView eeprom, std::span<const families::ByteRange> volatile_ranges);

// `volatile_ranges` are the row's; where it names none, what `known` has learned counts.
UnitMatch MatchUnit(const Observed& observed, const KnownSet& known,
                    std::span<const families::ByteRange> volatile_ranges);

// "1,009".
std::string WithCommas(size_t number);

// What two EEPROMs of one unit have in common, in words: "1,009 of 1,024 bytes equal, the rest
// changes with use", or that this is not yet known. `use`: 1 where bytes change with use; empty
// while nobody knows.
std::string CompareWords(ByteView before, ByteView after, ByteView use);

// How two reads of one EEPROM relate.
enum class EepromChange : uint8_t { kEqual, kVolatileOnly, kChanged };
EepromChange CompareEeprom(ByteView before, ByteView after,
                           std::span<const families::ByteRange> volatile_ranges);

}  // namespace firmbench::inventory
