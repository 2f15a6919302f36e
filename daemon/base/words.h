// SPDX-License-Identifier: Apache-2.0
#pragma once

// The two vocabularies that every layer shares: which memory, and why we believe a command.

#include <optional>
#include <string_view>

namespace firmbench {

// The memories of a drive. `firmware` is the model's replaceable program; `boot` the part of the
// flash that starts the drive; `eeprom` the calibration of this one unit, never replaceable.
enum class Memory : unsigned char { kFirmware, kBoot, kEeprom };
constexpr std::string_view ToString(Memory memory) {
  switch (memory) {
    case Memory::kFirmware:
      return "firmware";
    case Memory::kBoot:
      return "boot";
    case Memory::kEeprom:
      return "eeprom";
  }
  return "firmware";
}
constexpr std::optional<Memory> ParseMemory(std::string_view text) {
  for (const Memory m : {Memory::kFirmware, Memory::kBoot, Memory::kEeprom}) {
    if (text == ToString(m)) return m;
  }
  return std::nullopt;
}

// Why a command or a fact is believed, weakest first. A sequence has the grade of its weakest
// part; a hypothetical command never reaches a real transport.
enum class Evidence : unsigned char {
  kHypothetical,
  kSecondHand,
  kReadInCode,
  kDocumented,
  kObserved
};
constexpr std::string_view ToString(Evidence evidence) {
  switch (evidence) {
    case Evidence::kHypothetical:
      return "hypothetical";
    case Evidence::kSecondHand:
      return "second hand";
    case Evidence::kReadInCode:
      return "read in code";
    case Evidence::kDocumented:
      return "documented";
    case Evidence::kObserved:
      return "observed";
  }
  return "hypothetical";
}
constexpr Evidence Weakest(Evidence a, Evidence b) { return a < b ? a : b; }

}  // namespace firmbench
