// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which unit is the drive in front of us? Pure functions over what was seen now and what the ledger
// knows. A model string is never evidence: it lives in a memory that people rewrite.

#include <span>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/families/family.h"

namespace firmbench::inventory {

// What a drive shows of itself now.
struct Observed {
  std::vector<std::string> serials;  // only those that are evidence (scsi::Identity::serial())
  Bytes eeprom;                      // empty when it could not be read
};

// What the ledger knows of a unit.
struct KnownUnit {
  std::string unit_id;
  std::vector<std::string> serials;
  Bytes eeprom;                            // its newest dump; empty when there is none
  std::vector<std::string> stable_sha256;  // of stable parts seen earlier, in hex
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
  std::string why;                      // in words: "1,009 of 1,024 EEPROM bytes equal"
};

// The parts of an EEPROM that do not change with use: everything but `volatile_ranges`.
Bytes StablePart(ByteView eeprom, std::span<const families::ByteRange> volatile_ranges);

UnitMatch MatchUnit(const Observed& observed, std::span<const KnownUnit> known,
                    std::span<const families::ByteRange> volatile_ranges);

// How two reads of one EEPROM relate.
enum class EepromChange : uint8_t { kEqual, kVolatileOnly, kChanged };
EepromChange CompareEeprom(ByteView before, ByteView after,
                           std::span<const families::ByteRange> volatile_ranges);

}  // namespace firmbench::inventory
