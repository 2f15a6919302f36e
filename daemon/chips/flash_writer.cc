// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/flash_writer.h"

#include "daemon/chips/program.h"
#include "daemon/chips/unit_writer.h"

namespace firmbench::chips {
namespace {

class ParallelArray final : public UnitArray {
 public:
  ParallelArray(ByteBus& bus, const ChipRow& row) : bus_(bus), row_(row) {}

  Status Read(uint32_t offset, std::span<uint8_t> out) override { return bus_.Read(offset, out); }
  Status Erase(const WriteUnit& unit) override {
    return EraseUnit(bus_, row_, *SmallestErase(row_), unit.offset);
  }
  Result<uint64_t> Program(uint32_t offset, ByteView current, ByteView target) override {
    if (!row_.page_write()) return ProgramBytes(bus_, row_, offset, current, target);
    RETURN_IF_ERROR(ProgramPage(bus_, row_, offset, target));
    return uint64_t{target.size()};
  }
  bool erases_itself() const override { return row_.page_write(); }

 private:
  ByteBus& bus_;
  const ChipRow& row_;
};

}  // namespace

Status WriteChip(ByteBus& bus, const ChipRow& row, const ChipPlan& plan, ByteView current,
                 ByteView target, ChipWriteReport& report, const WriteProgress& progress) {
  ASSIGN_OR_RETURN(const ChipPlan expected, PlanChipWrite(row, current, target));
  if (plan != expected) {
    return FailedPrecondition("PLAN_MISMATCH", "the plan is not the plan of these bytes");
  }
  ParallelArray array(bus, row);
  return WriteUnits(array, plan, current, target, report, progress);
}

}  // namespace firmbench::chips
