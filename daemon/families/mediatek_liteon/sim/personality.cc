// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/sim/personality.h"

#include <algorithm>
#include <array>
#include <string>

#include "daemon/ata/task_file.h"
#include "daemon/chips/rows/geometry.h"
#include "daemon/families/mediatek_liteon/sim/profiles.h"
#include "daemon/families/mediatek_liteon/sim/vendor_commands.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/personality.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using ata::Register;
using simulator::Controller;
using simulator::DriveIdentity;
using simulator::Profile;

// drive-protocols 1.2 and 1.3 [C]: the classic variant.
constexpr uint8_t kIntro = 0x80;
constexpr uint8_t kIntroLbaLow = 0x2a;
constexpr uint8_t kEraseLbaLow = 0x2e;
constexpr uint8_t kReadByte = 0x00;
constexpr uint8_t kWriteByte = 0x01;
constexpr uint8_t kReadFour = 0x02;
constexpr uint8_t kOutro = 0x81;

constexpr uint8_t kLjmp = 0x02;  // the reset vector of an 8051 image (drive-protocols 6 [C])
constexpr size_t kBootBytes = chips::kBankBytes / 4;  // ID blocks are searched beyond it first [C]
constexpr size_t kIdBlockBytes = 8 + 8 + 16 + 4;
constexpr size_t kStampBytes = 16;
constexpr size_t kModelNameAt = 0x010;  // in the EEPROM [G]
constexpr size_t kModelNameBytes = 16;

uint8_t& Reg(Controller& drive, Register reg) {
  return drive.state().registers.value[static_cast<size_t>(reg)];
}

// Byte address of the ops: A19..A16 in the device register (parallel parts).
uint32_t AddressIn(Controller& drive) {
  return uint32_t{Reg(drive, Register::kLbaMid)} | uint32_t{Reg(drive, Register::kLbaHigh)} << 8 |
         (uint32_t{Reg(drive, Register::kDevice)} & 0x0f) << 16;
}

std::string Field(ByteView bytes) { return CleanField(bytes); }

// `05 80 00 [31|32] [1F|5B] 00 00 00`, then vendor, product, revision [C].
bool IsIdBlock(ByteView at) {
  return at[0] == 0x05 && at[1] == 0x80 && at[2] == 0x00 && (at[3] == 0x31 || at[3] == 0x32) &&
         (at[4] == 0x1f || at[4] == 0x5b) && at[5] == 0 && at[6] == 0 && at[7] == 0;
}

std::optional<DriveIdentity> IdentityFrom(ByteView flash, size_t start) {
  for (size_t at = start; at + kIdBlockBytes <= flash.size(); ++at) {
    if (flash[at] != 0x05 || !IsIdBlock(flash.subspan(at, kIdBlockBytes))) continue;
    const ByteView stamp = Slice(flash, at + kIdBlockBytes, kStampBytes);
    return DriveIdentity{Field(flash.subspan(at + 8, 8)), Field(flash.subspan(at + 16, 16)),
                         Field(flash.subspan(at + 32, 4)), Field(stamp), ""};
  }
  return std::nullopt;
}

// Lite-On's erase (drive-protocols 1.2 [C]): the firmware wipes enough of itself that the drive
// does not start any more, and hangs until it is switched off. How much is not known: here the
// first erase unit, or page [G].
void EraseItself(Controller& drive, int64_t now) {
  const chips::ChipRow& row = drive.chip().row();
  const bool words = row.unlock == chips::UnlockAddresses::kAaa_555;
  const uint32_t first = words ? 0xaaa : 0x5555;
  const uint32_t second = words ? 0x555 : 0x2aaa;
  const auto unlock = [&](uint8_t command) {
    drive.BusWrite(first, 0xaa, now);
    drive.BusWrite(second, 0x55, now);
    drive.BusWrite(first, command, now);
  };
  if (row.page_write()) {
    unlock(0xa0);
    for (uint32_t i = 0; i < row.page_bytes; ++i) drive.BusWrite(i, 0xff, now);
  } else {
    unlock(0x80);
    drive.BusWrite(first, 0xaa, now);
    drive.BusWrite(second, 0x55, now);
    drive.BusWrite(0, row.erase.front().command, now);
  }
  drive.state().hung = true;
}

class MediatekLiteon final : public simulator::Personality {
 public:
  std::string_view family() const override { return "mediatek_liteon"; }
  std::span<const Profile> profiles() const override { return sim::Profiles(); }

  std::optional<DriveIdentity> Boot(const Profile& profile, ByteView flash) const override {
    if (flash.empty() || flash[0] != kLjmp) return std::nullopt;
    std::optional<DriveIdentity> identity = IdentityFrom(flash, kBootBytes);
    if (!identity) identity = IdentityFrom(flash, 0);
    if (!identity && !profile.needs_id_block) identity = DriveIdentity{};
    return identity;
  }

  // The EEPROM names the model [P]; where is not publicly known: here in clear text at 0010, and
  // only the two models that can be made into each other look at it [G].
  bool EepromFits(std::string_view product, ByteView eeprom) const override {
    constexpr std::string_view kTwins[] = {"LDW-451S", "LDW-851S"};
    const std::string named = Field(Slice(eeprom, kModelNameAt, kModelNameBytes));
    const bool is_twin = std::find(std::begin(kTwins), std::end(kTwins), named) != std::end(kTwins);
    const bool for_twin = std::any_of(std::begin(kTwins), std::end(kTwins), [&](auto twin) {
      return product.find(twin) != std::string_view::npos;
    });
    return !is_twin || !for_twin || product.find(named) != std::string_view::npos;
  }

  bool Intro(Controller& drive, uint8_t command, int64_t now) const override {
    if (command != kIntro) return false;
    const uint8_t lba_low = Reg(drive, Register::kLbaLow);
    if (lba_low != kIntroLbaLow && lba_low != kEraseLbaLow) return false;
    if (lba_low == kEraseLbaLow && drive.state().run == simulator::RunState::kRun) {
      EraseItself(drive, now);
    } else {
      drive.EnterVendor(now);
    }
    return true;
  }

  void VendorCommand(Controller& drive, uint8_t command, int64_t now) const override {
    const uint32_t address = AddressIn(drive);
    switch (command) {
      case kReadByte:
        Reg(drive, Register::kLbaLow) = drive.BusRead(address, now);
        break;
      case kWriteByte:
        drive.BusWrite(address, Reg(drive, Register::kLbaLow), now);
        break;
      case kReadFour: {
        std::array<uint16_t, 4> bytes{};
        for (uint32_t i = 0; i < 4; ++i) bytes[i] = drive.BusRead(address + i, now);
        drive.OfferWords(static_cast<uint16_t>(bytes[0] | bytes[1] << 8),
                         static_cast<uint16_t>(bytes[2] | bytes[3] << 8));
        break;
      }
      case kOutro:
        drive.Reset(now);
        return;
      default:
        return;  // 04 and 05 reach serial parts only; anything else is ignored [G]
    }
    drive.state().busy_until_ns = now + drive.profile().timings.vendor_op.count();
  }

  std::optional<simulator::ScsiReply> Scsi(Controller& drive, ByteView cdb,
                                           ByteView data_out) const override {
    return sim::AnswerVendor(drive, cdb, data_out);
  }
};

}  // namespace

const simulator::Personality& SimPersonality() {
  static const MediatekLiteon* const personality = new MediatekLiteon;
  return *personality;
}

}  // namespace firmbench::families::mediatek_liteon
