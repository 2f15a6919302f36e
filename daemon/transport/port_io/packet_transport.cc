// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/packet_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/completion.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;

// ATA/ATAPI-5 7.15 and 9.8.
constexpr uint8_t kBusy = 0x80;
constexpr uint8_t kDataRequest = 0x08;
constexpr uint8_t kCheck = 0x01;
constexpr uint8_t kNoDevice[] = {0xff, 0x7f};  // nothing drives the bus
constexpr uint8_t kReasonCommand = 0x01;       // interrupt reason, C/D
constexpr uint8_t kReasonToHost = 0x02;        // interrupt reason, I/O
constexpr uint8_t kPacket = 0xa0;
constexpr uint8_t kDeviceReset = 0x08;
constexpr size_t kPacketBytes = 12;
// The largest even number that the two byte count registers hold.
constexpr uint16_t kByteCountLimit = 0xfffe;
// A drive that never stops asking for data is broken.
constexpr int kMostBlocks = 1 << 16;

// Linux' names for how a host adapter ended a command (include/scsi/scsi_status.h).
constexpr uint16_t kNoConnect = 0x01;
constexpr uint16_t kTimeOut = 0x03;
constexpr uint16_t kAdapterError = 0x07;

constexpr Nanos kSelectLimit = std::chrono::seconds(5);
constexpr Nanos kResetLimit = std::chrono::seconds(5);
constexpr Nanos kSenseLimit = std::chrono::seconds(5);
constexpr size_t kSenseBytes = 18;

ata::WaitLimits Within(Nanos limit) {
  return {.max_polls = std::numeric_limits<uint32_t>::max(), .max_time = limit};
}

}  // namespace

PacketTransport::PacketTransport(std::unique_ptr<ata::TaskFile> task_file, bool second_device,
                                 Clock& clock)
    : task_file_(std::move(task_file)), device_(second_device ? 0xb0 : 0xa0), clock_(clock) {}

Result<scsi::Completion> PacketTransport::Execute(const scsi::Command& command) {
  if (command.cdb.length > kPacketBytes) {
    return InvalidArgument("CDB_TOO_LONG", "a drive on an IDE port takes commands of 12 bytes");
  }
  const Nanos begun = clock_.Monotonic();
  const size_t asked = command.direction == scsi::Direction::kIn    ? command.data_in.size()
                       : command.direction == scsi::Direction::kOut ? command.data_out.size()
                                                                    : 0;
  const Ended ended = Send(command);
  std::array<uint8_t, kSenseBytes> sense{};
  size_t sense_bytes = 0;
  if (ended.host_status == kTimeOut) {
    ResetDevice();
  } else if (ended.scsi_status == static_cast<uint8_t>(scsi::ScsiStatus::kCheckCondition)) {
    scsi::Command request;
    request.cdb.bytes = {scsi::op::kRequestSense, 0, 0, 0, kSenseBytes, 0};
    request.cdb.length = 6;
    request.direction = scsi::Direction::kIn;
    request.data_in = sense;
    request.timeout = kSenseLimit;
    const Ended fetched = Send(request);
    if (fetched.host_status == 0 && fetched.scsi_status == 0) sense_bytes = fetched.moved;
  }
  scsi::RawCompletion raw;
  raw.scsi_status = ended.scsi_status;
  raw.host_status = ended.host_status;
  raw.residual = static_cast<int64_t>(asked - ended.moved);
  raw.sense = ByteView(sense).first(sense_bytes);
  raw.duration = clock_.Monotonic() - begun;
  auto result = scsi::Triage(command, raw);
  scsi::ClearStale(command.data_in, result);
  return result;
}

// The status once the drive is not busy.
Result<uint8_t> PacketTransport::WaitIdle(Nanos limit) {
  Access wait[] = {Access::WaitClear(Register::kStatus, kBusy)};
  RETURN_IF_ERROR(task_file_->Run(wait, Within(limit)));
  return static_cast<uint8_t>(wait[0].value16);
}

PacketTransport::Ended PacketTransport::Send(const scsi::Command& command) {
  // Read once more than needed: 400 ns for the drive to answer as selected.
  Access select[] = {Access::Write(Register::kDevice, device_), Access::Read(Register::kControl),
                     Access::Read(Register::kStatus)};
  if (!task_file_->Run(select)) return {.host_status = kAdapterError};
  const auto at_first = static_cast<uint8_t>(select[2].value16);
  if (std::find(std::begin(kNoDevice), std::end(kNoDevice), at_first) != std::end(kNoDevice)) {
    return {.host_status = kNoConnect};
  }
  Access idle[] = {Access::WaitClear(Register::kStatus, kBusy | kDataRequest)};
  if (!task_file_->Run(idle, Within(kSelectLimit))) return {.host_status = kTimeOut};
  Access packet[] = {Access::Write(Register::kFeatures, 0),
                     Access::Write(Register::kSectorCount, 0),
                     Access::Write(Register::kLbaMid, kByteCountLimit & 0xff),
                     Access::Write(Register::kLbaHigh, kByteCountLimit >> 8),
                     Access::Write(Register::kCommand, kPacket),
                     Access::Read(Register::kControl),
                     Access::WaitClear(Register::kStatus, kBusy)};
  if (!task_file_->Run(packet, Within(kSelectLimit))) return {.host_status = kTimeOut};
  const auto status = static_cast<uint8_t>(packet[6].value16);
  if ((status & kDataRequest) == 0) {
    // Aborted before it took the command: an ATA device, or one that does not speak PACKET.
    return {.host_status = status == 0 ? kNoConnect : kAdapterError};
  }
  std::array<Access, kPacketBytes / 2> words;
  for (size_t i = 0; i < words.size(); ++i) {
    words[i].kind = Access::Kind::kWriteData16;
    words[i].reg = Register::kData;
    words[i].value16 =
        static_cast<uint16_t>(command.cdb.bytes[2 * i + 1] << 8 | command.cdb.bytes[2 * i]);
  }
  if (!task_file_->Run(words)) return {.host_status = kAdapterError};
  return MoveData(command);
}

PacketTransport::Ended PacketTransport::MoveData(const scsi::Command& command) {
  const Nanos deadline = clock_.Monotonic() + command.timeout;
  size_t moved = 0;
  for (int block = 0; block < kMostBlocks; ++block) {
    const Nanos left = deadline - clock_.Monotonic();
    const auto status = WaitIdle(std::max(left, Nanos{0}));
    if (!status) return {.host_status = kTimeOut, .moved = moved};
    if ((*status & kDataRequest) == 0) {
      const bool check = (*status & kCheck) != 0;
      return {.scsi_status = static_cast<uint8_t>(check ? scsi::ScsiStatus::kCheckCondition
                                                        : scsi::ScsiStatus::kGood),
              .moved = moved};
    }
    Access ask[] = {Access::Read(Register::kSectorCount), Access::Read(Register::kLbaMid),
                    Access::Read(Register::kLbaHigh)};
    if (!task_file_->Run(ask)) return {.host_status = kAdapterError, .moved = moved};
    const auto reason = static_cast<uint8_t>(ask[0].value16);
    const size_t bytes = (ask[2].value16 & 0xffu) << 8 | (ask[1].value16 & 0xffu);
    const bool to_host = (reason & kReasonToHost) != 0;
    const bool expected = to_host ? command.direction == scsi::Direction::kIn
                                  : command.direction == scsi::Direction::kOut;
    if ((reason & kReasonCommand) != 0 || bytes == 0 || !expected) {
      ResetDevice();
      return {.host_status = kAdapterError, .moved = moved};
    }
    if (!MoveBlock(command, bytes, moved)) return {.host_status = kAdapterError, .moved = moved};
  }
  ResetDevice();
  return {.host_status = kAdapterError, .moved = moved};
}

// What the drive sends beyond what was asked for is taken and dropped; what it wants beyond what we
// have is zeros. An odd count moves one byte more on the bus (ATA/ATAPI-5 9.8).
bool PacketTransport::MoveBlock(const scsi::Command& command, size_t block_bytes, size_t& moved) {
  const bool in = command.direction == scsi::Direction::kIn;
  const size_t total = in ? command.data_in.size() : command.data_out.size();
  std::vector<Access> words((block_bytes + 1) / 2, Access::ReadData16());
  if (!in) {
    for (size_t i = 0; i < words.size(); ++i) {
      const size_t at = moved + 2 * i;
      const uint8_t low = at < total ? command.data_out[at] : uint8_t{0};
      const uint8_t high = at + 1 < total ? command.data_out[at + 1] : uint8_t{0};
      words[i].kind = Access::Kind::kWriteData16;
      words[i].value16 = static_cast<uint16_t>(high << 8 | low);
    }
  }
  if (!task_file_->Run(words)) return false;
  const size_t used = std::min(block_bytes, total - moved);
  if (in) {
    for (size_t i = 0; i < used; ++i) {
      const uint16_t word = words[i / 2].value16;
      command.data_in[moved + i] = static_cast<uint8_t>(i % 2 == 0 ? word & 0xff : word >> 8);
    }
  }
  moved += used;
  return true;
}

void PacketTransport::ResetDevice() {
  Access reset[] = {Access::Write(Register::kDevice, device_),
                    Access::Write(Register::kCommand, kDeviceReset),
                    Access::Read(Register::kControl), Access::WaitClear(Register::kStatus, kBusy)};
  task_file_->Run(reset, Within(kResetLimit))
      .IgnoreError("the next command says whether the drive is back");
}

}  // namespace firmbench::transport
