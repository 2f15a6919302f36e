// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/commands.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr uint8_t kDf = 0xdf;
constexpr uint8_t kProgramMemory = 0xff;
constexpr uint8_t kReadBuffer = 0x3c;
constexpr uint8_t kWriteBuffer = 0x3b;
constexpr uint8_t kBufferModeVendor = 0x01;
constexpr uint8_t kBufferEeprom = 0xe2;

using scsi::CdbRule;
using ScsiEffect = scsi::Effect;
constexpr CdbRule kCdbRules[] = {
    // What every optical drive knows (SPC, MMC) [D]; the engine identifies the drive with these.
    {{0x00}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "TEST UNIT READY (00)"},
    {{0x03}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "REQUEST SENSE (03)"},
    {{0x12}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "INQUIRY (12)"},
    {{0x1a}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "MODE SENSE 6 (1A)"},
    {{0x1b}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "START STOP UNIT (1B)"},
    {{0x1e}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "PREVENT ALLOW REMOVAL (1E)"},
    {{0x46}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "GET CONFIGURATION (46)"},
    {{0x4a}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "GET EVENT STATUS (4A)"},
    {{0x5a}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "MODE SENSE 10 (5A)"},
    {{0x5c}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "READ BUFFER CAPACITY (5C)"},
    {{0xa4}, 1, ScsiEffect::kReadOnly, Evidence::kDocumented, "REPORT KEY (A4)"},
    // Lite-On's own (drive-protocols 2.2).
    {{kDf, 0x83}, 2, ScsiEffect::kReadOnly, Evidence::kSecondHand, "read memory (DF 83)"},
    {{kDf, 0x89}, 2, ScsiEffect::kReadOnly, Evidence::kSecondHand, "read EEPROM (DF 89)"},
    {{kReadBuffer, kBufferModeVendor, kBufferEeprom},
     3,
     ScsiEffect::kReadOnly,
     Evidence::kReadInCode,
     "read EEPROM (3C 01 E2)"},
    {{kWriteBuffer, kBufferModeVendor, kBufferEeprom},
     3,
     ScsiEffect::kDestructive,
     Evidence::kHypothetical,
     "write EEPROM (3B 01 E2)"},
};

using AtaEffect = ata::Effect;
constexpr ata::CommandRule kTaskFileRules[] = {
    {vendor::kIntro, vendor::kIntroLbaLow, AtaEffect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: enter (2A/80)"},
    // Never sent by this family. Named, so that the gate knows it for what it is: it erases enough
    // of the flash that the drive no longer starts (drive-protocols 1.2).
    {vendor::kIntro, 0x2e, AtaEffect::kDestructive, Evidence::kReadInCode,
     "vendor mode: erase (2E/80)"},
    {vendor::kReadByte, std::nullopt, AtaEffect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: read byte (00)"},
    {vendor::kWriteByte, std::nullopt, AtaEffect::kByteWrite, Evidence::kReadInCode,
     "vendor mode: write byte (01)"},
    {vendor::kOutro, std::nullopt, AtaEffect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: leave (81)"},
    {command::kDeviceReset, std::nullopt, AtaEffect::kReadOnly, Evidence::kDocumented,
     "DEVICE RESET (08)"},
    {command::kIdentifyPacketDevice, std::nullopt, AtaEffect::kReadOnly, Evidence::kDocumented,
     "IDENTIFY PACKET DEVICE (A1)"},
    {command::kIdentifyDevice, std::nullopt, AtaEffect::kReadOnly, Evidence::kDocumented,
     "IDENTIFY DEVICE (EC)"},
};

scsi::Cdb EepromBuffer(uint8_t opcode, uint32_t offset, uint32_t length) {
  scsi::Cdb cdb;
  cdb.length = 10;
  cdb.bytes[0] = opcode;
  cdb.bytes[1] = kBufferModeVendor;
  cdb.bytes[2] = kBufferEeprom;
  StoreBe24(&cdb.bytes[3], offset);
  StoreBe24(&cdb.bytes[6], length);
  return cdb;
}

}  // namespace

scsi::Cdb ReadProgramMemory(uint8_t bank, uint16_t address) {
  scsi::Cdb cdb;
  cdb.length = 12;
  cdb.bytes[0] = kDf;
  cdb.bytes[1] = 0x83;
  cdb.bytes[4] = kProgramMemory;
  cdb.bytes[6] = bank;
  StoreBe16(&cdb.bytes[7], address);
  return cdb;
}

scsi::Cdb ReadEeprom(uint16_t address) {
  scsi::Cdb cdb;
  cdb.length = 12;
  cdb.bytes[0] = kDf;
  cdb.bytes[1] = 0x89;
  StoreBe16(&cdb.bytes[7], address);
  return cdb;
}

scsi::Cdb ReadBufferEeprom(uint32_t offset, uint32_t length) {
  return EepromBuffer(kReadBuffer, offset, length);
}

scsi::Cdb WriteBufferEeprom(uint32_t offset, uint32_t length) {
  return EepromBuffer(kWriteBuffer, offset, length);
}

std::span<const scsi::CdbRule> CdbRules() { return kCdbRules; }
std::span<const ata::CommandRule> TaskFileRules() { return kTaskFileRules; }

}  // namespace firmbench::families::mediatek_liteon
