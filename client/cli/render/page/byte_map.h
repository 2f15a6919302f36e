// SPDX-License-Identifier: Apache-2.0
#pragma once

// An EEPROM as a picture. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "firmbench/v1/unit_service.pb.h"

namespace firmbench::cli::render {

// What a byte does while the drive is used. In the order of what a person must know first.
enum class ByteUse : uint8_t { kConstant, kNotKnown, kChanges };

// One for every byte of the EEPROM, at most kLargestMap. A byte that is not said to change is
// constant when enough was seen to say so, or when it is the same in all units of the model.
// Hostile ranges are cut to the map.
inline constexpr int64_t kLargestMap = 1 << 20;
std::vector<ByteUse> UsesOf(const v1::EepromKnowledge& eeprom);

// An inline SVG of 32 cells to a row and at most 32 rows, with the offset before every fourth;
// classes use-constant, use-changes and use-unknown. A cell of several bytes shows what comes last
// in ByteUse. "" for no bytes.
std::string ByteMapSvg(const std::vector<ByteUse>& uses);

}  // namespace firmbench::cli::render
