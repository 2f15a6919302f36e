// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ATA command block of one drive, register by register (ATA/ATAPI-5 clause 7), whatever
// reaches it: IDE ports, a bridge, a simulated drive. Lane-only: one thread owns a TaskFile, and
// all drives on one IDE channel share a lane. Accesses are given as scripts, so that a bridge can
// send them in one transfer and a page can be loaded without a gap.

#include <cstdint>
#include <span>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"

namespace firmbench::ata {

// Offsets from the command block's base. kControl stands for the control block's one register.
enum class Register : uint8_t {
  kData = 0,
  kFeatures = 1,  // kError when read
  kError = 1,
  kSectorCount = 2,
  kLbaLow = 3,
  kLbaMid = 4,
  kLbaHigh = 5,
  kDevice = 6,
  kCommand = 7,  // kStatus when read
  kStatus = 7,
  kControl = 8,  // device control when written, alternate status when read
};

struct Access {
  enum class Kind : uint8_t {
    kWrite,       // register <- value
    kRead,        // result <- register
    kReadData16,  // result <- the data register, 16 bits
    kWriteData16, // data register <- value16
    kWaitEqual,   // poll the register until it equals `value` (all eight bits)
    kWaitClear,   // poll the register until no bit of `value` is set
  };
  Kind kind = Kind::kRead;
  Register reg = Register::kStatus;
  uint8_t value = 0;
  uint16_t value16 = 0;  // in for kWriteData16; out: what was read, or the last byte polled

  static constexpr Access Write(Register r, uint8_t v) { return {Kind::kWrite, r, v, 0}; }
  static constexpr Access Read(Register r) { return {Kind::kRead, r, 0, 0}; }
  static constexpr Access ReadData16() { return {Kind::kReadData16, Register::kData, 0, 0}; }
  static constexpr Access WaitEqual(Register r, uint8_t v) { return {Kind::kWaitEqual, r, v, 0}; }
  static constexpr Access WaitClear(Register r, uint8_t m) { return {Kind::kWaitClear, r, m, 0}; }
};

// Bounds of each wait inside a script: whichever is reached first ends it.
struct WaitLimits {
  uint32_t max_polls = 0x50000;                   // drive-protocols 1.1: 327,680 reads [C]
  Nanos max_time = std::chrono::milliseconds(2000);
};

class TaskFile {
 public:
  virtual ~TaskFile() = default;

  // Performs the accesses in order and fills in what was read. Stops at the first failure:
  // TASKFILE_WAIT_TIMEOUT (metadata `index`, `last`), DRIVE_GONE, or COMMAND_NOT_ALLOWED from the
  // gate, in which case no access of the script was performed. Never repeats an access.
  virtual Status Run(std::span<Access> script, const WaitLimits& limits) = 0;
  Status Run(std::span<Access> script) { return Run(script, WaitLimits{}); }
};

}  // namespace firmbench::ata
