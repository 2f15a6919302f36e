// SPDX-License-Identifier: Apache-2.0
// A drive behind a lying adapter is identified, by SCSI and then by ATA through a translator: for
// each command the input says how it ends, how much is claimed to be left over, and what comes;
// when the input is used up the drive is gone.
#include "daemon/scsi/identity.h"

#include <algorithm>
#include <cerrno>

#include "daemon/families/identify_packet.h"
#include "daemon/scsi/completion.h"

namespace {

using namespace firmbench;

class HostileDrive final : public scsi::Transport {
 public:
  explicit HostileDrive(ByteView input) : input_(input) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    FB_CHECK(++commands_ <= 64);
    FB_CHECK(command.direction != scsi::Direction::kOut);
    scsi::RawCompletion raw;
    if (input_.size() < 4) {
      raw.sys_errno = ENODEV;
      return scsi::Triage(command, raw);
    }
    const uint8_t how = input_[0];
    raw.residual = static_cast<int8_t>(input_[1]) * int64_t{how & 0x40 ? 1 << 20 : 1};
    // Four times as much where it says so: IDENTIFY is 512 bytes.
    const size_t length = std::min<size_t>(input_[2] * (how & 0x20 ? 4 : 1), input_.size() - 4);
    // Rarely anything but good, so that the parsers are reached.
    if ((how & 0x0f) == 1) raw.scsi_status = input_[3];
    if ((how & 0x0f) == 2) raw.host_status = input_[3];
    if ((how & 0x0f) == 3) raw.driver_status = input_[3];
    if ((how & 0x0f) == 4) raw.sys_errno = input_[3];
    const ByteView answer = input_.subspan(4, length);
    input_ = input_.subspan(4 + length);
    raw.sense = answer;
    std::copy_n(answer.begin(), std::min(answer.size(), command.data_in.size()),
                command.data_in.begin());
    return scsi::Triage(command, raw);
  }

  scsi::Limits limits() const override { return {}; }

 private:
  ByteView input_;
  int commands_ = 0;
};

// Text that is shown and goes into the ledger.
void RequireField(const std::string& text, size_t limit) {
  FB_CHECK(text.size() <= limit);
  for (const char c : text) FB_CHECK(c >= 0x20 && c <= 0x7e);
}

void CheckIdentify(HostileDrive& drive) {
  const auto said = families::ReadIdentifyPacket(drive);
  if (!said) {
    FB_CHECK(!said.error().reason().empty());
    return;
  }
  if (!*said) return;
  RequireField((*said)->serial, 20);
  RequireField((*said)->revision, 8);
  RequireField((*said)->model, 40);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  HostileDrive drive(ByteView(data, size));
  const auto identity = scsi::ReadIdentity(drive);
  if (!identity) {
    FB_CHECK(!identity.error().reason().empty());
    FB_CHECK(identity.error().drive_state() == DriveState::kUntouched);
    return 0;
  }
  FB_CHECK(identity->device_type == 5);
  FB_CHECK(identity->inquiry.size() >= 36 && identity->inquiry.size() <= 96);
  if (const auto serial = identity->serial()) {
    FB_CHECK(serial->size() >= 4);
    for (const char c : *serial) FB_CHECK(c >= 0x20 && c <= 0x7e && c != '?');
  }
  CheckIdentify(drive);
  return 0;
}
