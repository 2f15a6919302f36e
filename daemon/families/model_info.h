// SPDX-License-Identifier: Apache-2.0
#pragma once

// A model of a drive family, as data. Static storage, immutable; any thread.

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/base/words.h"

namespace firmbench::families {

// Whether a drive whose write was cut can be written again.
enum class Recoverable : uint8_t { kProven, kUnproven, kNo };
std::string_view ToString(Recoverable recoverable);  // "proven", "unproven", "no"

struct ByteRange {
  uint32_t offset = 0;
  uint32_t length = 0;
};

// One byte of the EEPROM that names the model.
struct EepromChange {
  uint32_t offset = 0;
  uint8_t from = 0;
  uint8_t to = 0;
};

// A model that a drive of this one can be made into: the EEPROM's bytes that name the model are
// changed, then the firmware is replaced. Both are rows of one family with memories of the same
// sizes, read and written in the same ways.
struct Conversion {
  std::string_view to_model;
  std::span<const EepromChange> eeprom;
  Evidence evidence = Evidence::kHypothetical;
  std::string_view why;  // what is known of these bytes, in words
};

// What other layers need to know of a model. Static storage.
struct ModelInfo {
  std::string_view family;           // "mediatek_liteon"
  std::string_view model;            // "LTR-48246S"
  std::string_view kind;             // "CD-RW burner", for people
  std::string_view vendor;           // INQUIRY bytes 8..15 without blanks
  std::string_view product;          // INQUIRY bytes 16..31 without blanks
  std::string_view revision_prefix;  // the letters by which the maker marks the model: "SS"
  std::string_view chip_part;        // chips::ChipRow::part of the flash chip expected, or empty
                                     // where the drive writes its own flash
  bool chip_assumed = false;         // nobody has published the part of this model
  uint32_t firmware_bytes = 0;
  uint32_t eeprom_bytes = 0;  // 0: no memory beside the firmware is known
  Recoverable recoverable_after_cut = Recoverable::kUnproven;
  std::string_view recoverable_why;            // the evidence, in words
  std::span<const ByteRange> unit_ranges;      // of the firmware: belong to the unit, never written
  std::span<const ByteRange> volatile_eeprom;  // change with use; empty: not publicly known
  Evidence volatile_eeprom_evidence = Evidence::kHypothetical;
  std::span<const Conversion> conversions;
  Evidence evidence = Evidence::kHypothetical;
  std::string_view provenance;  // where the row comes from, in words
};

// The row's conversion to `to_model`; nullptr when it has none.
const Conversion* FindConversion(const ModelInfo& model, std::string_view to_model);

// This unit's EEPROM with the bytes changed that the conversion names, and no other.
// EEPROM_NOT_AS_EXPECTED with metadata `offset` when one of them is not what the row says. Pure.
Result<Bytes> ConvertEeprom(const Conversion& conversion, ByteView eeprom);

}  // namespace firmbench::families
