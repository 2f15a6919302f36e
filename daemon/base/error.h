// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one error type of firmbench. A value: copyable, no hidden state, safe to pass between
// threads. It answers four questions: what kind (gRPC's canonical code), exactly what (a stable
// UPPER_SNAKE reason that scripts may rely on), in words for a technician, and whether the drive
// is untouched, partly written or unknown.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firmbench {

// gRPC's canonical codes, with gRPC's numbers, so that the rpc layer needs no table.
enum class Code : uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// What is known of the drive's memories when the error is returned.
enum class DriveState : uint8_t { kUntouched, kPartlyWritten, kUnknown };
std::string_view ToString(DriveState state);  // "untouched", "partly_written", "unknown"

// Sense data of the command that failed (SPC-4 4.5), already decoded from either format.
struct SenseInfo {
  uint8_t key = 0;
  uint8_t asc = 0;
  uint8_t ascq = 0;
  bool deferred = false;
};

// How the transport itself ended, in the terms of Linux' SG_IO.
struct TransportInfo {
  int sys_errno = 0;           // of the ioctl or of the port; 0 when the call itself succeeded
  uint8_t scsi_status = 0;     // SAM status byte: 00 GOOD, 02 CHECK CONDITION, 08 BUSY
  uint16_t host_status = 0;    // DID_*: 03 is a time-out, 07 an error of the adapter
  uint16_t driver_status = 0;  // low nibble of the driver's byte
};

class [[nodiscard]] Error {
 public:
  // `reason` is UPPER_SNAKE, stable and documented; `message` is lower case without a full stop.
  Error(Code code, std::string_view reason, std::string message)
      : code_(code), reason_(reason), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  DriveState drive_state() const { return drive_state_; }
  const std::optional<SenseInfo>& sense() const { return sense_; }
  const std::optional<TransportInfo>& transport() const { return transport_; }
  const std::optional<uint8_t>& opcode() const { return opcode_; }
  // How to mend it, in a sentence for the person at the bench; may be empty.
  const std::string& remedy() const { return remedy_; }
  // Values a program may want (AIP-193 metadata): keys in lower_snake.
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }

  // Builders; each returns the error itself so that they chain.
  Error&& WithDriveState(DriveState s) && { return drive_state_ = s, std::move(*this); }
  Error&& WithSense(SenseInfo s) && { return sense_ = s, std::move(*this); }
  Error&& WithTransport(TransportInfo t) && { return transport_ = t, std::move(*this); }
  Error&& WithOpcode(uint8_t op) && { return opcode_ = op, std::move(*this); }
  Error&& WithRemedy(std::string text) && { return remedy_ = std::move(text), std::move(*this); }
  Error&& With(std::string key, std::string value) && {
    metadata_.emplace_back(std::move(key), std::move(value));
    return std::move(*this);
  }
  // Puts "context: " before the message, for the layer that returns it further up.
  Error&& Context(std::string_view context) &&;

  // One line for logs and tests: "REASON: message [sense 05/20/00] [drive untouched]".
  std::string ToString() const;

 private:
  Code code_;
  DriveState drive_state_ = DriveState::kUntouched;
  std::optional<uint8_t> opcode_;
  std::optional<SenseInfo> sense_;
  std::optional<TransportInfo> transport_;
  std::string reason_;
  std::string message_;
  std::string remedy_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

// Short forms for the common kinds.
Error InvalidArgument(std::string_view reason, std::string message);
Error NotFound(std::string_view reason, std::string message);
Error FailedPrecondition(std::string_view reason, std::string message);
Error Aborted(std::string_view reason, std::string message);
Error Internal(std::string_view reason, std::string message);
Error Unavailable(std::string_view reason, std::string message);
Error DataLoss(std::string_view reason, std::string message);
Error ResourceExhausted(std::string_view reason, std::string message);
Error DeadlineExceeded(std::string_view reason, std::string message);
Error Cancelled(std::string_view reason, std::string message);
Error Unimplemented(std::string_view reason, std::string message);

}  // namespace firmbench
