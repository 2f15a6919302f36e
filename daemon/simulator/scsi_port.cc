// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/scsi_port.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace firmbench::simulator {
namespace {

constexpr uint8_t kRequestSense = 0x03;
constexpr uint8_t kInquiry = 0x12;
constexpr uint8_t kGetConfiguration = 0x46;
constexpr uint8_t kGetEventStatus = 0x4a;

constexpr uint16_t kDidTimeOut = 0x03;  // Linux' SG_IO host status

// MMC-6 4.1.6.1 and SPC-4 5.14: these are answered whatever attention is due.
bool ReportsAttention(uint8_t opcode) {
  return opcode != kRequestSense && opcode != kInquiry && opcode != kGetConfiguration &&
         opcode != kGetEventStatus;
}

std::optional<ScsiReply> DueAttention(DriveState& state) {
  if (std::exchange(state.attention_reset, false)) return ScsiReply::Check(0x06, 0x29, 0x00);
  if (std::exchange(state.attention_microcode, false)) return ScsiReply::Check(0x06, 0x3f, 0x01);
  if (std::exchange(state.attention_medium, false)) return ScsiReply::Check(0x06, 0x28, 0x00);
  return std::nullopt;
}

ScsiReply Dispatch(Controller& drive, ByteView cdb, ByteView data_out) {
  if (drive.strikes().sense) return {drive.strikes().sense, {}, Nanos{0}};
  if (ReportsAttention(cdb[0])) {
    if (std::optional<ScsiReply> attention = DueAttention(drive.state())) return *attention;
    // drive-protocols 9.5: while it writes its own flash.
    if (drive.FirmwareWriting(drive.state().last_ns)) return ScsiReply::Check(0x02, 0x04, 0x07);
  }
  if (std::optional<ScsiReply> reply = AnswerMmc(drive, cdb)) return *std::move(reply);
  // The vendor's commands are the firmware's [I].
  if (drive.state().boot_code) return ScsiReply::UnknownOpcode();
  if (std::optional<ScsiReply> reply = drive.personality().Scsi(drive, cdb, data_out)) {
    return *std::move(reply);
  }
  return ScsiReply::UnknownOpcode();
}

Error TimedOut(uint8_t opcode) {
  return DeadlineExceeded("TRANSPORT_TIMEOUT", "the drive did not answer in time")
      .WithTransport({0, 0, kDidTimeOut, 0})
      .WithOpcode(opcode);
}

Error Refused(uint8_t opcode) {
  return Internal("TRANSPORT_ERROR", "the adapter does not carry this command")
      .WithTransport({EINVAL, 0, 0, 0})
      .WithOpcode(opcode);
}

// Waits, within the command's time, until the firmware runs. False: it will not.
bool WaitUntilRunning(Controller& drive, int64_t deadline, int64_t& now) {
  drive.Tick(now);
  while (drive.state().run != RunState::kRun) {
    const int64_t next = drive.NextEvent();
    if (next > deadline) return false;
    now = std::max(now, next);
    drive.Tick(now);
  }
  return !drive.state().hung && !drive.strikes().status;
}

scsi::Completion Complete(Controller& drive, const scsi::Command& command, ScsiReply reply,
                          Bytes& stale) {
  scsi::Completion completion;
  completion.sense = reply.sense;
  const bool in = command.direction == scsi::Direction::kIn;
  const size_t asked = in ? command.data_in.size() : command.data_out.size();
  if (reply.sense) {
    completion.status = scsi::ScsiStatus::kCheckCondition;
    if (in) std::copy_n(stale.begin(), std::min(stale.size(), asked), command.data_in.begin());
  } else if (in) {
    size_t moved = std::min(reply.data.size(), asked);
    if (drive.strikes().short_transfer) moved /= 2;
    std::copy_n(reply.data.begin(), moved, command.data_in.begin());
    completion.transferred = moved;
    stale.assign(command.data_in.begin(), command.data_in.end());
  } else {
    completion.transferred = asked;
    stale.assign(command.data_out.begin(), command.data_out.end());
  }
  completion.residual = asked - completion.transferred;
  return completion;
}

}  // namespace

ScsiReply AnswerCdb(Controller& drive, ByteView cdb, ByteView data_out, int64_t now) {
  ScsiReply reply = Dispatch(drive, cdb, data_out);
  drive.Tick(now);
  if (cdb[0] != kRequestSense) drive.state().last_sense = reply.sense.value_or(SenseInfo{});
  return reply;
}

Result<scsi::Completion> ExecuteCommand(Controller& drive, const scsi::Command& command,
                                        Bytes& stale, int64_t& now) {
  const uint8_t opcode = command.cdb.opcode();
  const size_t length = command.cdb.length;
  if (length < 6 || length > command.cdb.bytes.size()) return Refused(opcode);
  if (std::max(command.data_in.size(), command.data_out.size()) >
      drive.profile().max_transfer_bytes) {
    return Refused(opcode);
  }
  const int64_t began = now;
  const int64_t deadline = now + std::max<int64_t>(command.timeout.count(), 0);
  ++drive.counts().scsi_commands;
  drive.Tick(now);
  drive.BeforeCommand(opcode, now);
  if (!WaitUntilRunning(drive, deadline, now)) {
    now = deadline;
    // What was hung is reset by the kernel's error handling (drive-protocols 1.9), if anything
    // listens.
    if (drive.state().run == RunState::kRun) drive.Reset(now);
    drive.AfterCommand(opcode, now);
    return TimedOut(opcode);
  }
  const ByteView out = command.direction == scsi::Direction::kOut ? command.data_out : ByteView();
  ScsiReply reply = AnswerCdb(drive, command.cdb.view(), out, now);
  const DriveTimings& timings = drive.profile().timings;
  const size_t bytes = out.size() + std::min(reply.data.size(), command.data_in.size());
  now += timings.scsi_command.count() + reply.extra.count() +
         timings.scsi_byte.count() * static_cast<int64_t>(bytes);
  scsi::Completion completion = Complete(drive, command, std::move(reply), stale);
  completion.duration = Nanos(now - began);
  drive.AfterCommand(opcode, now);
  // Power that fails while a command is answered takes the answer with it.
  if (drive.state().run == RunState::kOff) {
    if (drive.state().plugged) now = deadline;
    return TimedOut(opcode);
  }
  return completion;
}

}  // namespace firmbench::simulator
