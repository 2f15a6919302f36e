// SPDX-License-Identifier: Apache-2.0
#pragma once

// The way SCSI commands reach a drive, whatever carries them. Lane-only: one thread owns a
// Transport and everything layered on it; Execute blocks until the command ended.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"

namespace firmbench::scsi {

// A command descriptor block of 6, 10, 12 or 16 bytes, zeroed beyond `length`.
struct Cdb {
  std::array<uint8_t, 16> bytes{};
  uint8_t length = 0;

  uint8_t opcode() const { return bytes[0]; }
  ByteView view() const { return ByteView(bytes).first(length); }
};

enum class Direction : uint8_t { kNone, kIn, kOut };

struct Command {
  Cdb cdb;
  Direction direction = Direction::kNone;
  std::span<uint8_t> data_in;  // where data goes for kIn; its size is what is asked of the drive
  ByteView data_out;           // what is sent for kOut
  Nanos timeout = std::chrono::seconds(20);
};

// SAM-5 5.3.
enum class ScsiStatus : uint8_t {
  kGood = 0x00,
  kCheckCondition = 0x02,
  kConditionMet = 0x04,
  kBusy = 0x08,
  kReservationConflict = 0x18,
  kTaskSetFull = 0x28,
};

// A command that reached the drive and was answered. Data bytes may be used only when `status` is
// kGood, and only the first `transferred` of them: some adapters fill the buffer with stale bytes
// when a read fails.
struct Completion {
  ScsiStatus status = ScsiStatus::kGood;
  std::optional<SenseInfo> sense;  // decoded from fixed or descriptor format
  size_t transferred = 0;          // bytes that really moved: asked minus residual
  size_t residual = 0;  // bytes asked for but not moved; a short transfer is never silent
  Nanos duration{0};

  bool good() const { return status == ScsiStatus::kGood; }
};

// What one command may carry on this way to the drive.
struct Limits {
  size_t max_transfer_bytes = 65536;  // largest data phase of one command
};

class Transport {
 public:
  virtual ~Transport() = default;

  // An Error means that the command's fate is unknown or that it never ran: errno, host status,
  // driver status, time-out (TRANSPORT_TIMEOUT, TRANSPORT_ERROR, DRIVE_GONE), or the gate refused
  // it (COMMAND_NOT_ALLOWED). Everything that the drive itself answered is a Completion. A command
  // with data-out is never sent twice by any Transport; retrying is the caller's decision.
  virtual Result<Completion> Execute(const Command& command) = 0;

  virtual Limits limits() const = 0;
};

}  // namespace firmbench::scsi
