// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/spi_writer.h"

#include "daemon/chips/spi_program.h"
#include "daemon/chips/unit_writer.h"

namespace firmbench::chips {
namespace {

class SerialArray final : public UnitArray {
 public:
  SerialArray(SpiBus& bus, const SpiRow& row) : bus_(bus), row_(row) {}

  Status Read(uint32_t offset, std::span<uint8_t> out) override {
    return ReadSpi(bus_, offset, out);
  }
  Status Erase(const WriteUnit& unit) override {
    return EraseSpiUnit(bus_, row_, *SmallestErase(row_), unit.offset);
  }
  Result<uint64_t> Program(uint32_t offset, ByteView current, ByteView target) override {
    return ProgramSpi(bus_, row_, offset, current, target);
  }

 private:
  SpiBus& bus_;
  const SpiRow& row_;
};

}  // namespace

Status WriteSpiChip(SpiBus& bus, const SpiRow& row, const ChipPlan& plan, ByteView current,
                    ByteView target, SpiWriteReport& report, const WriteProgress& progress) {
  ASSIGN_OR_RETURN(const ChipPlan expected, PlanSpiWrite(row, current, target));
  if (plan != expected) {
    return FailedPrecondition("PLAN_MISMATCH", "the plan is not the plan of these bytes");
  }
  if (plan.units.empty()) return Ok();
  ASSIGN_OR_RETURN(const uint8_t before, UnprotectSpi(bus, row));
  report.was_protected = (before & row.protection_mask) != 0;
  SerialArray array(bus, row);
  RETURN_IF_ERROR(WriteUnits(array, plan, current, target, report.chip, progress));
  report.protection_restored = RestoreSpiProtection(bus, row, before).has_value();
  return Ok();
}

}  // namespace firmbench::chips
