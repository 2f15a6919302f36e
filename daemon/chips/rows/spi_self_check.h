// SPDX-License-Identifier: Apache-2.0
#pragma once

// What must hold of every serial part's row, usable at compile time. Pure functions.

#include <bit>
#include <cstddef>
#include <span>
#include <string_view>

#include "daemon/chips/rows/spi_row.h"

namespace firmbench::chips {

// Opcodes that can never be an erase: what reads, writes or configures.
constexpr bool IsSpiErase(uint8_t opcode, bool whole_chip) {
  if (whole_chip) return opcode == 0xC7 || opcode == 0x60 || opcode == 0x62;
  return opcode == 0x20 || opcode == 0x52 || opcode == 0xD7 || opcode == 0xD8;
}

constexpr std::string_view SpiEraseProblem(const SpiRow& row) {
  bool chip_erase = false;
  uint32_t last_smallest = 0;
  for (const EraseMethod& method : row.erase) {
    uint64_t sum = 0;
    uint32_t smallest = row.size_bytes;
    for (const EraseBlock& block : method.layout) {
      if (block.unit_bytes == 0 || block.count == 0) return "an empty erase block";
      if (block.unit_bytes % kSpiPageBytes != 0) return "an erase unit is not made of pages";
      sum += uint64_t{block.unit_bytes} * block.count;
      smallest = block.unit_bytes < smallest ? block.unit_bytes : smallest;
    }
    if (sum != row.size_bytes) return "erase units do not add up to the size";
    if (!IsSpiErase(method.command, method.whole_chip)) return "an unknown erase opcode";
    if (smallest < last_smallest) return "erase methods are not sorted, smallest units first";
    last_smallest = smallest;
    if (method.typical <= Nanos{0} || method.maximum < method.typical) return "erase times";
    chip_erase = chip_erase || method.whole_chip;
  }
  return chip_erase ? "" : "no chip erase";
}

// Empty, or what is wrong with `row`.
constexpr std::string_view SpiRowProblem(const SpiRow& row) {
  if (row.vendor.empty() || row.part.empty()) return "a name is missing";
  if (!row.answers_jedec() && !row.answers_rems()) return "no id";
  if (row.answers_jedec() && row.jedec_device == 0) return "the device id";
  if (row.jedec_manufacturer > 0xFF && row.jedec_manufacturer >> 8 != 0x7F) {
    return "the continuation is not 7F";
  }
  // 24 address bits; two banks at least, as in the drives.
  if (!std::has_single_bit(row.size_bytes) || row.size_bytes < 128 * 1024) return "the size";
  if (row.size_bytes > 16 * 1024 * 1024) return "the size";
  if ((row.protection_mask & 0x3C) != row.protection_mask) return "the protection bits";
  if (row.supply_min_mv < 2300 || row.supply_max_mv > 3600) return "the supply voltage";
  if (row.supply_min_mv >= row.supply_max_mv) return "the supply voltage";
  if (row.timings.program_typical <= Nanos{0}) return "the program time";
  if (row.timings.program_maximum < row.timings.program_typical) return "the program time";
  if (row.timings.status_typical <= Nanos{0}) return "the status write time";
  if (row.timings.status_maximum < row.timings.status_typical) return "the status write time";
  return SpiEraseProblem(row);
}

// Empty, or what is wrong between rows: names are unique, and of two rows one of the ids differs.
constexpr std::string_view SpiTableProblem(std::span<const SpiRow> rows) {
  if (rows.empty()) return "no rows";
  for (size_t i = 0; i < rows.size(); ++i) {
    const SpiRow& row = rows[i];
    if (const std::string_view problem = SpiRowProblem(row); !problem.empty()) return problem;
    for (size_t j = 0; j < i; ++j) {
      if (row.part == rows[j].part) return "two rows with one part name";
      if (row.jedec_manufacturer == rows[j].jedec_manufacturer &&
          row.jedec_device == rows[j].jedec_device &&
          row.rems_manufacturer == rows[j].rems_manufacturer &&
          row.rems_device == rows[j].rems_device) {
        return "two rows that nothing tells apart";
      }
    }
  }
  return "";
}

}  // namespace firmbench::chips
