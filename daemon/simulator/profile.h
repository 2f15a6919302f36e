// SPDX-License-Identifier: Apache-2.0
#pragma once

// One model of drive as the simulator plays it, as data. Static storage, immutable. Whatever is
// not known for sure is a field here, so that a real drive can correct it without a change of code.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/base/clock.h"

namespace firmbench::simulator {

// When the running firmware answers the vendor intro (drive-protocols 1.2, 9.1). Dead firmware
// always lets the boot code answer, unless that is lost too.
enum class Gate : uint8_t { kAlways, kEjectHeld, kPowerWindow, kNever };
std::string_view ToString(Gate gate);  // "always", "eject_held", "power_window", "never"
std::optional<Gate> ParseGate(std::string_view text);

// The op codes by which vendor mode is entered, used and left (drive-protocols 9.2 [C]).
enum class VendorSet : uint8_t { kClassic, kSlim, kSlim2 };

// A region of the EEPROM.
struct EepromRange {
  uint32_t offset = 0;
  uint32_t length = 0;
};

// Where the simulated EEPROM keeps the little that it must know. Only the book type's place is
// public (drive-protocols 3, read in code); the others are guesses and only the simulator's own.
struct EepromLayout {
  uint32_t size_bytes = 1024;  // 0: there is none
  uint32_t book_type = 0x14a;
  EepromRange burn_log{0x300, 0x40};      // four records [G]
  EepromRange checksummed{0x000, 0x100};  // the write-protected part [G]
  uint32_t checksum_at = 0x1ff;           // [G]
  uint8_t checksum_xor = 0xfe;            // LDW-411S compares with FE [C]; kept as one constant [G]
};

// Times of a drive; nobody has published measurements, so all are guesses [G].
struct DriveTimings {
  Nanos register_access = std::chrono::nanoseconds(500);  // one port read or write
  Nanos vendor_op = std::chrono::microseconds(3);         // BSY after a vendor task-file op
  Nanos boot = std::chrono::milliseconds(1500);
  Nanos scsi_command = std::chrono::microseconds(150);
  Nanos scsi_byte = std::chrono::nanoseconds(60);          // UDMA2 is 33 MB/s, a firmware loop less
  Nanos eeprom_write_byte = std::chrono::milliseconds(5);  // serial EEPROM write cycle
};

struct Profile {
  std::string_view family;  // personality that plays it: "mediatek_liteon"
  std::string_view model;   // unique among all profiles: "LTR-48246S"
  std::string_view vendor;  // INQUIRY strings of the factory's firmware
  std::string_view product;
  std::string_view revision;
  uint8_t inquiry_format = 0x02;             // INQUIRY byte 3
  uint8_t inquiry_additional_length = 0x1f;  // INQUIRY byte 4
  uint16_t buffer_kib = 2048;                // mode page 2A
  uint32_t buffer_capacity_bytes = 1895168;  // READ BUFFER CAPACITY
  std::span<const uint16_t> mmc_profiles;    // feature 0000, highest first
  bool dvd = false;                          // reads DVDs: knows REPORT KEY
  bool serial_feature = false;               // feature 0108
  std::string_view firmware_date = {};       // feature 010C as CCYYMMDDHHMMSS; empty: absent
  std::string_view chip_part;                // chips::ChipRow::part
  uint32_t firmware_bytes = 0;
  EepromLayout eeprom = {};
  Gate gate = Gate::kAlways;
  Nanos power_window = std::chrono::milliseconds(500);  // for Gate::kPowerWindow [G]
  VendorSet vendor_set = VendorSet::kClassic;
  uint8_t vendor_status = 0x70;  // parallel flash; 72 or 73: serial, `chip_part` is a chips::SpiRow
  uint8_t dead_status = 0x80;    // status register of a drive without firmware: 80 or 52
  bool needs_id_block = false;   // the boot code looks for one [I]
  bool boot_lost = false;        // no way back once the firmware is dead
  bool boot_answers = false;     // without firmware the boot code takes SCSI commands,
  std::string_view boot_product = {};  // and calls itself so
  bool ignores_dev_select_in_vendor = false;
  uint32_t max_transfer_bytes = 65536;  // what the simulated adapter carries in one command
  DriveTimings timings = {};

  constexpr bool serial_flash() const { return vendor_status != 0x70; }
};

}  // namespace firmbench::simulator
