// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/sense.h"

namespace firmbench::scsi {
namespace {

// Linux host status codes (include/scsi/scsi_status.h).
enum HostStatus : uint16_t {
  kDidOk = 0x00,
  kDidNoConnect = 0x01,
  kDidTimeOut = 0x03,
  kDidBadTarget = 0x04,
};

// Driver status, low nibble.
enum DriverStatus : uint16_t {
  kDriverOk = 0x0,
  kDriverTimeout = 0x6,
  kDriverSense = 0x8,  // not a failure: sense data is there
};

bool CannotChangeMemory(const Command& command) {
  if (command.direction == Direction::kIn) return true;
  if (command.direction == Direction::kOut) return false;
  switch (command.cdb.opcode()) {
    case op::kTestUnitReady:
    case op::kStartStopUnit:
    case op::kPreventAllowMediumRemoval:
      return true;
    default:
      return false;
  }
}

// Carries what every transport error of this command has in common.
class Judge {
 public:
  Judge(const Command& command, const RawCompletion& raw)
      : command_(command), raw_(raw), sense_(DecodeSense(raw.sense)) {}

  const std::optional<SenseInfo>& sense() const { return sense_; }

  Error Timeout() const {
    return Finish(DeadlineExceeded("TRANSPORT_TIMEOUT", "the drive did not answer in time"), false)
        .WithRemedy("check the cable and the power of the drive, then look at it again");
  }
  Error Gone() const {
    return Finish(Unavailable("DRIVE_GONE", "the drive is no longer there"), false)
        .WithRemedy("check the cable and the power of the drive");
  }
  Error Denied() const {
    return Finish(Error(Code::kPermissionDenied, "TRANSPORT_DENIED",
                        "the kernel does not let this process send the command"),
                  true)
        .WithRemedy("open the drive by its sg device and give the daemon's user access to it");
  }
  Error Broken(std::string message) const {
    return Finish(Unavailable("TRANSPORT_ERROR", std::move(message)), false)
        .WithRemedy("check the cable; if the drive is behind a bridge, try another one");
  }

 private:
  Error&& Finish(Error&& error, bool not_sent) const {
    if (sense_) std::move(error).WithSense(*sense_);
    return std::move(error)
        .WithOpcode(command_.cdb.opcode())
        .WithTransport({raw_.sys_errno, raw_.scsi_status, raw_.host_status, raw_.driver_status})
        .WithDriveState(not_sent || CannotChangeMemory(command_) ? DriveState::kUntouched
                                                                 : DriveState::kUnknown);
  }

  const Command& command_;
  const RawCompletion& raw_;
  std::optional<SenseInfo> sense_;
};

std::optional<Error> JudgeErrno(const Judge& judge, int sys_errno) {
  switch (sys_errno) {
    case 0:
      return std::nullopt;
    case ENODEV:
    case ENXIO:
      return judge.Gone();
    case EPERM:
    case EACCES:
      return judge.Denied();
    case ETIMEDOUT:
      return judge.Timeout();
    default:
      return judge.Broken(fmt::format("the pass-through call failed with errno {}", sys_errno));
  }
}

std::optional<Error> JudgeHostAndDriver(const Judge& judge, const RawCompletion& raw) {
  switch (raw.host_status) {
    case kDidOk:
      break;
    case kDidNoConnect:
    case kDidBadTarget:
      return judge.Gone();
    case kDidTimeOut:
      return judge.Timeout();
    default:
      // DID_ERROR counts, too, whatever the SCSI status claims: it is all that a wedged USB bridge
      // shows.
      return judge.Broken(fmt::format("the adapter reported host status {:02x}", raw.host_status));
  }
  switch (raw.driver_status & 0x0f) {
    case kDriverOk:
    case kDriverSense:
      return std::nullopt;
    case kDriverTimeout:
      return judge.Timeout();
    default:
      return judge.Broken(
          fmt::format("the kernel reported driver status {:02x}", raw.driver_status));
  }
}

std::optional<ScsiStatus> KnownStatus(uint8_t status) {
  switch (static_cast<ScsiStatus>(status)) {
    case ScsiStatus::kGood:
    case ScsiStatus::kCheckCondition:
    case ScsiStatus::kConditionMet:
    case ScsiStatus::kBusy:
    case ScsiStatus::kReservationConflict:
    case ScsiStatus::kTaskSetFull:
      return static_cast<ScsiStatus>(status);
  }
  return std::nullopt;
}

Error RefusedBySense(const SenseInfo& sense, std::string message) {
  switch (sense.key) {
    case key::kNotReady:
      if (sense.asc == 0x3a) return FailedPrecondition("MEDIUM_NOT_PRESENT", std::move(message));
      return Unavailable("DRIVE_NOT_READY", std::move(message));
    case key::kMediumError:
      return DataLoss("MEDIUM_ERROR", std::move(message));
    case key::kIllegalRequest:
      return Error(IsUnknownCommand(sense) ? Code::kUnimplemented : Code::kFailedPrecondition,
                   "DRIVE_REFUSED", std::move(message));
    case key::kUnitAttention:
      return Unavailable("DRIVE_ATTENTION", std::move(message));
    case key::kDataProtect:
      return FailedPrecondition("DRIVE_PROTECTED", std::move(message));
    case key::kAbortedCommand:
      return Aborted("COMMAND_ABORTED", std::move(message));
    default:
      return Internal("DRIVE_FAULT", std::move(message));
  }
}

Error NotGood(const Completion& completion, std::string_view what) {
  switch (completion.status) {
    case ScsiStatus::kBusy:
    case ScsiStatus::kTaskSetFull:
      return Unavailable("DRIVE_BUSY", fmt::format("{}: the drive is busy", what));
    case ScsiStatus::kReservationConflict:
      return FailedPrecondition("DRIVE_RESERVED",
                                fmt::format("{}: another host has reserved the drive", what));
    case ScsiStatus::kCheckCondition:
      if (completion.sense) {
        return RefusedBySense(*completion.sense,
                              fmt::format("{}: {}", what, SenseText(*completion.sense)))
            .WithSense(*completion.sense);
      }
      return Internal("DRIVE_FAULT",
                      fmt::format("{}: the drive reported a failure without a reason", what));
    case ScsiStatus::kGood:
    case ScsiStatus::kConditionMet:
      break;
  }
  return Internal("DRIVE_FAULT", fmt::format("{}: unexpected status {:02x}", what,
                                             static_cast<uint8_t>(completion.status)));
}

}  // namespace

size_t AskedBytes(const Command& command) {
  switch (command.direction) {
    case Direction::kNone:
      return 0;
    case Direction::kIn:
      return command.data_in.size();
    case Direction::kOut:
      return command.data_out.size();
  }
  return 0;
}

Result<Completion> Triage(const Command& command, const RawCompletion& raw) {
  const Judge judge(command, raw);
  if (auto error = JudgeErrno(judge, raw.sys_errno)) return std::move(*error);
  if (auto error = JudgeHostAndDriver(judge, raw)) return std::move(*error);
  const auto status = KnownStatus(raw.scsi_status);
  if (!status) {
    return judge.Broken(fmt::format("status byte {:02x} has no meaning in SAM", raw.scsi_status));
  }

  Completion completion;
  completion.status = *status;
  completion.sense = judge.sense();
  completion.duration = raw.duration;
  // The driver's word that sense data is there outweighs a status that was lost on the way.
  if ((raw.driver_status & 0x0f) == kDriverSense && completion.sense && completion.good()) {
    completion.status = ScsiStatus::kCheckCondition;
  }
  const size_t asked = AskedBytes(command);
  // A residual above what was asked for says only that nothing can be relied on; a negative one
  // that the drive offered more than the buffer took.
  if (raw.residual > 0) {
    completion.residual = std::min<uint64_t>(static_cast<uint64_t>(raw.residual), asked);
  }
  if (command.direction == Direction::kIn && !completion.good()) completion.residual = asked;
  completion.transferred = asked - completion.residual;
  return completion;
}

void ClearStale(std::span<uint8_t> data_in, const Result<Completion>& result) {
  const size_t valid = result && result->good() ? result->transferred : 0;
  if (valid >= data_in.size()) return;
  std::fill(data_in.begin() + static_cast<std::ptrdiff_t>(valid), data_in.end(), uint8_t{0});
}

Status Check(const Completion& completion, size_t expected_bytes, std::string_view what) {
  if (!completion.good()) {
    return NotGood(completion, what)
        .WithTransport({0, static_cast<uint8_t>(completion.status), 0, 0});
  }
  if (completion.transferred < expected_bytes) {
    return DataLoss("SHORT_TRANSFER", fmt::format("{}: {} of {} bytes came", what,
                                                  completion.transferred, expected_bytes))
        .With("expected", std::to_string(expected_bytes))
        .With("transferred", std::to_string(completion.transferred));
  }
  return Ok();
}

bool IsUnitAttention(const Completion& completion) {
  return completion.status == ScsiStatus::kCheckCondition && completion.sense &&
         completion.sense->key == key::kUnitAttention;
}

}  // namespace firmbench::scsi
