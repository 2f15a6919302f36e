// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that a simulated drive remembers besides its two memories: plain data, so that a drive can be
// copied, and kept in a file while the process that plays it comes and goes.

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "daemon/simulator/eeprom.h"
#include "daemon/simulator/faults.h"
#include "daemon/simulator/flash_chip.h"
#include "daemon/simulator/serial_flash.h"
#include "daemon/simulator/spi_chip.h"

namespace firmbench::simulator {

inline constexpr int64_t kNoTime = std::numeric_limits<int64_t>::max();

// Registers of the command block, indexed by ata::Register.
struct Registers {
  std::array<uint8_t, 9> value{};
  uint8_t status = 0;
  uint8_t error = 0;
};

// For the personality's own use; cleared when power goes.
struct PersonalityState {
  std::array<uint64_t, 4> words{};
  std::array<uint8_t, 4096> ram{};
};

// The newest write of the flash that the drive's own firmware made of what was downloaded.
struct OwnWrite {
  uint32_t offset = 0;
  uint32_t length = 0;
  int64_t began = 0;
  int64_t until = 0;
};

struct DriveState {
  // Of the file this may be kept in: another layout is not taken over.
  static constexpr uint64_t kLayout = 0x6662'6472'0001'0000 + 5;
  uint64_t layout = kLayout;

  RunState run = RunState::kOff;
  bool plugged = true;
  bool eject_held = false;
  bool disc = false;
  bool tray_open = false;
  bool tray_locked = false;
  bool boot_code = false;            // it runs, but only as boot code without firmware
  bool hung = false;                 // BSY until reset or power cycle
  bool attention_reset = false;      // UNIT ATTENTION 06/29/00 is due
  bool attention_medium = false;     // UNIT ATTENTION 06/28/00 is due
  bool attention_microcode = false;  // UNIT ATTENTION 06/3F/01 is due
  bool other_identity = false;       // plugged in as another drive
  uint64_t generation = 1;
  int64_t last_ns = 0;  // newest time seen, on the drive's clock
  int64_t power_on_ns = 0;
  int64_t boot_until_ns = 0;
  int64_t busy_until_ns = 0;        // of a vendor operation
  int64_t power_back_ns = kNoTime;  // power returns by itself
  int64_t plug_back_ns = kNoTime;   // somebody plugs it in again
  int64_t restart_ns = kNoTime;     // it starts again by itself, with other microcode
  OwnWrite own_write;
  Registers registers;
  SenseInfo last_sense;
  std::array<char, 8> vendor{};  // INQUIRY strings as last booted, blank padded
  std::array<char, 16> product{};
  std::array<char, 4> revision{};
  std::array<char, 20> vendor_specific{};
  std::array<char, 20> serial{};
  ChipState chip;         // of a parallel chip
  SpiChipState spi_chip;  // of a serial one
  // What is mostly zeros comes last: an image leaves it away.
  EepromState eeprom;
  SerialEngineState engine;
  PersonalityState personality;
};
static_assert(std::is_trivially_copyable_v<DriveState>);

}  // namespace firmbench::simulator
