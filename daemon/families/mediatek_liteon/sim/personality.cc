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

// drive-protocols 1.2, 1.3 and 9.2 [C], one column a simulator::VendorSet; kNone: has none.
constexpr int kNone = -1;
struct OpCodes {
  uint8_t intro_lba_low = 0;
  uint8_t intro = 0;
  int erase_lba_low = kNone;
  int read_byte = kNone;
  int write_byte = kNone;
  int read_four = kNone;
  int set_lengths = kNone;  // none: the run takes the lengths
  int run = kNone;
  int outro = kNone;
};
constexpr OpCodes kOpCodes[] = {
    {0x2a, 0x80, 0x2e, 0x00, 0x01, 0x02, 0x04, 0x05, 0x81},
    {0xd9, 0x89, kNone, 0x91, 0x68, kNone, kNone, 0x1b, 0xf0},
    {0x79, 0x8d, kNone, 0x1f, 0x52, kNone, kNone, 0xc2, 0xbe},
};
constexpr uint8_t kBigEndianStatus = 0x73;  // its lengths have the high byte first (1.4)

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
  drive.state().hung = true;
  if (drive.serial() != nullptr) {
    drive.serial()->EraseFirstUnit(now);
    return;
  }
  const chips::ChipRow& row = drive.parallel()->row();
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
}

const OpCodes& OpsOf(Controller& drive) {
  return kOpCodes[static_cast<size_t>(drive.profile().vendor_set)];
}

// Lengths in features, count, LBA mid and LBA high (drive-protocols 1.4 [I]).
void TakeLengths(Controller& drive) {
  const auto pair = [&drive](Register first, Register second) {
    const uint8_t a = Reg(drive, first), b = Reg(drive, second);
    const bool big = drive.profile().vendor_status == kBigEndianStatus;
    return static_cast<uint16_t>(big ? a << 8 | b : b << 8 | a);
  };
  drive.serial()->SetLengths(pair(Register::kFeatures, Register::kSectorCount),
                             pair(Register::kLbaMid, Register::kLbaHigh));
}

// Vendor mode on a drive with serial flash; how long the command takes beyond its own time.
Nanos SerialCommand(Controller& drive, const OpCodes& ops, uint8_t command, int64_t now) {
  simulator::SerialFlash& flash = *drive.serial();
  const uint32_t address = AddressIn(drive) & 0xffff;
  if (command == ops.read_byte) {
    Reg(drive, Register::kLbaLow) = drive.WindowRead(address);
  } else if (command == ops.write_byte) {
    flash.Put(address, Reg(drive, Register::kLbaLow));
  } else if (command == ops.set_lengths) {
    TakeLengths(drive);
  } else if (command == ops.run) {
    if (ops.set_lengths == kNone) TakeLengths(drive);
    return flash.Run(now, drive.strikes().engine);
  }
  return Nanos{0};  // anything else is ignored [G]
}

// Vendor mode on a drive with parallel flash. 04 and 05 reach serial parts only; they and anything
// else are ignored [G]: false.
bool ParallelCommand(Controller& drive, const OpCodes& ops, uint8_t command, int64_t now) {
  const uint32_t address = AddressIn(drive);
  if (command == ops.read_byte) {
    Reg(drive, Register::kLbaLow) = drive.BusRead(address, now);
  } else if (command == ops.write_byte) {
    drive.BusWrite(address, Reg(drive, Register::kLbaLow), now);
  } else if (command == ops.read_four) {
    std::array<uint16_t, 4> bytes{};
    for (uint32_t i = 0; i < 4; ++i) bytes[i] = drive.BusRead(address + i, now);
    drive.OfferWords(static_cast<uint16_t>(bytes[0] | bytes[1] << 8),
                     static_cast<uint16_t>(bytes[2] | bytes[3] << 8));
  } else {
    return false;
  }
  return true;
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
    const OpCodes& ops = OpsOf(drive);
    if (command != ops.intro) return false;
    const int lba_low = Reg(drive, Register::kLbaLow);
    if (lba_low != ops.intro_lba_low && lba_low != ops.erase_lba_low) return false;
    if (lba_low == ops.erase_lba_low && drive.state().run == simulator::RunState::kRun) {
      EraseItself(drive, now);
    } else {
      drive.EnterVendor(now);
    }
    return true;
  }

  void VendorCommand(Controller& drive, uint8_t command, int64_t now) const override {
    const OpCodes& ops = OpsOf(drive);
    if (command == ops.outro) {
      drive.Reset(now);
      return;
    }
    Nanos work{0};
    if (drive.serial() != nullptr) {
      work = SerialCommand(drive, ops, command, now);
    } else if (!ParallelCommand(drive, ops, command, now)) {
      return;
    }
    drive.state().busy_until_ns = now + (drive.profile().timings.vendor_op + work).count();
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
