// SPDX-License-Identifier: Apache-2.0
#pragma once

// The controller's vendor mode on a task file: in and out in all its variants, and for parallel
// flash bytes to and from the chip's bus (serial flash: spi_engine.h). Facts: drive-protocols 1.1
// to 1.3 and 9.2 [C]. Lane-only. Accesses go out as scripts from reused buffers, hundreds of bytes
// at a time.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/chips/byte_bus.h"
#include "daemon/families/mediatek_liteon/spi_engine.h"
#include "daemon/families/mediatek_liteon/vendor_variant.h"

namespace firmbench::families::mediatek_liteon {

// Both hold for one Enter; whichever is reached first ends it.
struct EntryLimits {
  uint32_t max_intros = 40;
  Nanos max_time = std::chrono::seconds(10);
};

// What the status register tells when vendor mode for this kind of flash did not come up, as an
// error VENDOR_MODE_NOT_ENTERED with a remedy and metadata `status`.
Error DiagnoseStatus(uint8_t status, FlashKind expected = FlashKind::kParallel);

class VendorMode {
 public:
  // DEV and A19..A16 share the device register, so vendor mode reaches 1 MB [I].
  static constexpr uint32_t kReachBytes = 0x100000;

  // Borrows all but the flags; `variant` has static storage.
  VendorMode(ata::TaskFile& task_file, Clock& clock, bool second_device,
             const VendorVariant& variant = kClassicMode,
             FlashKind expected = FlashKind::kParallel);

  // SECOND_DRIVE_ON_CHANNEL when another device answers beside ours: in vendor mode drives do not
  // honour the device select, and both would be written [P]. Ends vendor mode first if an earlier
  // job left the drive in it.
  Status CheckAlone();

  // Sends the intro until the status is exactly that of the expected kind of flash, three times in
  // a row. VENDOR_MODE_NOT_ENTERED by DiagnoseStatus, at once and out of vendor mode again when it
  // is the status of the other kind; JOB_CANCELLED when `cancelled` says so between two intros.
  Status Enter(const EntryLimits& limits, const std::function<bool()>& cancelled);

  // After Enter on serial flash: the engine that the status stands for; nullptr before it and on
  // parallel flash.
  const SpiVariant* engine() const { return engine_; }

  // Outro and DEVICE RESET, then waits until the ATAPI signature is there and IDENTIFY PACKET
  // DEVICE answers: DRIVE_NOT_BACK after `limit`, metadata `status`.
  Status Leave(Nanos limit);

  // Outro and DEVICE RESET of a drive that is not expected to come back.
  Status LeaveSilent();

  // In vendor mode. Addresses of the chip below kReachBytes, else ADDRESS_OUT_OF_REACH.
  // TASKFILE_WAIT_TIMEOUT when the drive stops answering with 70.
  Status ReadBytes(uint32_t address, std::span<uint8_t> out);
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out);
  // One script for up to kCyclesAtOnce cycles, so that a page is loaded without a gap.
  Status WriteCycles(std::span<const chips::BusWrite> cycles);
  // WriteCycles, then ReadRepeated, as one script when there are few of both.
  Status WriteThenRead(std::span<const chips::BusWrite> cycles, uint32_t address,
                       std::span<uint8_t> out);

  static constexpr size_t kCyclesAtOnce = 1024;

 private:
  static constexpr size_t kReadsAtOnce = 256;
  static constexpr size_t kMixedAtOnce = 32;

  void FillRead(ata::Access* access, uint32_t address) const;
  void FillWrite(ata::Access* access, const chips::BusWrite& cycle) const;
  Status Read(uint32_t address, uint32_t step, std::span<uint8_t> out);
  Result<uint8_t> SendIntro();
  // The status belongs to vendor mode for this kind of flash.
  bool IsStatusOf(FlashKind kind, uint8_t status) const;
  Result<uint8_t> ReadStatus(uint8_t device);
  Status SendOutroAndReset();
  Status WaitUntilBack(Nanos limit);
  // Whether our device shows the signature, or what its status is instead.
  struct Answer {
    uint8_t status = 0;
    bool signature = false;
  };
  Result<Answer> ReadAnswer();
  Status IdentifyPacketDevice();

  ata::TaskFile& task_file_;
  Clock& clock_;
  const uint8_t device_;  // the device register without address bits
  const uint8_t other_device_;
  const VendorVariant& variant_;
  const FlashKind expected_;
  const SpiVariant* engine_ = nullptr;
  std::vector<ata::Access> read_script_;
  std::vector<ata::Access> write_script_;
  std::vector<ata::Access> mixed_script_;
};

}  // namespace firmbench::families::mediatek_liteon
