// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iterator>

#include "daemon/chips/rows/amd_class_rows.h"
#include "daemon/chips/rows/main_block_rows.h"
#include "daemon/chips/rows/page_write_rows.h"
#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/self_check.h"
#include "daemon/chips/rows/small_sector_rows.h"

namespace firmbench::chips {
namespace {

constexpr size_t kCount = std::size(shapes::kPageWriteRows) + std::size(shapes::kSmallSectorRows) +
                          std::size(shapes::kAmdClassRows) + std::size(shapes::kMainBlockRows);

constexpr std::array<ChipRow, kCount> Concatenate() {
  std::array<ChipRow, kCount> all{};
  size_t next = 0;
  for (const ChipRow& row : shapes::kPageWriteRows) all[next++] = row;
  for (const ChipRow& row : shapes::kSmallSectorRows) all[next++] = row;
  for (const ChipRow& row : shapes::kAmdClassRows) all[next++] = row;
  for (const ChipRow& row : shapes::kMainBlockRows) all[next++] = row;
  return all;
}

constexpr std::array<ChipRow, kCount> kAllChips = Concatenate();
static_assert(TableProblem(kAllChips).empty());

}  // namespace

std::span<const ChipRow> AllChips() { return kAllChips; }

}  // namespace firmbench::chips
