// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_mt1959/commands.h"
#include "daemon/families/mediatek_mt1959/image_rules.h"
#include "daemon/families/mediatek_mt1959/layout.h"
#include "daemon/scsi/commands.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanos kPoll = milliseconds(500);
constexpr Nanos kPieceTimeout = seconds(60);  // the last one may wait for the flash [G]
constexpr uint8_t kBufferId = 0;
constexpr int kReadyAnswers = 2;  // drive-protocols 2.5 [C]

Error NoScsi() {
  return FailedPrecondition("NO_SCSI", "these drives are read and written with SCSI commands")
      .WithRemedy("attach the drive to a connection that carries SCSI commands");
}

// A refused read means that the drive has no such way; other errors stand.
Error ReadError(Error error, uint32_t offset) {
  if (error.reason() != "DRIVE_REFUSED") return error;
  Error out = FailedPrecondition("MEMORY_NOT_READABLE",
                                 fmt::format("the drive does not show its flash at {:06x}: {}",
                                             offset, error.message()))
                  .WithRemedy("its firmware may have shut the read; nothing is written then");
  if (error.sense()) return std::move(out).WithSense(*error.sense());
  return out;
}

}  // namespace

// A read that would reach over the configuration is split, because the drive gives that alone.
Status Mt1959Session::ReadAt(uint32_t offset, std::span<uint8_t> out) {
  while (!out.empty()) {
    size_t length = std::min<size_t>(out.size(), kPieceBytes);
    for (const uint32_t border : {kConfigAt, kConfigAt + kConfigBytes}) {
      if (offset < border) length = std::min<size_t>(length, border - offset);
    }
    const auto read = scsi::Run(*access_.scsi,
                                {.cdb = ReadFlash(offset, static_cast<uint32_t>(length)),
                                 .direction = scsi::Direction::kIn,
                                 .data_in = out.first(length),
                                 .data_out = {},
                                 .timeout = scsi::kShortTimeout},
                                length, "read flash (3C 06)");
    if (!read) return ReadError(read.error(), offset);
    offset += static_cast<uint32_t>(length);
    out = out.subspan(length);
  }
  return Ok();
}

Result<Bytes> Mt1959Session::Read(Memory memory, const ReadPlan& plan, Observer& observer) {
  if (access_.scsi == nullptr) return NoScsi();
  if (memory != Memory::kFirmware) {
    return FailedPrecondition("MEMORY_NOT_READABLE", "no other memory of these drives is known");
  }
  RETURN_IF_ERROR(WaitReady(row_.back_limit));
  const uint32_t chunk =
      plan.chunk_bytes == 0 ? kPieceBytes : std::clamp<uint32_t>(plan.chunk_bytes, 1, kFlashBytes);
  const uint32_t pieces = (kFlashBytes + chunk - 1) / chunk;
  Bytes bytes(kFlashBytes);
  uint64_t done = 0;
  for (uint32_t i = 0; i < pieces; ++i) {
    if (observer.cancelled()) return Cancelled("JOB_CANCELLED", "cancelled while reading");
    const uint32_t piece = plan.order == ReadOrder::kAscending ? i : pieces - 1 - i;
    const uint32_t offset = piece * chunk;
    const uint32_t length = std::min(chunk, kFlashBytes - offset);
    RETURN_IF_ERROR(ReadAt(offset, std::span(bytes).subspan(offset, length)));
    done += length;
    observer.Progress(done, kFlashBytes);
  }
  return bytes;
}

// There is no such mode before the first destructive command. The drive's board is looked at.
Status Mt1959Session::EnterUpdateMode(Observer& /*observer*/) {
  if (access_.scsi == nullptr) return NoScsi();
  RETURN_IF_ERROR(WaitReady(row_.back_limit));
  Bytes config(kConfigBytes);
  RETURN_IF_ERROR(ReadAt(kConfigAt, config));
  return CheckConfig(row_, config, "drive");
}

Status Mt1959Session::ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) {
  if (access_.scsi == nullptr) return NoScsi();
  if (offset > kFlashBytes || out.size() > kFlashBytes - offset) {
    return InvalidArgument("ADDRESS_OUT_OF_REACH",
                           fmt::format("the flash has {:x} bytes, not {:x}", kFlashBytes,
                                       uint64_t{offset} + out.size()));
  }
  return ReadAt(offset, out);
}

Status Mt1959Session::CheckWrite(ByteView current, ByteView target) {
  const ByteView config = Slice(current, kConfigAt, kConfigBytes);
  RETURN_IF_ERROR(CheckConfig(row_, config, "drive"));
  const ByteView kept = Slice(target, kConfigAt, kConfigBytes);
  if (std::equal(config.begin(), config.end(), kept.begin(), kept.end())) return Ok();
  return InvalidArgument("PLAN_MISMATCH", "the board's own configuration would not be kept");
}

Status Mt1959Session::Write(const WritePlan& plan, ByteView current, ByteView target,
                            WriteReport& report, Observer& observer) {
  if (access_.scsi == nullptr) return NoScsi();
  if (plan.units.empty() || current.size() != kFlashBytes || target.size() != kFlashBytes) {
    return InvalidArgument("PLAN_MISMATCH", "a download is of all of the firmware or of nothing");
  }
  RETURN_IF_ERROR(CheckWrite(current, target));
  // A write is never sent twice, so what the drive wants to say of its past is heard before.
  RETURN_IF_ERROR(WaitReady(row_.back_limit));
  // The part that the drive keeps is not sent, but for the board's configuration, by which the
  // drive knows that the rest is for it.
  Bytes stream(target.begin(), target.end());
  std::fill_n(stream.begin(), kKeptBytes, uint8_t{0xff});
  std::copy_n(target.begin() + kConfigAt, kConfigBytes, stream.begin() + kConfigAt);
  RETURN_IF_ERROR(scsi::WriteBuffer(*access_.scsi, scsi::WriteBufferMode::kVendorSpecific,
                                    kBufferId, 0, {}, kPieceTimeout));
  write_begun_ = true;
  for (uint32_t offset = 0; offset < kFlashBytes; offset += kPieceBytes) {
    const Status taken =
        scsi::WriteBuffer(*access_.scsi, scsi::WriteBufferMode::kDownloadMicrocodeWithOffsets,
                          kBufferId, offset, Slice(stream, offset, kPieceBytes), kPieceTimeout);
    // Only the last piece makes the drive write its flash, but nobody has seen that proven.
    if (!taken) return Error(taken.error()).WithDriveState(DriveState::kUnknown);
    report.bytes_programmed = offset + kPieceBytes;
    observer.Progress(report.bytes_programmed, kFlashBytes);
  }
  return Ok();
}

Status Mt1959Session::LeaveUpdateMode(Observer& /*observer*/) {
  if (!write_begun_) return Ok();
  const Status back = WaitReady(row_.back_limit);
  if (back) return Ok();
  return Error(back.error()).WithDriveState(DriveState::kUnknown);
}

Status Mt1959Session::BringBack(Nanos limit) {
  return access_.scsi == nullptr ? Status(Ok()) : WaitReady(limit);
}

// No disc is fine. While it writes its flash the drive is busy, and then it starts again.
Status Mt1959Session::WaitReady(Nanos limit) {
  const Nanos deadline = access_.clock->Monotonic() + limit;
  int ready = 0;
  while (true) {
    const Result<scsi::Readiness> answer = scsi::TestUnitReady(*access_.scsi);
    if (!answer && answer.error().reason() == "DRIVE_GONE") return answer.error();
    const bool calm =
        answer && *answer != scsi::Readiness::kAttention && *answer != scsi::Readiness::kInBetween;
    ready = calm ? ready + 1 : 0;
    if (ready == kReadyAnswers) return Ok();
    if (access_.clock->Monotonic() >= deadline) {
      return Unavailable("DRIVE_NOT_BACK",
                         fmt::format("the drive is not ready within {} s",
                                     std::chrono::duration_cast<seconds>(limit).count()))
          .WithRemedy("switch the drive off and on and look at it again");
    }
    // An attention is said once, so the next answer is not waited for; nor, where nothing was
    // written, the second good one.
    const bool attention = answer && *answer == scsi::Readiness::kAttention;
    if (!attention && (!calm || write_begun_)) access_.clock->SleepFor(kPoll);
  }
}

}  // namespace firmbench::families::mediatek_mt1959
