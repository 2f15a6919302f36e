// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/planning.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/commands.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Nobody has published measurements (drive-protocols 8.4): all of these are guesses [G] that only
// shape progress and remaining time.
constexpr Nanos kByteOp = microseconds(7);      // seven register accesses and the drive's own time
constexpr Nanos kDfRead = microseconds(200);    // one command with 128 bytes
constexpr Nanos kEnter = milliseconds(300);     // 250 ms before the intro [C], then the drive
constexpr Nanos kLeave = milliseconds(2500);    // 350 ms after the reset [C], then the boot
constexpr Nanos kEepromByte = milliseconds(5);  // write cycle of a serial EEPROM

// Cycles on the chip's bus per byte programmed: a page's bytes go alone; a single byte follows
// three unlock cycles and is polled about twice. Both are read back once.
constexpr int64_t kPageCycles = 2;
constexpr int64_t kByteCycles = 7;

// Serial flash goes through the engine's window: a byte is written there by one op and comes back
// by another; a page takes a few more for its commands.
constexpr int64_t kSerialOps = 2;

Nanos BusTime(const FlashPart& chip, uint64_t bytes) {
  const int64_t cycles = chip.serial != nullptr        ? kSerialOps
                         : chip.parallel->page_write() ? kPageCycles
                                                       : kByteCycles;
  return kByteOp * cycles * static_cast<int64_t>(bytes);
}

Nanos EraseTime(const chips::EraseMethod* erase) {
  Nanos busy{0};
  if (erase == nullptr) return busy;
  for (const chips::EraseBlock& block : erase->layout) busy += erase->typical * block.count;
  return busy;
}

Nanos WholeChipTime(const chips::ChipRow& chip) {
  const uint32_t programs = chip.page_write() ? chip.size_bytes / chip.page_bytes : chip.size_bytes;
  return EraseTime(chips::SmallestErase(chip)) + chip.timings.program_typical * programs;
}

Nanos WholeChipTime(const chips::SpiRow& chip) {
  const uint32_t step = chip.program == chips::SpiProgram::kPage      ? chips::kSpiPageBytes
                        : chip.program == chips::SpiProgram::kAaiWord ? 2
                                                                      : 1;
  return EraseTime(chips::SmallestErase(chip)) +
         chip.timings.program_typical * (chip.size_bytes / step);
}

// nullptr twice when no table has the part.
FlashPart Find(std::string_view part) {
  FlashPart found{chips::FindChip(part), nullptr};
  if (found.parallel == nullptr) found.serial = chips::FindSpiChip(part);
  return found;
}

Error SizeError(std::string_view memory, size_t expected, size_t current, size_t target) {
  return InvalidArgument("MEMORY_SIZE_WRONG",
                         fmt::format("the {} has {} bytes, but {} and {} were given", memory,
                                     expected, current, target));
}

}  // namespace

Status AcceptChip(const Row& row, const FlashPart& chip) {
  const ModelInfo& model = *row.info;
  const bool serial = chip.serial != nullptr;
  const std::string_view vendor = serial ? chip.serial->vendor : chip.parallel->vendor;
  const std::string_view part = serial ? chip.serial->part : chip.parallel->part;
  const uint32_t size = serial ? chip.serial->size_bytes : chip.parallel->size_bytes;
  if (part == model.chip_part) return Ok();
  const bool same_kind = serial == (FlashOf(row) == FlashKind::kSerial);
  if (model.chip_assumed && same_kind && size == model.firmware_bytes) return Ok();
  return FailedPrecondition("CHIP_NOT_AS_EXPECTED",
                            fmt::format("the flash chip is a {} {} of {} KB, but a {} has a {}",
                                        vendor, part, size / 1024, model.model, model.chip_part))
      .With("expected", std::string(model.chip_part))
      .With("found", std::string(part))
      .WithRemedy("check which model this drive really is; its flash was not touched");
}

Result<FlashPart> ChipFor(const Row& row, std::string_view chip_part) {
  const std::string_view part = chip_part.empty() ? row.info->chip_part : chip_part;
  const FlashPart chip = Find(part);
  if (chip.parallel == nullptr && chip.serial == nullptr) {
    return FailedPrecondition("CHIP_UNKNOWN", fmt::format("no flash chip {} is in the table", part))
        .With("part", std::string(part));
  }
  RETURN_IF_ERROR(AcceptChip(row, chip));
  return chip;
}

Result<chips::ChipPlan> PlanChip(const FlashPart& chip, ByteView current, ByteView target) {
  if (chip.serial != nullptr) return chips::PlanSpiWrite(*chip.serial, current, target);
  return chips::PlanChipWrite(*chip.parallel, current, target);
}

WritePlan ToWritePlan(const chips::ChipPlan& plan, const FlashPart& chip) {
  WritePlan out;
  out.memory = Memory::kFirmware;
  out.units.reserve(plan.units.size());
  for (const chips::WriteUnit& unit : plan.units) {
    out.units.push_back({unit.offset, unit.length});
    out.touches_boot = out.touches_boot || unit.offset < kBootBytes;
  }
  out.bytes_to_program = plan.bytes_to_program;
  out.erases = plan.erases;
  out.estimate = plan.estimate + BusTime(chip, plan.bytes_to_program);
  return out;
}

bool SameUnits(const WritePlan& a, const WritePlan& b) {
  return std::equal(a.units.begin(), a.units.end(), b.units.begin(), b.units.end(),
                    [](const ByteRange& x, const ByteRange& y) {
                      return x.offset == y.offset && x.length == y.length;
                    });
}

Error PlanMismatch() {
  return FailedPrecondition("PLAN_MISMATCH", "the plan is not of these bytes and this chip")
      .WithRemedy("plan again with the chip that identified itself");
}

Result<WritePlan> PlanFirmware(const Row& row, ByteView current, ByteView target,
                               std::string_view chip_part) {
  const size_t size = row.info->firmware_bytes;
  if (current.size() != size || target.size() != size) {
    return SizeError("firmware", size, current.size(), target.size());
  }
  ASSIGN_OR_RETURN(const FlashPart chip, ChipFor(row, chip_part));
  ASSIGN_OR_RETURN(const chips::ChipPlan plan, PlanChip(chip, current, target));
  return ToWritePlan(plan, chip);
}

Result<WritePlan> PlanEeprom(const Row& row, ByteView current, ByteView target) {
  const size_t size = row.info->eeprom_bytes;
  if (current.size() != size || target.size() != size) {
    return SizeError("EEPROM", size, current.size(), target.size());
  }
  WritePlan plan;
  plan.memory = Memory::kEeprom;
  plan.in_update_mode = false;
  for (uint32_t offset = 0; offset < size; offset += kEepromUnitBytes) {
    const ByteView now = Slice(current, offset, kEepromUnitBytes);
    const ByteView then = Slice(target, offset, kEepromUnitBytes);
    if (std::equal(now.begin(), now.end(), then.begin(), then.end())) continue;
    plan.units.push_back({offset, kEepromUnitBytes});
    plan.bytes_to_program += kEepromUnitBytes;
  }
  plan.estimate = kEepromByte * static_cast<int64_t>(plan.bytes_to_program);
  return plan;
}

PhaseEstimates EstimatesOf(const Row& row) {
  const ModelInfo& model = *row.info;
  PhaseEstimates estimates;
  estimates.read_firmware = row.firmware_read == FirmwareRead::kReadMemoryDf
                                ? kDfRead * (model.firmware_bytes / kDfReadBytes)
                                : kEnter + kByteOp * model.firmware_bytes + kLeave;
  estimates.read_eeprom = kDfRead * (model.eeprom_bytes / kDfReadBytes);
  estimates.enter = kEnter;
  estimates.leave = kLeave;
  const FlashPart chip = Find(model.chip_part);
  if (chip.parallel != nullptr) {
    estimates.write = WholeChipTime(*chip.parallel) + BusTime(chip, chip.parallel->size_bytes);
  }
  if (chip.serial != nullptr) {
    estimates.write = WholeChipTime(*chip.serial) + BusTime(chip, chip.serial->size_bytes);
  }
  return estimates;
}

}  // namespace firmbench::families::mediatek_liteon
