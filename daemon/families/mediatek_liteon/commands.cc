// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/commands.h"

namespace firmbench::families::mediatek_liteon {
namespace {

// clang-format off: one rule a line.
constexpr scsi::CdbRule kCdbRules[] = {
    {{0xdf, 0x83}, 2, scsi::Effect::kReadOnly, Evidence::kSecondHand, "read memory (DF 83)"},
    {{0xdf, 0x89}, 2, scsi::Effect::kReadOnly, Evidence::kSecondHand, "read EEPROM (DF 89)"},
    {{0x3c, 0x01, kEepromBufferId},
     3,
     scsi::Effect::kReadOnly,
     Evidence::kReadInCode,
     "read EEPROM (3C 01 E2)"},
    {{0x3b, 0x01, kEepromBufferId},
     3,
     scsi::Effect::kDestructive,
     Evidence::kHypothetical,
     "write EEPROM (3B 01 E2)"},
};

constexpr ata::CommandRule kTaskFileRules[] = {
    {vendor::kIntro, vendor::kIntroLbaLow, ata::Effect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: enter (2A/80)"},
    // Never sent by this family. Named, so that the gate knows it for what it is: it erases enough
    // of the flash that the drive no longer starts (drive-protocols 1.2).
    {vendor::kIntro, vendor::kEraseLbaLow, ata::Effect::kDestructive, Evidence::kReadInCode,
     "vendor mode: erase (2E/80)"},
    {vendor::kReadByte, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: read byte (00)"},
    {vendor::kWriteByte, std::nullopt, ata::Effect::kByteWrite, Evidence::kReadInCode,
     "vendor mode: write byte (01)"},
    {vendor::kOutro, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode,
     "vendor mode: leave (81)"},
    {command::kDeviceReset, std::nullopt, ata::Effect::kReadOnly, Evidence::kDocumented,
     "DEVICE RESET (08)"},
    {command::kIdentifyPacketDevice, std::nullopt, ata::Effect::kReadOnly, Evidence::kDocumented,
     "IDENTIFY PACKET DEVICE (A1)"},
    {command::kIdentifyDevice, std::nullopt, ata::Effect::kReadOnly, Evidence::kDocumented,
     "IDENTIFY DEVICE (EC)"},
};
// clang-format on

}  // namespace

std::span<const scsi::CdbRule> CdbRules() { return kCdbRules; }
std::span<const ata::CommandRule> TaskFileRules() { return kTaskFileRules; }

}  // namespace firmbench::families::mediatek_liteon
