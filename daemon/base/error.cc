// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/error.h"

#include <fmt/format.h>

namespace firmbench {

std::string_view ToString(DriveState state) {
  switch (state) {
    case DriveState::kUntouched:
      return "untouched";
    case DriveState::kPartlyWritten:
      return "partly_written";
    case DriveState::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Error&& Error::Context(std::string_view context) && {
  message_ = fmt::format("{}: {}", context, message_);
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text = fmt::format("{}: {}", reason_, message_);
  if (opcode_) text += fmt::format(" [opcode {:02x}]", *opcode_);
  if (sense_) {
    text += fmt::format(" [sense {:02x}/{:02x}/{:02x}]", sense_->key, sense_->asc, sense_->ascq);
  }
  if (transport_) {
    text +=
        fmt::format(" [status {:02x} host {:02x} driver {:02x} errno {}]", transport_->scsi_status,
                    transport_->host_status, transport_->driver_status, transport_->sys_errno);
  }
  text += fmt::format(" [drive {}]", firmbench::ToString(drive_state_));
  return text;
}

Error InvalidArgument(std::string_view reason, std::string message) {
  return Error(Code::kInvalidArgument, reason, std::move(message));
}
Error NotFound(std::string_view reason, std::string message) {
  return Error(Code::kNotFound, reason, std::move(message));
}
Error FailedPrecondition(std::string_view reason, std::string message) {
  return Error(Code::kFailedPrecondition, reason, std::move(message));
}
Error Aborted(std::string_view reason, std::string message) {
  return Error(Code::kAborted, reason, std::move(message));
}
Error Internal(std::string_view reason, std::string message) {
  return Error(Code::kInternal, reason, std::move(message));
}
Error Unavailable(std::string_view reason, std::string message) {
  return Error(Code::kUnavailable, reason, std::move(message));
}
Error DataLoss(std::string_view reason, std::string message) {
  return Error(Code::kDataLoss, reason, std::move(message));
}
Error ResourceExhausted(std::string_view reason, std::string message) {
  return Error(Code::kResourceExhausted, reason, std::move(message));
}
Error DeadlineExceeded(std::string_view reason, std::string message) {
  return Error(Code::kDeadlineExceeded, reason, std::move(message));
}
Error Cancelled(std::string_view reason, std::string message) {
  return Error(Code::kCancelled, reason, std::move(message));
}
Error Unimplemented(std::string_view reason, std::string message) {
  return Error(Code::kUnimplemented, reason, std::move(message));
}

}  // namespace firmbench
