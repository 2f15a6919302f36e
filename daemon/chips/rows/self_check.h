// SPDX-License-Identifier: Apache-2.0
#pragma once

// What must hold of every row, usable at compile time. Pure functions.

#include <cstddef>
#include <span>
#include <string_view>

#include "daemon/chips/rows/geometry.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

constexpr bool IsPowerOfTwo(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

// Empty, or what is wrong with the erase methods of `row`.
constexpr std::string_view EraseProblem(const ChipRow& row) {
  if (row.program == ProgramMethod::kSst28Sector) {
    return row.erase.empty() ? "" : "a part that is not driven has erase methods";
  }
  bool chip_erase = false;
  uint32_t last_smallest = 0;
  for (const EraseMethod& method : row.erase) {
    uint64_t sum = 0;
    uint32_t smallest = row.size_bytes;
    for (const EraseBlock& block : method.layout) {
      if (block.unit_bytes == 0 || block.count == 0) return "an empty erase block";
      // Pages to verify never straddle two units.
      if (block.unit_bytes % kVerifyPageBytes != 0) {
        return "an erase unit is not made of 256-byte pages";
      }
      sum += uint64_t{block.unit_bytes} * block.count;
      smallest = block.unit_bytes < smallest ? block.unit_bytes : smallest;
    }
    if (sum != row.size_bytes) return "erase units do not add up to the size";
    if (method.whole_chip != (method.command == 0x10)) return "command 10 and whole_chip disagree";
    if (method.command != 0x10 && method.command != 0x30 && method.command != 0x50) {
      return "an unknown erase command";
    }
    if (smallest < last_smallest) return "erase methods are not sorted, smallest units first";
    last_smallest = smallest;
    if (method.typical <= Nanos{0} || method.maximum < method.typical) return "erase times";
    chip_erase = chip_erase || method.whole_chip;
    if (row.page_write() && !method.whole_chip) return "a page-write part with a sector erase";
  }
  return chip_erase ? "" : "no chip erase";
}

// Empty, or what is wrong with `row`.
constexpr std::string_view RowProblem(const ChipRow& row) {
  if (row.vendor.empty() || row.part.empty()) return "a name is missing";
  if (row.manufacturer == 0 || row.manufacturer == 0xFF) return "the manufacturer is no id";
  if (row.manufacturer > 0xFF && row.manufacturer >> 8 != 0x7F) return "the continuation is not 7F";
  if (row.device > 0xFF && row.device >> 8 != 0x7F) return "the device's continuation is not 7F";
  // Two banks at least, 128 KB: the unlock addresses lie inside.
  if (!IsPowerOfTwo(row.size_bytes) || row.size_bytes < 2 * kBankBytes) return "the size";
  if (row.size_bytes > 8 * 1024 * 1024) return "the size";
  if (row.page_write() != (row.page_bytes != 0)) return "page size and program method disagree";
  if (row.page_write() && (!IsPowerOfTwo(row.page_bytes) || row.page_bytes > 256))
    return "the page";
  if (row.page_write() != (row.timings.load_window > Nanos{0})) return "the load window";
  if (row.page_write() && row.id_exit != IdExit::kLongAa55F0) {
    return "a lone F0 can be data on a page-write part";
  }
  if (row.supply_min_mv < 2700 || row.supply_max_mv > 5500) return "the supply voltage";
  if (row.supply_min_mv >= row.supply_max_mv) return "the supply voltage";
  if (row.boot_block_bytes > row.size_bytes / 4) return "the boot block";
  if (row.timings.program_typical <= Nanos{0}) return "the program time";
  if (row.timings.program_maximum < row.timings.program_typical) return "the program time";
  if (row.timings.id_entry <= Nanos{0}) return "the id entry time";
  return EraseProblem(row);
}

// Empty, or what is wrong between rows: part names and, for equal sizes, ids are unique.
constexpr std::string_view TableProblem(std::span<const ChipRow> rows) {
  if (rows.empty()) return "no rows";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (const std::string_view problem = RowProblem(rows[i]); !problem.empty()) return problem;
    for (size_t j = 0; j < i; ++j) {
      if (rows[i].part == rows[j].part) return "two rows with one part name";
      if (rows[i].manufacturer == rows[j].manufacturer && rows[i].device == rows[j].device &&
          rows[i].size_bytes == rows[j].size_bytes) {
        return "two rows that nothing tells apart";
      }
    }
  }
  return "";
}

}  // namespace firmbench::chips
