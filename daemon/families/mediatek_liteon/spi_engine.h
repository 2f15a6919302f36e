// SPDX-License-Identifier: Apache-2.0
#pragma once

// The controller's serial flash engine in vendor mode, as the bus of a serial chip: the command's
// bytes go into a window of the controller's memory, two lengths start the transaction, and what
// was clocked in is found in the same window. Facts: drive-protocols 1.3 and 1.4, read in code;
// that the window is captured full duplex and that 8800 is 0000 again is inferred. Lane-only; the
// drive must be in vendor mode while the engine is used, and goes into and out of it elsewhere.

#include <cstdint>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/chips/spi_bus.h"

namespace firmbench::families::mediatek_liteon {

// What differs between the controllers. Constants from drive-protocols 1.2 to 1.4 [C].
struct SpiVariant {
  uint8_t status = 0;         // the vendor status that ends every operation
  bool big_endian = false;    // order of the lengths' two bytes in the registers
  uint16_t window = 0;        // where commands are written
  uint16_t short_window = 0;  // where the answers to one-byte commands are read
  uint8_t read_byte = 0;      // op codes
  uint8_t write_byte = 0;
  uint8_t set_lengths = 0;  // 0: the run takes the lengths
  uint8_t run = 0;
  bool long_rems = false;  // 90 is sent with lengths 100 and 300, whatever they mean (section 8)
};
inline constexpr SpiVariant kClassicLiteOn{0x72, false, 0x8800, 0x0000, 0x00, 0x01, 0x04, 0x05};
inline constexpr SpiVariant kClassicBenq{0x73, true, 0x0000, 0x0000, 0x00, 0x01, 0x04, 0x05, true};
// The slim variants' status is that of their chip's kind; lengths and window as on Lite-On [C].
inline constexpr SpiVariant kSlim{0x72, false, 0x8800, 0x0000, 0x91, 0x68, 0x00, 0x1b};
inline constexpr SpiVariant kSlim2{0x72, false, 0x8800, 0x0000, 0x1f, 0x52, 0x00, 0xc2};

// nullptr when a status of the classic intro does not mean serial flash.
const SpiVariant* ClassicVariantOf(uint8_t vendor_status);

class SpiEngine final : public chips::SpiBus {
 public:
  // Borrows all three; `variant` has static storage.
  SpiEngine(ata::TaskFile& task_file, Clock& clock, const SpiVariant& variant, bool second_device);

  // SPI_TRANSFER_TOO_LONG; TASKFILE_WAIT_TIMEOUT when the drive stops answering with its vendor
  // status; and the task file's own.
  Status Run(std::span<const chips::SpiTransfer> transfers) override;
  // Reads are of 256 bytes, a page program is 104 out [C].
  chips::SpiLimits limits() const override { return {0x104, 0x100}; }
  Clock& clock() override { return clock_; }

 private:
  struct Lengths {
    uint16_t out = 0;
    uint16_t in = 0;
  };

  Status One(const chips::SpiTransfer& transfer);
  Status WriteWindow(ByteView bytes);
  Status Start(const Lengths& lengths);
  Status ReadWindow(uint16_t address, std::span<uint8_t> out);
  bool IsLongRems(const chips::SpiTransfer& transfer) const;

  ata::TaskFile& task_file_;
  Clock& clock_;
  const SpiVariant& variant_;
  const uint8_t device_;
  std::vector<ata::Access> script_;
};

}  // namespace firmbench::families::mediatek_liteon
