// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/sim/personality.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "daemon/families/mediatek_mt1959/sim/firmware.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/personality.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

using simulator::Controller;
using simulator::DriveIdentity;
using simulator::Profile;
using simulator::ScsiReply;

constexpr uint8_t kWriteBuffer = 0x3b;
constexpr uint8_t kReadBuffer = 0x3c;
constexpr uint8_t kStart = 0x01;
constexpr uint8_t kFlash = 0x06;
constexpr uint8_t kFinish = 0x07;  // sent by some tools at the end, and without effect
constexpr size_t kStarted = 0;     // word of PersonalityState: a download was started

constexpr Nanos kProgramTime = std::chrono::seconds(20);  // of 2 MB [G]

constexpr uint16_t kBdRewriter[] = {0x0043, 0x0042, 0x0041, 0x0040, 0x001b, 0x001a, 0x0014,
                                    0x0013, 0x0011, 0x0010, 0x000a, 0x0009, 0x0008};

// drive-protocols 2.5 [C]; the revision is one of those reported [P], the chip a guess [G]: no host
// sees it.
constexpr Profile Drive(std::string_view model, std::string_view vendor, std::string_view product,
                        std::string_view revision) {
  Profile profile;
  profile.family = "mediatek_mt1959";
  profile.model = model;
  profile.vendor = vendor;
  profile.product = product;
  profile.revision = revision;
  profile.inquiry_additional_length = 0x5b;
  profile.buffer_kib = 4096;
  profile.mmc_profiles = kBdRewriter;
  profile.dvd = true;
  profile.serial_feature = true;
  profile.firmware_date = "20170801120000";
  profile.chip_part = "MX25L1605";
  profile.vendor_status = 0x72;  // a serial chip
  profile.firmware_bytes = sim::kFlashBytes;
  profile.eeprom.size_bytes = 0;
  profile.gate = simulator::Gate::kNever;
  return profile;
}
const Profile kProfiles[] = {
    Drive("BU40N", "HL-DT-ST", "BD-RE BU40N", "1.03"),
    Drive("BW-16D1HT", "ASUS", "BW-16D1HT", "3.02"),
};
constexpr std::string_view kBoards[] = {"BU5", "JB8"};  // in the order of the profiles

std::string_view BoardOf(const Profile& profile) {
  return profile.model == kProfiles[0].model ? kBoards[0] : kBoards[1];
}

// The flash as it is, but for the page that starts the drive, in whose place another is shown; and
// a read that begins at the configuration is of that alone.
ScsiReply ReadFlash(Controller& drive, uint32_t offset, uint32_t length) {
  if (offset > sim::kFlashBytes || length > sim::kFlashBytes - offset) {
    return ScsiReply::InvalidField();
  }
  if (offset == sim::kConfigAt && length > sim::kConfigBytes) return ScsiReply::InvalidField();
  Bytes data(length);
  for (uint32_t i = 0; i < length; ++i) {
    const uint32_t at = offset + i;
    data[i] = drive.FirmwareRead(at < sim::kBootPageBytes ? sim::kBootPageShown + at : at);
  }
  return ScsiReply::Good(std::move(data));
}

// What came is for this board and whole, or the drive goes on as it was.
ScsiReply Finish(Controller& drive) {
  const Bytes stream = std::exchange(drive.download(), Bytes());
  drive.state().personality.words[kStarted] = 0;
  const ByteView own = Slice(drive.flash(), sim::kConfigAt, sim::kConfigBytes);
  const ByteView sent = Slice(stream, sim::kConfigAt, sim::kConfigBytes);
  const bool for_us = std::equal(own.begin(), own.end(), sent.begin(), sent.end());
  if (!for_us || !sim::IdentityOf(stream)) return ScsiReply::InvalidField();
  const int64_t now = drive.state().last_ns;
  drive.FirmwareWrite(sim::kKeptBytes, ByteView(stream).subspan(sim::kKeptBytes), now,
                      kProgramTime);
  drive.RestartAt(now + kProgramTime.count());
  return ScsiReply::Good();
}

ScsiReply Download(Controller& drive, uint32_t offset, uint32_t length, ByteView data) {
  Bytes& so_far = drive.download();
  const bool fits = length == data.size() && length != 0 && offset == so_far.size() &&
                    length <= sim::kFlashBytes - offset;
  if (drive.state().personality.words[kStarted] == 0 || !fits) return ScsiReply::InvalidField();
  so_far.insert(so_far.end(), data.begin(), data.end());
  return so_far.size() == sim::kFlashBytes ? Finish(drive) : ScsiReply::Good();
}

class MediatekMt1959 final : public simulator::Personality {
 public:
  std::string_view family() const override { return "mediatek_mt1959"; }
  std::span<const Profile> profiles() const override { return kProfiles; }

  std::optional<Bytes> Firmware(const Profile& profile, std::string_view revision,
                                uint64_t seed) const override {
    return sim::BuildFirmware(profile, BoardOf(profile), revision, seed);
  }

  // Code that does not pass the check is not run. That the boot code then takes a download, and
  // what it calls itself, is inferred from the related MT1939 (drive-protocols 2.6).
  std::optional<DriveIdentity> Boot(const Profile& profile, ByteView flash) const override {
    auto identity = sim::IdentityOf(flash);
    if (identity || profile.boot_lost || !sim::HoldsBootCode(flash)) return identity;
    return DriveIdentity{std::string(profile.vendor), std::string(profile.product), "BOOT", "", ""};
  }

  std::optional<ScsiReply> Scsi(Controller& drive, ByteView cdb, ByteView data_out) const override {
    if (cdb[0] != kWriteBuffer && cdb[0] != kReadBuffer) return std::nullopt;
    if (cdb.size() < 10 || cdb[2] != 0) return ScsiReply::InvalidField();
    const uint32_t offset = LoadBe24(&cdb[3]);
    const uint32_t length = LoadBe24(&cdb[6]);
    if (cdb[0] == kReadBuffer) {
      return cdb[1] == kFlash ? ReadFlash(drive, offset, length) : ScsiReply::InvalidField();
    }
    if (cdb[1] == kFlash) return Download(drive, offset, length, data_out);
    if (cdb[1] == kFinish && length == 0) return ScsiReply::Good();
    if (cdb[1] != kStart || length != 0) return ScsiReply::InvalidField();
    drive.download().clear();
    drive.state().personality.words[kStarted] = 1;
    return ScsiReply::Good();
  }
};

}  // namespace

const simulator::Personality& SimPersonality() {
  static const MediatekMt1959* const personality = new MediatekMt1959;
  return *personality;
}

}  // namespace firmbench::families::mediatek_mt1959
