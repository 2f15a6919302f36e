// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/commands.h"

#include <array>

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

constexpr auto kRead = ata::Effect::kReadOnly;
constexpr auto kCode = Evidence::kReadInCode;
constexpr std::array<uint8_t, 2> kSerial = {vendor::kStatusSerialLiteOn, vendor::kStatusSerialBenq};

constexpr ata::CommandRule kTaskFileRules[] = {
    {vendor::kIntro, vendor::kIntroLbaLow, kRead, kCode, "vendor mode: enter (2A/80)", true},
    // It erases enough of the flash that the drive no longer starts (drive-protocols 1.2).
    {vendor::kIntro, vendor::kEraseLbaLow, ata::Effect::kDestructive, kCode,
     "vendor mode: erase (2E/80)", true},
    {vendor::kSlimIntro, vendor::kSlimIntroLbaLow, kRead, kCode, "slim: enter (D9/89)", true},
    {vendor::kSlim2Intro, vendor::kSlim2IntroLbaLow, kRead, kCode, "slim2: enter (79/8D)", true},
    {vendor::kReadByte, std::nullopt, kRead, kCode, "vendor mode: read byte (00)"},
    {vendor::kSlimReadByte, std::nullopt, kRead, kCode, "slim: read byte (91)"},
    {vendor::kSlim2ReadByte, std::nullopt, kRead, kCode, "slim2: read byte (1F)"},
    {vendor::kWriteByte, std::nullopt, ata::Effect::kByteWrite, kCode,
     "vendor mode: write byte (01)"},
    {vendor::kSlimWriteByte, std::nullopt, ata::Effect::kByteWrite, kCode, "slim: write byte (68)"},
    {vendor::kSlim2WriteByte, std::nullopt, ata::Effect::kByteWrite, kCode,
     "slim2: write byte (52)"},
    {vendor::kSetLengths, std::nullopt, ata::Effect::kSpiLengths, kCode,
     "vendor mode: set lengths (04)"},
    {vendor::kRun, std::nullopt, ata::Effect::kSpiRun, kCode, "vendor mode: run (05)", false,
     kSerial},
    {vendor::kSlimRun, std::nullopt, ata::Effect::kSpiRun, kCode, "slim: run (1B)", false, kSerial},
    {vendor::kSlim2Run, std::nullopt, ata::Effect::kSpiRun, kCode, "slim2: run (C2)", false,
     kSerial},
    {vendor::kOutro, std::nullopt, kRead, kCode, "vendor mode: leave (81)", true},
    {vendor::kSlimOutro, std::nullopt, kRead, kCode, "slim: leave (F0)", true},
    {vendor::kSlim2Outro, std::nullopt, kRead, kCode, "slim2: leave (BE)", true},
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
