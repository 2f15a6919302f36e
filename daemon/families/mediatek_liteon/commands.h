// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vendor commands of this family: CDB builders, task-file operations, and the rules by which
// the gate knows them. Pure; any thread. Facts: drive-protocols 1 and 2.2.

#include <cstdint>
#include <span>

#include "daemon/ata/rules.h"
#include "daemon/scsi/cdb.h"
#include "daemon/scsi/rules.h"

namespace firmbench::families::mediatek_liteon {

// What DF 83 and DF 89 return at a time, in bytes.
inline constexpr uint32_t kDfReadBytes = 128;

// DF 83 with memory type FF: 128 bytes of program memory at `address` of a 64 KB `bank`
// [C, second hand].
constexpr scsi::Cdb ReadProgramMemory(uint8_t bank, uint16_t address) {
  return scsi::MakeCdb(12, 0xdf, 0x83, 0, 0, 0xff, 0, bank, address >> 8, address);
}

// DF 89: 128 bytes of the EEPROM at `address` [C, second hand].
constexpr scsi::Cdb ReadEeprom(uint16_t address) {
  return scsi::MakeCdb(12, 0xdf, 0x89, 0, 0, 0, 0, 0, address >> 8, address);
}

// The EEPROM as buffer of READ BUFFER mode 01 [C]. WRITE BUFFER mode 01 with it is a guess from its
// read twin [G]: it exists for the simulator, and its rule keeps it from every real drive.
inline constexpr uint8_t kEepromBufferId = 0xe2;

// Vendor mode on the task file (drive-protocols 1.2, 1.3 [C]); the "classic" variant where nothing
// else is said.
namespace vendor {
inline constexpr uint8_t kIntroLbaLow = 0x2a;
inline constexpr uint8_t kEraseLbaLow = 0x2e;
inline constexpr uint8_t kIntro = 0x80;
inline constexpr uint8_t kReadByte = 0x00;
inline constexpr uint8_t kWriteByte = 0x01;
inline constexpr uint8_t kSetLengths = 0x04;
inline constexpr uint8_t kRun = 0x05;
inline constexpr uint8_t kOutro = 0x81;
inline constexpr uint8_t kSlimIntroLbaLow = 0xd9;
inline constexpr uint8_t kSlimIntro = 0x89;
inline constexpr uint8_t kSlimReadByte = 0x91;
inline constexpr uint8_t kSlimWriteByte = 0x68;
inline constexpr uint8_t kSlimRun = 0x1b;
inline constexpr uint8_t kSlimOutro = 0xf0;
inline constexpr uint8_t kSlim2IntroLbaLow = 0x79;
inline constexpr uint8_t kSlim2Intro = 0x8d;
inline constexpr uint8_t kSlim2ReadByte = 0x1f;
inline constexpr uint8_t kSlim2WriteByte = 0x52;
inline constexpr uint8_t kSlim2Run = 0xc2;
inline constexpr uint8_t kSlim2Outro = 0xbe;
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

// Beyond the standard commands that the gate lets pass on its own.
std::span<const scsi::CdbRule> CdbRules();
std::span<const ata::CommandRule> TaskFileRules();

}  // namespace firmbench::families::mediatek_liteon
