// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of the chip algorithms share.

#include <algorithm>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/error.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

// FF with a few random bytes at both ends of every 4 KB, so that every erase unit of every part has
// something at its edges; deterministic by `seed`.
inline Bytes SparseImage(uint32_t size, uint32_t seed) {
  Bytes image(size, 0xFF);
  std::mt19937 random(seed);
  for (uint32_t at = 0; at < size; at += 4096) {
    for (uint32_t i = 0; i < 6; ++i) {
      image[at + i] = static_cast<uint8_t>(random());
      image[at + 4095 - i] = static_cast<uint8_t>(random());
    }
  }
  return image;
}

inline Bytes DenseImage(uint32_t size, uint32_t seed) {
  Bytes image(size);
  std::mt19937 random(seed);
  for (uint8_t& byte : image) byte = static_cast<uint8_t>(random());
  return image;
}

inline std::string Metadata(const Error& error, std::string_view key) {
  for (const auto& [name, value] : error.metadata()) {
    if (name == key) return value;
  }
  return "";
}

// The parts that the algorithms drive.
inline std::vector<ChipRow> DrivenChips() {
  std::vector<ChipRow> rows;
  for (const ChipRow& row : AllChips()) {
    if (row.program != ProgramMethod::kSst28Sector) rows.push_back(row);
  }
  return rows;
}

// How GoogleTest prints a parameter.
inline void PrintTo(const ChipRow& row, std::ostream* out) { *out << row.part; }

struct PartName {
  template <typename Info>
  std::string operator()(const Info& info) const {
    return std::string(info.param.part);
  }
};

}  // namespace firmbench::chips
