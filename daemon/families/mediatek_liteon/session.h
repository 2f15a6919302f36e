// SPDX-License-Identifier: Apache-2.0
#pragma once

// A session on one drive of this family. Lane-only; the contract is families::Session. Everything
// it sends passes the engine's gate.

#include <functional>
#include <optional>

#include "daemon/chips/boot_lock.h"
#include "daemon/families/family.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/families/mediatek_liteon/planning.h"
#include "daemon/families/mediatek_liteon/spi_engine.h"
#include "daemon/families/mediatek_liteon/vendor_bus.h"
#include "daemon/families/mediatek_liteon/vendor_mode.h"

namespace firmbench::families::mediatek_liteon {

// The drive answered that it does not take the command (completion.h), so nothing happened.
inline bool WasRefused(const Error& error) {
  return error.reason() == "DRIVE_REFUSED" || error.reason() == "COMMAND_NOT_ALLOWED";
}

class LiteonSession final : public Session {
 public:
  // `row` has static storage; the handles of `access` outlive the session.
  LiteonSession(const Row& row, const DriveAccess& access);

  Result<Bytes> Read(Memory memory, const ReadPlan& plan, Observer& observer) override;
  Status EnterUpdateMode(Observer& observer) override;
  Status ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) override;
  Result<ChipIdentity> IdentifyChip() override;
  Status CheckWrite(ByteView current, ByteView target) override;
  Status Write(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
               Observer& observer) override;
  Status LeaveUpdateMode(Observer& observer) override;
  Status BringBack(Nanos limit) override;

 private:
  // Reads out.size() bytes at `offset`.
  using ReadPiece = std::function<Status(uint32_t offset, std::span<uint8_t> out)>;
  // Pieces of `granule` multiples in the plan's order, with progress and cancellation.
  static Result<Bytes> ReadPieces(uint32_t size, uint32_t granule, uint32_t default_chunk,
                                  const ReadPlan& plan, Observer& observer, const ReadPiece& read);

  Result<Bytes> ReadFlash(uint32_t size, const ReadPlan& plan, Observer& observer);
  Result<Bytes> ReadFlashInVendorMode(uint32_t size, const ReadPlan& plan, Observer& observer);
  Result<Bytes> ReadEepromBytes(const ReadPlan& plan, Observer& observer);
  Status ReadEepromPiece(uint32_t offset, std::span<uint8_t> out);
  Status WriteFirmware(const WritePlan& plan, ByteView current, ByteView target,
                       WriteReport& report, Observer& observer);
  Status WriteEeprom(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
                     Observer& observer);
  Status WriteEepromUnit(const ByteRange& unit, ByteView target);
  Status EnterVendorMode(Observer& observer);
  Status EnterWithEjectHeld(Observer& observer);
  Status EnterInPowerWindow(Observer& observer);
  // What holds only until update mode ends.
  void ForgetUpdateMode();
  Result<ChipIdentity> IdentifySerialChip();
  Status WriteToChip(const chips::ChipPlan& plan, ByteView current, ByteView target,
                     WriteReport& report, Observer& observer);
  Status LeaveAfterRead(Observer& observer);
  Status Settle(Nanos limit);
  Status NeedUpdateMode() const;

  const Row& row_;
  const DriveAccess access_;
  std::optional<VendorMode> vendor_;  // empty when there is no task file
  std::optional<VendorBus> bus_;
  std::optional<SpiEngine> engine_;  // in update mode, on serial flash
  bool in_update_mode_ = false;
  bool write_begun_ = false;  // something of a memory may have changed since the session began
  bool eeprom_by_read_buffer_ = false;  // DF 89 was refused
  FlashPart chip_;                      // as it identified itself; both nullptr: not yet
  chips::BootLocks locks_;              // of chip_.parallel
};

}  // namespace firmbench::families::mediatek_liteon
