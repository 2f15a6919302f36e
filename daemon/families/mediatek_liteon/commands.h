// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vendor commands of this family: CDB builders, task-file operations, and the rules by which
// the gate knows them. Pure; any thread. Facts: drive-protocols 1 and 2.2.

#include <cstdint>
#include <span>

#include "daemon/ata/rules.h"
#include "daemon/scsi/rules.h"
#include "daemon/scsi/transport.h"

namespace firmbench::families::mediatek_liteon {

// What DF 83 and DF 89 return at a time, in bytes.
inline constexpr uint32_t kDfReadBytes = 128;

// DF 83 with memory type FF: 128 bytes of program memory at `address` of a 64 KB `bank`
// [C, second hand].
scsi::Cdb ReadProgramMemory(uint8_t bank, uint16_t address);

// DF 89: 128 bytes of the EEPROM at `address` [C, second hand].
scsi::Cdb ReadEeprom(uint16_t address);

// READ BUFFER, vendor mode 01, id E2: the EEPROM. `offset` and `length` are 24 bits wide [C].
scsi::Cdb ReadBufferEeprom(uint32_t offset, uint32_t length);

// WRITE BUFFER, vendor mode 01, id E2: a guess from its read twin [G]. It exists for the simulator;
// the rule below keeps it from every real drive.
scsi::Cdb WriteBufferEeprom(uint32_t offset, uint32_t length);

// Vendor mode on the task file, "classic" variant (drive-protocols 1.2, 1.3 [C]).
namespace vendor {
inline constexpr uint8_t kIntroLbaLow = 0x2a;
inline constexpr uint8_t kIntro = 0x80;
inline constexpr uint8_t kReadByte = 0x00;
inline constexpr uint8_t kWriteByte = 0x01;
inline constexpr uint8_t kOutro = 0x81;
inline constexpr uint8_t kStatusParallel = 0x70;
inline constexpr uint8_t kStatusSerialLiteOn = 0x72;
inline constexpr uint8_t kStatusSerialBenq = 0x73;
inline constexpr uint8_t kStatusSerialBusy = 0xf2;
}  // namespace vendor

// ATA/ATAPI-5 clause 8 [D].
namespace command {
inline constexpr uint8_t kDeviceReset = 0x08;
inline constexpr uint8_t kIdentifyPacketDevice = 0xa1;
inline constexpr uint8_t kIdentifyDevice = 0xec;
}  // namespace command

std::span<const scsi::CdbRule> CdbRules();
std::span<const ata::CommandRule> TaskFileRules();

}  // namespace firmbench::families::mediatek_liteon
