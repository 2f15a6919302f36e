// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/chip_programmer.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/chips/plan.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::families {
namespace {

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Upper(x) == Upper(y); });
}

}  // namespace

std::optional<ChipFacts> FindChipFacts(std::string_view part) {
  for (const chips::ChipRow& row : chips::AllChips()) {
    if (!SameName(row.part, part)) continue;
    return ChipFacts{.vendor = std::string(row.vendor),
                     .part = std::string(row.part),
                     .manufacturer = row.manufacturer,
                     .device = row.device,
                     .size_bytes = row.size_bytes,
                     .supply_min_mv = row.supply_min_mv,
                     .supply_max_mv = row.supply_max_mv,
                     .page_write = row.page_write(),
                     .boot_block_bytes = row.boot_block_bytes,
                     .evidence = row.evidence};
  }
  return std::nullopt;
}

Result<std::vector<ByteRange>> ChipUnits(std::string_view part, ByteView current, ByteView target) {
  const chips::ChipRow* const row = chips::FindChip(part);
  if (row == nullptr) {
    return NotFound("CHIP_UNKNOWN", fmt::format("no part {} is in the table", part));
  }
  ASSIGN_OR_RETURN(const chips::ChipPlan plan, chips::PlanChipWrite(*row, current, target));
  std::vector<ByteRange> units;
  units.reserve(plan.units.size());
  for (const chips::WriteUnit& unit : plan.units) units.push_back({unit.offset, unit.length});
  return units;
}

std::string SupplyText(const ChipFacts& chip) {
  constexpr double kMillivolts = 1000.0;
  return fmt::format("{:.1f} to {:.1f} V", chip.supply_min_mv / kMillivolts,
                     chip.supply_max_mv / kMillivolts);
}

Status CheckSupply(const ChipFacts& chip, int board_mv) {
  if (board_mv >= chip.supply_min_mv && board_mv <= chip.supply_max_mv) return Ok();
  constexpr double kMillivolts = 1000.0;
  const bool too_much = board_mv > chip.supply_max_mv;
  return FailedPrecondition(
             "CHIP_VOLTAGE_WRONG",
             fmt::format("the board supplies {:.1f} V, a {} {} takes {}", board_mv / kMillivolts,
                         chip.vendor, chip.part, SupplyText(chip)))
      .WithRemedy(too_much ? "take the chip out: so much destroys it; use a drive whose own chip "
                             "takes the same supply"
                           : "use a drive whose own chip takes the same supply: with less the chip "
                             "may be read wrong and written badly")
      .With("part", chip.part)
      .With("board_mv", fmt::format("{}", board_mv));
}

}  // namespace firmbench::families
