// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace firmbench::chips {
namespace {

bool Differs(ByteView current, ByteView target, uint32_t offset, uint32_t length) {
  const ByteView a = current.subspan(offset, length);
  const ByteView b = target.subspan(offset, length);
  return !std::equal(a.begin(), a.end(), b.begin());
}

// Pages in ascending order, then page 0 of every bank in descending order.
ChipPlan PlanPages(const ChipRow& row, ByteView current, ByteView target) {
  ChipPlan plan;
  std::vector<WriteUnit> last;
  for (uint32_t offset = 0; offset < row.size_bytes; offset += row.page_bytes) {
    if (!Differs(current, target, offset, row.page_bytes)) continue;
    (offset % kBankBytes == 0 ? last : plan.units).push_back({offset, row.page_bytes, false});
  }
  plan.units.insert(plan.units.end(), last.rbegin(), last.rend());
  const auto pages = static_cast<int64_t>(plan.units.size());
  plan.bytes_to_program = static_cast<uint64_t>(pages) * row.page_bytes;
  plan.estimate = pages * (row.timings.load_window + row.timings.program_typical);
  return plan;
}

// Adds the unit to `plan` if it differs.
void PlanUnit(ByteView current, ByteView target, WriteUnit unit, ChipPlan& plan, uint64_t& pages) {
  if (!Differs(current, target, unit.offset, unit.length)) return;
  const uint32_t end = unit.offset + unit.length;
  for (uint32_t i = unit.offset; i < end && !unit.erase; ++i) {
    unit.erase = (target[i] & ~current[i]) != 0;
  }
  for (uint32_t page = unit.offset; page < end; page += kVerifyPageBytes) {
    uint32_t bytes = 0;
    for (uint32_t i = page; i < page + kVerifyPageBytes; ++i) {
      bytes += (unit.erase ? 0xFF : current[i]) != target[i];
    }
    plan.bytes_to_program += bytes;
    pages += bytes != 0;
    if (bytes != 0 && page % kBankBytes == 0) plan.last_pages.push_back(page);
  }
  plan.erases += unit.erase;
  plan.units.push_back(unit);
}

ChipPlan PlanUnits(std::span<const EraseBlock> layout, ByteView current, ByteView target,
                   uint64_t& pages) {
  ChipPlan plan;
  uint32_t offset = 0;
  for (const EraseBlock& block : layout) {
    for (uint32_t i = 0; i < block.count; ++i, offset += block.unit_bytes) {
      PlanUnit(current, target, {offset, block.unit_bytes, false}, plan, pages);
    }
  }
  std::reverse(plan.last_pages.begin(), plan.last_pages.end());
  return plan;
}

Status CheckSize(std::string_view part, uint32_t size_bytes, ByteView current, ByteView target) {
  if (current.size() == size_bytes && target.size() == size_bytes) return Ok();
  return InvalidArgument("CHIP_SIZE_MISMATCH",
                         fmt::format("{} holds {} bytes, but {} are there and {} shall be", part,
                                     size_bytes, current.size(), target.size()));
}

}  // namespace

const EraseMethod* SmallestErase(const ChipRow& row) {
  if (row.program != ProgramMethod::kByte || row.erase.empty()) return nullptr;
  return &row.erase.front();
}

Result<ChipPlan> PlanChipWrite(const ChipRow& row, ByteView current, ByteView target) {
  RETURN_IF_ERROR(CheckSize(row.part, row.size_bytes, current, target));
  if (row.page_write()) return PlanPages(row, current, target);
  const EraseMethod* erase = SmallestErase(row);
  if (erase == nullptr) {
    return Unimplemented("CHIP_NOT_DRIVEN", fmt::format("{} is recognised, but has a protocol of "
                                                        "its own that is not implemented",
                                                        row.part));
  }
  uint64_t pages = 0;
  ChipPlan plan = PlanUnits(erase->layout, current, target, pages);
  plan.estimate = plan.erases * erase->typical +
                  static_cast<int64_t>(plan.bytes_to_program) * row.timings.program_typical;
  return plan;
}

const EraseMethod* SmallestErase(const SpiRow& row) { return &row.erase.front(); }

Result<ChipPlan> PlanSpiWrite(const SpiRow& row, ByteView current, ByteView target) {
  RETURN_IF_ERROR(CheckSize(row.part, row.size_bytes, current, target));
  const EraseMethod* erase = SmallestErase(row);
  uint64_t pages = 0;
  ChipPlan plan = PlanUnits(erase->layout, current, target, pages);
  const uint64_t cycles = row.program == SpiProgram::kPage      ? pages
                          : row.program == SpiProgram::kAaiWord ? plan.bytes_to_program / 2
                                                                : plan.bytes_to_program;
  plan.estimate =
      plan.erases * erase->typical + static_cast<int64_t>(cycles) * row.timings.program_typical;
  return plan;
}

}  // namespace firmbench::chips
