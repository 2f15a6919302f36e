// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/chips/identify.h"
#include "daemon/chips/spi_identify.h"
#include "daemon/chips/spi_program.h"
#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/planning.h"
#include "daemon/scsi/commands.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint32_t kVendorChunk = 4096;   // progress and cancellation grain of vendor mode reads
constexpr uint32_t kDfChunk = 16 * 1024;  // of DF 83 reads
constexpr Nanos kSettlePoll = milliseconds(200);
constexpr uint32_t kIntrosWithoutHands = 8;       // about two seconds [G]
constexpr Nanos kPowerWindowTime = seconds(200);  // drive-protocols 1.2 [C]

Error NotReadable(Memory memory, std::string why, std::string remedy) {
  return FailedPrecondition("MEMORY_NOT_READABLE",
                            fmt::format("the {} cannot be read: {}", ToString(memory), why))
      .WithRemedy(std::move(remedy));
}

// A refused vendor command means that this drive does not have the way; other errors stand.
Error ReadError(Memory memory, Error error) {
  if (!WasRefused(error)) return error;
  Error out = NotReadable(memory, error.message(),
                          "the drive does not answer the command that its model's row names");
  if (error.sense()) return std::move(out).WithSense(*error.sense());
  return out;
}

// CheckAlone hears a drive that answers; a dead one never does, and would be written all the same.
PromptRequest ConfirmAlone() {
  return {.kind = "confirm_alone",
          .text =
              "Look at the IDE cable: only this drive may be on it. A second drive would be "
              "written as well, even a dead one that nobody can see from here."};
}

}  // namespace

LiteonSession::LiteonSession(const Row& row, const DriveAccess& access)
    : row_(row), access_(access) {
  if (access_.task_file == nullptr) return;
  vendor_.emplace(*access_.task_file, *access_.clock, access_.second_device, *row_.mode,
                  FlashOf(row_));
  bus_.emplace(*vendor_, *access_.clock);
}

Status LiteonSession::NeedUpdateMode() const {
  if (in_update_mode_) return Ok();
  return FailedPrecondition("NOT_IN_UPDATE_MODE", "the drive is not in update mode");
}

Result<Bytes> LiteonSession::Read(Memory memory, const ReadPlan& plan, Observer& observer) {
  switch (memory) {
    case Memory::kFirmware:
      return ReadFlash(row_.info->firmware_bytes, plan, observer);
    case Memory::kBoot:
      return ReadFlash(kBootBytes, plan, observer);
    case Memory::kEeprom:
      return ReadEepromBytes(plan, observer);
  }
  return InvalidArgument("MEMORY_UNKNOWN", "no such memory");
}

Result<Bytes> LiteonSession::ReadPieces(uint32_t size, uint32_t granule, uint32_t default_chunk,
                                        const ReadPlan& plan, Observer& observer,
                                        const ReadPiece& read) {
  uint32_t chunk = plan.chunk_bytes == 0 ? default_chunk : std::min(plan.chunk_bytes, size);
  chunk = (chunk + granule - 1) / granule * granule;
  const uint32_t pieces = (size + chunk - 1) / chunk;
  Bytes bytes(size);
  uint64_t done = 0;
  for (uint32_t i = 0; i < pieces; ++i) {
    if (observer.cancelled()) return Cancelled("JOB_CANCELLED", "cancelled while reading");
    const uint32_t piece = plan.order == ReadOrder::kAscending ? i : pieces - 1 - i;
    const uint32_t offset = piece * chunk;
    const uint32_t length = std::min(chunk, size - offset);
    RETURN_IF_ERROR(read(offset, std::span(bytes).subspan(offset, length)));
    done += length;
    observer.Progress(done, size);
  }
  return bytes;
}

Result<Bytes> LiteonSession::ReadFlash(uint32_t size, const ReadPlan& plan, Observer& observer) {
  const bool by_df = row_.firmware_read == FirmwareRead::kReadMemoryDf && access_.scsi != nullptr &&
                     !access_.silent;
  if (in_update_mode_ || !by_df) return ReadFlashInVendorMode(size, plan, observer);
  const auto read = [this](uint32_t offset, std::span<uint8_t> out) -> Status {
    for (size_t at = 0; at < out.size(); at += kDfReadBytes, offset += kDfReadBytes) {
      // drive-protocols 9.9: flash offset = bank and address side by side [I].
      const scsi::Cdb cdb =
          ReadProgramMemory(static_cast<uint8_t>(offset >> 16), static_cast<uint16_t>(offset));
      RETURN_IF_ERROR(scsi::ReadInto(*access_.scsi, cdb, out.subspan(at, kDfReadBytes),
                                     kDfReadBytes, "read memory (DF 83)"));
    }
    return Ok();
  };
  Result<Bytes> bytes = ReadPieces(size, kDfReadBytes, kDfChunk, plan, observer, read);
  if (!bytes) return ReadError(Memory::kFirmware, std::move(bytes).error());
  return bytes;
}

Result<Bytes> LiteonSession::ReadFlashInVendorMode(uint32_t size, const ReadPlan& plan,
                                                   Observer& observer) {
  if (!vendor_) {
    return NotReadable(Memory::kFirmware, "vendor mode needs the drive's IDE registers",
                       "attach the drive to an IDE port or to a bridge that gives its registers");
  }
  const bool enter = !in_update_mode_;
  if (enter) RETURN_IF_ERROR(EnterUpdateMode(observer));
  Result<Bytes> bytes = ReadPieces(
      size, 1, kVendorChunk, plan, observer,
      [this](uint32_t offset, std::span<uint8_t> out) { return ReadInUpdateMode(offset, out); });
  if (!enter) return bytes;
  // Whatever the read met, the drive must not be left in vendor mode; but why it failed comes
  // first.
  const Status left = LeaveAfterRead(observer);
  if (bytes) RETURN_IF_ERROR(left);
  return bytes;
}

Status LiteonSession::LeaveAfterRead(Observer& observer) {
  if (!access_.silent) return LeaveUpdateMode(observer);
  ForgetUpdateMode();
  return vendor_->LeaveSilent();
}

Result<Bytes> LiteonSession::ReadEepromBytes(const ReadPlan& plan, Observer& observer) {
  if (access_.scsi == nullptr) {
    return NotReadable(Memory::kEeprom, "the command needs SCSI",
                       "attach the drive to a connection that carries SCSI commands");
  }
  if (in_update_mode_) {
    return NotReadable(Memory::kEeprom, "the drive is in vendor mode", "leave vendor mode first");
  }
  const uint32_t size = row_.info->eeprom_bytes;
  Result<Bytes> bytes =
      ReadPieces(size, kDfReadBytes, kDfReadBytes, plan, observer,
                 [this](uint32_t at, std::span<uint8_t> out) { return ReadEepromPiece(at, out); });
  if (!bytes) return ReadError(Memory::kEeprom, std::move(bytes).error());
  return bytes;
}

Status LiteonSession::ReadEepromPiece(uint32_t offset, std::span<uint8_t> out) {
  for (size_t at = 0; at < out.size() && !eeprom_by_read_buffer_; at += kDfReadBytes) {
    const Result<size_t> read =
        scsi::ReadInto(*access_.scsi, ReadEeprom(static_cast<uint16_t>(offset + at)),
                       out.subspan(at, kDfReadBytes), kDfReadBytes, "read EEPROM (DF 89)");
    if (read) continue;
    if (!WasRefused(read.error()) || !row_.eeprom_by_read_buffer) return read.error();
    eeprom_by_read_buffer_ = true;
  }
  if (!eeprom_by_read_buffer_) return Ok();
  return scsi::ReadBuffer(*access_.scsi, scsi::ReadBufferMode::kVendorSpecific, kEepromBufferId,
                          offset, out);
}

Status LiteonSession::EnterUpdateMode(Observer& observer) {
  if (in_update_mode_) return Ok();
  if (!vendor_) {
    return FailedPrecondition("VENDOR_MODE_NOT_ENTERED",
                              "vendor mode needs the drive's IDE registers")
        .WithRemedy("attach the drive to an IDE port or to a bridge that gives its registers");
  }
  RETURN_IF_ERROR(vendor_->CheckAlone());
  if (access_.confirm_alone) RETURN_IF_ERROR(observer.Prompt(ConfirmAlone()));
  RETURN_IF_ERROR(EnterVendorMode(observer));
  in_update_mode_ = true;
  if (vendor_->engine() != nullptr) {
    engine_.emplace(*access_.task_file, *access_.clock, *vendor_->engine(), access_.second_device);
  }
  return Ok();
}

void LiteonSession::ForgetUpdateMode() {
  in_update_mode_ = false;
  engine_.reset();
  chip_ = {};
  locks_ = {};
}

// Leaves the drive as it was when it fails.
Status LiteonSession::EnterVendorMode(Observer& observer) {
  const auto cancelled = [&observer] { return observer.cancelled(); };
  // Without firmware the boot code answers by itself (drive-protocols 9.1 [I]).
  if (access_.silent) {
    const Status entered = vendor_->Enter({.max_intros = kIntrosWithoutHands}, cancelled);
    if (entered || entered.error().reason() == "JOB_CANCELLED") return entered;
  }
  switch (row_.gate) {
    case EntryGate::kAlways:
      return vendor_->Enter(EntryLimits{}, cancelled);
    case EntryGate::kEjectHeld:
      return EnterWithEjectHeld(observer);
    case EntryGate::kPowerWindow:
      return EnterInPowerWindow(observer);
    case EntryGate::kNever:
      // Its boot code may: right after power-on, when no firmware starts.
      if (access_.silent) return EnterInPowerWindow(observer);
      break;
  }
  return FailedPrecondition("VENDOR_MODE_NOT_ENTERED",
                            "the firmware of this model never opens vendor mode")
      .WithRemedy("only a drive whose firmware no longer starts can be reached this way");
}

Status LiteonSession::EnterWithEjectHeld(Observer& observer) {
  RETURN_IF_ERROR(observer.Prompt(
      {.kind = "hold_eject",
       .text = "Hold the drive's eject button down and keep holding it until told otherwise."}));
  RETURN_IF_ERROR(vendor_->Enter(EntryLimits{}, [&observer] { return observer.cancelled(); }));
  Status released = observer.Prompt(
      {.kind = "release_eject", .text = "The drive is in vendor mode: release the eject button."});
  if (released) return Ok();
  in_update_mode_ = true;
  LeaveUpdateMode(observer).IgnoreError("why the prompt ended matters more");
  return released;
}

Status LiteonSession::EnterInPowerWindow(Observer& observer) {
  bool entered = false;
  Status status = observer.PromptWhile(
      {.kind = "power_cycle",
       .text =
           "Switch the drive off and on again within one second, the PC staying on; it is asked "
           "for vendor mode all the while.",
       .timeout = kPowerWindowTime},
      [&]() -> Status {
        RETURN_IF_ERROR(vendor_->Enter({.max_intros = UINT32_MAX, .max_time = kPowerWindowTime},
                                       [&observer] { return observer.cancelled(); }));
        entered = true;
        return Ok();
      });
  if (status || !entered) return status;
  in_update_mode_ = true;
  LeaveUpdateMode(observer).IgnoreError("why the prompt ended matters more");
  return status;
}

Status LiteonSession::ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) {
  RETURN_IF_ERROR(NeedUpdateMode());
  if (!engine_) return vendor_->ReadBytes(offset, out);
  const uint32_t size = row_.info->firmware_bytes;
  if (offset > size || out.size() > size - offset) {
    return InvalidArgument(
        "ADDRESS_OUT_OF_REACH",
        fmt::format("the flash has {:x} bytes, not {:x}", size, uint64_t{offset} + out.size()));
  }
  return chips::ReadSpi(*engine_, offset, out);
}

Result<ChipIdentity> LiteonSession::IdentifyChip() {
  RETURN_IF_ERROR(NeedUpdateMode());
  chip_ = {};
  locks_ = {};
  if (engine_) return IdentifySerialChip();
  ASSIGN_OR_RETURN(const chips::Identification found,
                   chips::IdentifyChip(*bus_, {.expected_size_bytes = row_.info->firmware_bytes}));
  const FlashPart chip{found.row, nullptr};
  RETURN_IF_ERROR(AcceptChip(row_, chip));
  chip_ = chip;
  locks_ = found.locks;
  return ChipIdentity{found.ids.manufacturer, found.ids.device, std::string(found.row->part),
                      found.row->size_bytes};
}

Result<ChipIdentity> LiteonSession::IdentifySerialChip() {
  ASSIGN_OR_RETURN(const chips::SpiIdentification found, chips::IdentifySpiChip(*engine_));
  const FlashPart chip{nullptr, found.row};
  RETURN_IF_ERROR(AcceptChip(row_, chip));
  chip_ = chip;
  ChipIdentity identity{found.ids.rems[0], found.ids.rems[1], std::string(found.row->part),
                        found.row->size_bytes};
  if (found.ids.answers_jedec()) {
    identity.manufacturer = found.row->jedec_manufacturer;
    identity.device = found.row->jedec_device;
  }
  return identity;
}

Status LiteonSession::LeaveUpdateMode(Observer& /*observer*/) {
  if (!in_update_mode_) return Ok();
  ForgetUpdateMode();
  Status left = vendor_->Leave(row_.back_limit);
  if (left) left = Settle(row_.back_limit);
  if (left) return Ok();
  return std::move(left).error().WithDriveState(write_begun_ ? DriveState::kUnknown
                                                             : DriveState::kUntouched);
}

Status LiteonSession::BringBack(Nanos limit) {
  ForgetUpdateMode();
  if (vendor_) RETURN_IF_ERROR(vendor_->Leave(limit));
  return Settle(limit);
}

// After a reset the drive reports UNIT ATTENTION and may be becoming ready: neither is for the next
// command to meet. No disc is fine.
Status LiteonSession::Settle(Nanos limit) {
  if (access_.scsi == nullptr) return Ok();
  const Nanos deadline = access_.clock->Monotonic() + limit;
  bool heard = false;  // UNIT ATTENTION is said once, so the next answer is not waited for
  while (true) {
    const Result<scsi::Readiness> ready = scsi::TestUnitReady(*access_.scsi);
    if (ready && *ready != scsi::Readiness::kAttention && *ready != scsi::Readiness::kInBetween) {
      return Ok();
    }
    if (!ready && ready.error().reason() == "DRIVE_GONE") return ready.error();
    if (access_.clock->Monotonic() >= deadline) {
      return Unavailable("DRIVE_NOT_BACK",
                         fmt::format("the drive shows its registers but takes no SCSI commands "
                                     "within {} s after its reset",
                                     std::chrono::duration_cast<seconds>(limit).count()))
          .WithRemedy("switch the drive off and on and look at it again");
    }
    const bool attention = ready && *ready == scsi::Readiness::kAttention;
    if (!attention || std::exchange(heard, true)) access_.clock->SleepFor(kSettlePoll);
  }
}

}  // namespace firmbench::families::mediatek_liteon
