// SPDX-License-Identifier: Apache-2.0
// The writing half of LiteonSession: the flash through the chip algorithms, and the simulator's
// EEPROM.
#include <fmt/format.h>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/spi_writer.h"
#include "daemon/families/mediatek_liteon/abilities.h"
#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/planning.h"
#include "daemon/families/mediatek_liteon/session.h"
#include "daemon/scsi/commands.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr Nanos kEepromWriteTimeout = std::chrono::seconds(20);

Error NotProven(std::string_view what) {
  return FailedPrecondition("HYPOTHETICAL_COMMAND",
                            fmt::format("{}: only a simulated drive may be written so", what));
}

}  // namespace

Status LiteonSession::Write(const WritePlan& plan, ByteView current, ByteView target,
                            WriteReport& report, Observer& observer) {
  report = {};
  switch (plan.memory) {
    case Memory::kFirmware:
      return WriteFirmware(plan, current, target, report, observer);
    case Memory::kEeprom:
      return WriteEeprom(plan, current, target, report, observer);
    case Memory::kBoot:
      break;
  }
  return InvalidArgument("MEMORY_NOT_WRITABLE", "the boot part is written with the firmware");
}

Status LiteonSession::WriteFirmware(const WritePlan& plan, ByteView current, ByteView target,
                                    WriteReport& report, Observer& observer) {
  RETURN_IF_ERROR(NeedUpdateMode());
  if (chip_.parallel == nullptr && chip_.serial == nullptr) {
    return FailedPrecondition("CHIP_NOT_IDENTIFIED", "the flash chip was not identified");
  }
  if (!access_.simulated && FirmwareWriteEvidence(row_) == Evidence::kHypothetical) {
    return NotProven(row_.write_missing);
  }
  if (current.size() != row_.info->firmware_bytes || target.size() != current.size()) {
    return PlanMismatch();
  }
  ASSIGN_OR_RETURN(const chips::ChipPlan chip_plan, PlanChip(chip_, current, target));
  if (!SameUnits(plan, ToWritePlan(chip_plan, chip_))) return PlanMismatch();
  RETURN_IF_ERROR(CheckWrite(current, target));
  return WriteToChip(chip_plan, current, target, report, observer);
}

Status LiteonSession::CheckWrite(ByteView current, ByteView target) {
  if (chip_.parallel == nullptr) return Ok();
  return chips::CheckBootLocks(*chip_.parallel, locks_, current, target);
}

Status LiteonSession::WriteToChip(const chips::ChipPlan& plan, ByteView current, ByteView target,
                                  WriteReport& report, Observer& observer) {
  write_begun_ = true;
  const auto progress = [&observer](uint64_t done, uint64_t total) {
    observer.Progress(done, total);
  };
  chips::SpiWriteReport written;
  const Status status =
      engine_
          ? chips::WriteSpiChip(*engine_, *chip_.serial, plan, current, target, written, progress)
          : chips::WriteChip(*bus_, *chip_.parallel, plan, current, target, written.chip, progress);
  report = {written.chip.bytes_programmed, written.chip.erases, written.chip.page_retries};
  return status;
}

Status LiteonSession::WriteEeprom(const WritePlan& plan, ByteView current, ByteView target,
                                  WriteReport& report, Observer& observer) {
  if (!access_.simulated) return NotProven("the EEPROM's write command is not publicly known");
  if (in_update_mode_) {
    return FailedPrecondition("IN_UPDATE_MODE", "the EEPROM is written while the drive runs");
  }
  if (access_.scsi == nullptr) {
    return FailedPrecondition("NO_SCSI", "the EEPROM's write command needs SCSI");
  }
  ASSIGN_OR_RETURN(const WritePlan expected, PlanEeprom(row_, current, target));
  if (!SameUnits(plan, expected)) return PlanMismatch();
  // A write is never sent twice, so what the drive wants to say of its past is heard before.
  RETURN_IF_ERROR(Settle(row_.back_limit));
  for (const ByteRange& unit : plan.units) {
    write_begun_ = true;
    const Status written = WriteEepromUnit(unit, target);
    if (!written) {
      const bool sent = report.bytes_programmed > 0 || !WasRefused(written.error());
      return Error(written.error())
          .WithDriveState(sent ? DriveState::kPartlyWritten : DriveState::kUntouched);
    }
    report.bytes_programmed += unit.length;
    observer.Progress(report.bytes_programmed, plan.bytes_to_program);
  }
  return Ok();
}

Status LiteonSession::WriteEepromUnit(const ByteRange& unit, ByteView target) {
  const ByteView wanted = Slice(target, unit.offset, unit.length);
  RETURN_IF_ERROR(scsi::WriteBuffer(*access_.scsi, scsi::WriteBufferMode::kVendorSpecific,
                                    kEepromBufferId, unit.offset, wanted, kEepromWriteTimeout));
  Bytes now(unit.length);
  RETURN_IF_ERROR(ReadEepromPiece(unit.offset, now));
  const auto differs = std::mismatch(now.begin(), now.end(), wanted.begin());
  if (differs.first == now.end()) return Ok();
  const size_t offset = unit.offset + static_cast<size_t>(differs.first - now.begin());
  return DataLoss("WRITE_VERIFY_FAILED",
                  fmt::format("the EEPROM does not hold what was written at {:04x}", offset))
      .With("offset", fmt::format("{:x}", offset));
}

}  // namespace firmbench::families::mediatek_liteon
