// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/sim/personality.h"

#include <algorithm>
#include <string>

#include "daemon/families/spc_write_buffer/sim/microcode.h"
#include "daemon/families/spc_write_buffer/sim/profiles.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/personality.h"

namespace firmbench::families::spc_write_buffer {
namespace {

using simulator::Controller;
using simulator::DriveIdentity;
using simulator::Profile;
using simulator::ScsiReply;

constexpr uint8_t kWriteBuffer = 0x3b;
constexpr uint8_t kReadBuffer = 0x3c;
constexpr uint8_t kActivate = 0x0f;
constexpr std::string_view kLoaderRevision = "LOAD";  // of boot code without firmware [G]

// Times of the drive's own flash [G].
constexpr Nanos kWriteTime = std::chrono::seconds(3);
constexpr Nanos kActivationTime = std::chrono::milliseconds(200);

// The drive takes what is whole and made for it.
std::optional<DriveIdentity> IdentityIn(const Profile& profile, ByteView bytes) {
  auto identity = sim::IdentityOf(bytes);
  const bool own =
      identity && identity->vendor == profile.vendor && identity->product == profile.product;
  return own ? std::move(identity) : std::nullopt;
}

ScsiReply Descriptor() {
  Bytes data(4);
  StoreBe24(&data[1], sim::kBufferBytes);
  data[0] = sim::kOffsetBoundary;
  return ScsiReply::Good(std::move(data));
}

// All of a download is there: what becomes of it is the mode's matter.
ScsiReply Finish(Controller& drive, const sim::Behaviour& behaviour) {
  const int64_t now = drive.state().last_ns;
  const Bytes microcode = std::exchange(drive.download(), Bytes());
  const auto identity = IdentityIn(drive.profile(), microcode);
  if (!identity) return ScsiReply::Check(0x05, 0x26, 0x00);
  if (!behaviour.saved) {
    drive.RunAs(*identity);
    return ScsiReply::Good();
  }
  drive.FirmwareWrite(0, microcode, now, kWriteTime);
  if (behaviour.starts) drive.RestartAt(now + kWriteTime.count());
  return ScsiReply::Good();
}

ScsiReply Download(Controller& drive, const sim::Behaviour& behaviour, ByteView cdb,
                   ByteView data) {
  const uint32_t offset = LoadBe24(&cdb[3]);
  Bytes& so_far = drive.download();
  if (data.size() != LoadBe24(&cdb[6]) || data.empty()) return ScsiReply::InvalidField();
  if (offset == 0) so_far.clear();
  const bool in_order = offset == so_far.size() && offset % (1u << sim::kOffsetBoundary) == 0;
  if (!in_order || (offset != 0 && !behaviour.pieces) || data.size() > sim::kBufferBytes - offset) {
    return ScsiReply::InvalidField();
  }
  so_far.insert(so_far.end(), data.begin(), data.end());
  const uint32_t whole = sim::SizeOf(so_far);
  if (whole == 0 || whole > drive.profile().firmware_bytes) {
    so_far.clear();
    return ScsiReply::Check(0x05, 0x26, 0x00);
  }
  return so_far.size() < whole ? ScsiReply::Good() : Finish(drive, behaviour);
}

class SpcWriteBuffer final : public simulator::Personality {
 public:
  std::string_view family() const override { return "spc_write_buffer"; }
  std::span<const Profile> profiles() const override { return sim::Profiles(); }

  std::optional<Bytes> Firmware(const Profile& profile, std::string_view revision,
                                uint64_t seed) const override {
    return sim::BuildMicrocode(profile, revision, seed);
  }

  // Boot code that lies elsewhere goes on where the firmware is not whole.
  std::optional<DriveIdentity> Boot(const Profile& profile, ByteView flash) const override {
    auto identity = IdentityIn(profile, Slice(flash, 0, profile.firmware_bytes));
    if (identity || profile.boot_lost) return identity;
    return DriveIdentity{std::string(profile.vendor), std::string(profile.product),
                         std::string(kLoaderRevision), "", ""};
  }

  std::optional<ScsiReply> Scsi(Controller& drive, ByteView cdb, ByteView data_out) const override {
    if (cdb[0] != kWriteBuffer && cdb[0] != kReadBuffer) return std::nullopt;
    if (cdb.size() < 10 || cdb[2] != 0) return ScsiReply::InvalidField();
    if (cdb[0] == kReadBuffer) {
      return (cdb[1] & 0x1f) == 0x03 ? Descriptor() : ScsiReply::InvalidField();
    }
    const sim::Behaviour behaviour = sim::BehaviourOf(drive.profile());
    if (cdb[1] == kActivate && behaviour.activate) {
      drive.RestartAt(drive.state().last_ns + kActivationTime.count());
      return ScsiReply::Good();
    }
    if (cdb[1] != behaviour.mode) return ScsiReply::InvalidField();
    return Download(drive, behaviour, cdb, data_out);
  }
};

}  // namespace

const simulator::Personality& SimPersonality() {
  static const SpcWriteBuffer* const personality = new SpcWriteBuffer;
  return *personality;
}

}  // namespace firmbench::families::spc_write_buffer
