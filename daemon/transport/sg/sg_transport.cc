// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/completion.h"

namespace firmbench::transport {
namespace {

using scsi::Direction;

constexpr size_t kSenseBytes = 96;
constexpr Nanos kLongest = std::chrono::hours(1);
constexpr Nanos kShortest = std::chrono::milliseconds(1);  // 0 would be the kernel's own default

// A tray moves or a disc spins up.
constexpr Nanos kMechanical = std::chrono::seconds(60);
// A drive may erase before it answers. sg_write_buffer waits 300 s, too (sg3-utils 1.46) [C].
constexpr Nanos kMicrocode = std::chrono::seconds(300);
// Any other data-out: nothing is known of what the drive does with it.
constexpr Nanos kDataOut = std::chrono::seconds(60);

// What may be asked of a drive that nobody has identified yet. drive-protocols 9.5 [D].
bool AsksWhoItIs(const scsi::Command& command) {
  switch (command.cdb.opcode()) {
    case scsi::op::kTestUnitReady:
    case scsi::op::kRequestSense:
    case scsi::op::kInquiry:
    case scsi::op::kGetConfiguration:
    case scsi::op::kGetEventStatusNotification:
      return command.direction != Direction::kOut;
    default:
      return false;
  }
}

Error CameBack(uint8_t opcode) {
  return Unavailable("DRIVE_GONE", "the drive went away and came back: it may be another one")
      .WithOpcode(opcode)
      .WithRemedy("have it identified again, then repeat what was asked of it");
}

}  // namespace

Nanos SgTimeout(const scsi::Command& command) {
  Nanos least = kShortest;
  const uint8_t opcode = command.cdb.opcode();
  if (opcode == scsi::op::kWriteBuffer) {
    least = kMicrocode;
  } else if (command.direction == Direction::kOut) {
    least = kDataOut;
  } else if (opcode == scsi::op::kStartStopUnit) {
    least = kMechanical;
  }
  return std::clamp(command.timeout, least, kLongest);
}

Result<std::unique_ptr<SgTransport>> SgTransport::Open(Reopen reopen, scsi::Limits limits,
                                                       Clock& clock) {
  ASSIGN_OR_RETURN(Opened opened, reopen());
  return std::unique_ptr<SgTransport>(
      new SgTransport(std::move(opened), std::move(reopen), limits, clock));
}

SgTransport::SgTransport(Opened opened, Reopen reopen, scsi::Limits limits, Clock& clock)
    : node_(std::move(opened.node)),
      plug_(std::move(opened.plug)),
      reopen_(std::move(reopen)),
      limits_(limits),
      clock_(clock) {}

Status SgTransport::Check(const scsi::Command& command) const {
  const size_t length = command.cdb.length;
  if (length < 6 || length > command.cdb.bytes.size()) {
    return InvalidArgument("CDB_LENGTH", fmt::format("a command has 6 to 16 bytes, not {}", length))
        .WithOpcode(command.cdb.opcode());
  }
  const size_t bytes = scsi::AskedBytes(command);
  if (bytes > limits_.max_transfer_bytes) {
    return InvalidArgument("LIMIT_EXCEEDED",
                           fmt::format("this connection carries {} bytes per command, not {}",
                                       limits_.max_transfer_bytes, bytes))
        .WithOpcode(command.cdb.opcode())
        .With("maximum", std::to_string(limits_.max_transfer_bytes));
  }
  return Ok();
}

Status SgTransport::Refresh(const scsi::Command& command) {
  if (went_ && !AsksWhoItIs(command)) return CameBack(command.cdb.opcode());
  if (node_ != nullptr && !(written_ && command.direction == Direction::kIn)) return Ok();
  node_.reset();  // exclusive: the old one has to go before a new one can come
  auto opened = reopen_();
  went_ = went_ || (opened ? opened->plug != plug_ : opened.error().reason() == "DRIVE_GONE");
  if (!opened) return std::move(opened).error();
  node_ = std::move(opened->node);
  written_ = false;
  if (went_ && !AsksWhoItIs(command)) return CameBack(command.cdb.opcode());
  return Ok();
}

Result<scsi::Completion> SgTransport::Execute(const scsi::Command& command) {
  const Status ready = [&] {
    const Status fits = Check(command);
    return fits ? Refresh(command) : fits;
  }();
  if (!ready) {
    scsi::ClearStale(command.data_in, ready.error());
    return ready.error();
  }
  if (command.direction == Direction::kOut) written_ = true;
  auto result = Send(command);
  scsi::ClearStale(command.data_in, result);
  if (!result && result.error().reason() == "DRIVE_GONE") {
    node_.reset();
    went_ = true;
  }
  return result;
}

Result<scsi::Completion> SgTransport::Send(const scsi::Command& command) {
  scsi::Cdb cdb = command.cdb;
  std::array<uint8_t, kSenseBytes> sense{};
  const size_t bytes = scsi::AskedBytes(command);

  sg_io_hdr io{};
  io.interface_id = 'S';
  io.cmdp = cdb.bytes.data();
  io.cmd_len = cdb.length;
  io.sbp = sense.data();
  io.mx_sb_len = kSenseBytes;
  io.dxfer_direction = SG_DXFER_NONE;
  if (bytes > 0) {
    const bool in = command.direction == Direction::kIn;
    io.dxfer_direction = in ? SG_DXFER_FROM_DEV : SG_DXFER_TO_DEV;
    // The interface takes one pointer for both ways; it does not write to data that goes out.
    io.dxferp = in ? command.data_in.data() : const_cast<uint8_t*>(command.data_out.data());
    io.dxfer_len = static_cast<unsigned>(bytes);
  }
  io.timeout = static_cast<unsigned>(
      std::chrono::duration_cast<std::chrono::milliseconds>(SgTimeout(command)).count());

  const Nanos began = clock_.Monotonic();
  scsi::RawCompletion raw;
  raw.sys_errno = node_->Run(io);
  raw.duration = clock_.Monotonic() - began;
  if (raw.sys_errno == 0) {
    raw.scsi_status = io.status;
    raw.host_status = io.host_status;
    raw.driver_status = io.driver_status;
    raw.residual = io.resid;
    raw.sense = ByteView(sense).first(std::min<size_t>(io.sb_len_wr, sense.size()));
  }
  return scsi::Triage(command, raw);
}

}  // namespace firmbench::transport
