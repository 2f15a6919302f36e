// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/scsi/commands.h"

namespace firmbench::families::spc_write_buffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kPoll = milliseconds(200);
constexpr Nanos kActivation = seconds(1);  // between what starts other microcode and its start [G]
// Of one piece; the drive may erase and write its flash with the last one [G].
constexpr Nanos kPieceTimeout = seconds(180);
constexpr uint32_t kPreferredPiece = 4096;  // what is gained by more is lost in progress [G]
constexpr uint8_t kOnlyOffsetZero = 0xff;   // SPC-4 6.18.5

// SPC-4 4.5.6: microcode has been changed.
bool SaysMicrocodeChanged(const SenseInfo& sense) {
  return sense.key == 0x06 && sense.asc == 0x3f && sense.ascq == 0x01;
}

Error TooLarge(std::string why) {
  return FailedPrecondition("MICROCODE_TOO_LARGE", std::move(why))
      .WithRemedy("attach the drive to a connection that carries more in one command");
}

}  // namespace

Error NotReadable() {
  return FailedPrecondition("MEMORY_NOT_READABLE",
                            "the standard has no command that reads microcode back")
      .WithRemedy("an external programmer on the flash chip reads it");
}

Result<Bytes> SpcSession::Read(Memory /*memory*/, const ReadPlan& /*plan*/,
                               Observer& /*observer*/) {
  return NotReadable();
}

Status SpcSession::ReadInUpdateMode(uint32_t /*offset*/, std::span<uint8_t> /*out*/) {
  return NotReadable();
}

// There is no such mode: what is asked is what the drive's buffer takes.
Status SpcSession::EnterUpdateMode(Observer& /*observer*/) {
  if (access_.scsi == nullptr) {
    return FailedPrecondition("NO_SCSI", "microcode is downloaded with SCSI commands")
        .WithRemedy("attach the drive to a connection that carries SCSI commands");
  }
  RETURN_IF_ERROR(Settle(row_.back_limit));
  ASSIGN_OR_RETURN(buffer_, scsi::ReadBufferDescriptor(*access_.scsi, row_.buffer_id));
  return Ok();
}

Result<uint32_t> SpcSession::PieceBytes(size_t whole) const {
  if (!buffer_) return FailedPrecondition("NOT_IN_UPDATE_MODE", "the buffer was not looked at");
  if (whole > buffer_->capacity_bytes) {
    return TooLarge(fmt::format("the drive's buffer takes {} bytes, the microcode has {}",
                                buffer_->capacity_bytes, whole));
  }
  const size_t most = access_.scsi->limits().max_transfer_bytes;
  constexpr uint8_t kLargestBoundary = 23;  // offsets have 24 bits
  const bool pieces = TakesPieces(row_.mode) && buffer_->offset_boundary <= kLargestBoundary;
  if (!pieces || buffer_->offset_boundary == kOnlyOffsetZero) {
    if (whole <= most) return static_cast<uint32_t>(whole);
    return TooLarge(fmt::format(
        "the drive takes all {} bytes in one command, this connection carries {}", whole, most));
  }
  const uint32_t boundary = uint32_t{1} << buffer_->offset_boundary;
  if (boundary > most) {
    return TooLarge(fmt::format("the drive takes pieces of {} bytes, this connection carries {}",
                                boundary, most));
  }
  return std::max(boundary, kPreferredPiece < most ? kPreferredPiece : boundary);
}

Status SpcSession::CheckWrite(ByteView /*current*/, ByteView target) {
  RETURN_IF_ERROR(PieceBytes(target.size()));
  return Ok();
}

Status SpcSession::Write(const WritePlan& plan, ByteView /*current*/, ByteView target,
                         WriteReport& report, Observer& observer) {
  if (!access_.simulated && row_.info->evidence == Evidence::kHypothetical) {
    return FailedPrecondition("HYPOTHETICAL_COMMAND", std::string(row_.write_missing));
  }
  if (plan.units.size() != 1 || plan.units[0].offset != 0 ||
      plan.units[0].length != target.size() || target.size() != row_.info->firmware_bytes) {
    return InvalidArgument("PLAN_MISMATCH", "a download is of all of the microcode or of nothing");
  }
  // A write is never sent twice, so what the drive wants to say of its past is heard before.
  RETURN_IF_ERROR(Settle(row_.back_limit));
  microcode_changed_ = false;
  RETURN_IF_ERROR(Download(target, report, observer));
  return row_.activation == Activation::kByCommand ? Activate() : Status(Ok());
}

Status SpcSession::Download(ByteView microcode, WriteReport& report, Observer& observer) {
  ASSIGN_OR_RETURN(const uint32_t piece, PieceBytes(microcode.size()));
  for (size_t offset = 0; offset < microcode.size(); offset += piece) {
    const ByteView data =
        microcode.subspan(offset, std::min<size_t>(piece, microcode.size() - offset));
    write_begun_ = true;
    const Status taken =
        scsi::WriteBuffer(*access_.scsi, row_.mode, row_.buffer_id, static_cast<uint32_t>(offset),
                          data, kPieceTimeout, row_.mode_specific);
    if (!taken) {
      // What the drive makes of a part of a download is the vendor's.
      return offset == 0 ? taken : Error(taken.error()).WithDriveState(DriveState::kUnknown);
    }
    report.bytes_programmed += data.size();
    observer.Progress(report.bytes_programmed, microcode.size());
  }
  return Ok();
}

Status SpcSession::Activate() {
  // The drive may still be writing what it took; a command that changes something is sent once.
  if (const Status done = Settle(row_.back_limit); !done) {
    return Error(done.error()).WithDriveState(DriveState::kUnknown);
  }
  const Status activated =
      scsi::WriteBuffer(*access_.scsi, scsi::WriteBufferMode::kActivateDeferredMicrocode,
                        row_.buffer_id, 0, {}, kPieceTimeout);
  if (activated) return Ok();
  return Error(activated.error()).WithDriveState(DriveState::kUnknown);
}

Status SpcSession::LeaveUpdateMode(Observer& observer) {
  buffer_.reset();
  if (!write_begun_) return Ok();
  if (row_.activation == Activation::kByPowerCycle) {
    // Not while it writes its flash.
    Status done = Settle(row_.back_limit);
    if (!done) return std::move(done).error().WithDriveState(DriveState::kUnknown);
    done =
        observer.Prompt({.kind = "power_cycle",
                         .text = "Switch the drive off, wait five seconds, and switch it on again: "
                                 "its new firmware starts only then."});
    if (!done) return Error(done.error()).WithDriveState(DriveState::kUnknown);
  }
  // Until it starts anew the drive may answer as before.
  access_.clock->SleepFor(kActivation);
  const Status settled = Settle(row_.back_limit);
  if (settled) return Ok();
  return Error(settled.error()).WithDriveState(DriveState::kUnknown);
}

Status SpcSession::BringBack(Nanos limit) {
  buffer_.reset();
  return access_.scsi == nullptr ? Status(Ok()) : Settle(limit);
}

std::string SpcSession::Witness() const {
  return microcode_changed_ ? "the drive said that its microcode has changed (06/3F/01)" : "";
}

// Every UNIT ATTENTION is heard and the drive no longer busy. No disc is fine.
Status SpcSession::Settle(Nanos limit) {
  const Nanos deadline = access_.clock->Monotonic() + limit;
  while (true) {
    const auto answer = access_.scsi->Execute({.cdb = scsi::cdb::TestUnitReady(),
                                               .data_in = {},
                                               .data_out = {},
                                               .timeout = scsi::kShortTimeout});
    if (answer && answer->good()) return Ok();
    if (!answer && answer.error().reason() == "DRIVE_GONE") return answer.error();
    const bool said = answer && answer->sense.has_value();
    if (said && SaysMicrocodeChanged(*answer->sense)) microcode_changed_ = true;
    const bool attention = said && answer->sense->key == 0x06;
    const bool busy = said && answer->sense->key == 0x02 && answer->sense->asc == 0x04;
    if (said && !attention && !busy) return Ok();
    if (access_.clock->Monotonic() >= deadline) {
      return Unavailable("DRIVE_NOT_BACK",
                         fmt::format("the drive takes no commands within {} s",
                                     std::chrono::duration_cast<seconds>(limit).count()))
          .WithRemedy("switch the drive off and on and look at it again");
    }
    if (!attention) access_.clock->SleepFor(kPoll);
  }
}

}  // namespace firmbench::families::spc_write_buffer
