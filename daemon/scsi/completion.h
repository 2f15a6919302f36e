// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what a pass-through interface says of a command to what may be believed of it. Used by every
// way to a drive that exists, real or simulated. Pure functions, any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/scsi/transport.h"

namespace firmbench::scsi {

// The outcome of one command in the terms of Linux' SG_IO (sg_io_hdr), unjudged.
struct RawCompletion {
  int sys_errno = 0;           // of the call itself; 0 when it returned
  uint8_t scsi_status = 0;     // SAM status byte
  uint16_t host_status = 0;    // DID_*
  uint16_t driver_status = 0;  // low nibble of the driver's byte
  int64_t residual = 0;        // bytes asked for but not moved; adapters also report nonsense
  ByteView sense{};            // as many bytes as were written, at most
  Nanos duration{0};
};

// Bytes of the data phase that a command asks for, in its own direction.
size_t AskedBytes(const Command& command);

// Judges in the order of what makes everything below it meaningless: errno, host, driver, SCSI
// status. Nothing is believed good unless all four say so: with a wedged USB bridge only the host
// status tells of the failure. Errors, each with TransportInfo and, when there is any, sense:
//   DRIVE_GONE         the device vanished (ENODEV, ENXIO, DID_NO_CONNECT, DID_BAD_TARGET)
//   TRANSPORT_TIMEOUT  no answer in time; what the drive did is not known
//   TRANSPORT_DENIED   the kernel refuses us this command (EPERM, EACCES); it was not sent
//   TRANSPORT_ERROR    anything else, a status byte outside SAM included
// Their drive state is untouched for data-in commands and those known as harmless, else unknown.
// In a Completion, `transferred + residual` is what was asked for. A residual outside 0..asked is
// brought into it, never to the credit of a transfer; and data-in that did not end GOOD counts as
// not transferred at all.
Result<Completion> Triage(const Command& command, const RawCompletion& raw);

// Zeroes the bytes of `data_in` that carry no answer: all of them after an error or any status but
// GOOD, else those after the transferred ones. sg copies stale bytes of earlier commands there, and
// a comparison with them says "identical".
void ClearStale(std::span<uint8_t> data_in, const Result<Completion>& result);

// An error for everything but GOOD, and for fewer than `expected_bytes` transferred:
//   DRIVE_REFUSED       illegal request; code kUnimplemented when the drive does not know the
//   opcode DRIVE_NOT_READY     not ready, for a reason that is not a missing disc
//   MEDIUM_NOT_PRESENT  not ready because there is no disc (3Ah)
//   MEDIUM_ERROR        the disc cannot be read or written
//   DRIVE_ATTENTION     unit attention: reset, disc changed or microcode changed since
//   DRIVE_FAULT         hardware error, and every sense key without a meaning here
//   DRIVE_PROTECTED     data protect
//   COMMAND_ABORTED     aborted by the drive
//   DRIVE_BUSY, DRIVE_RESERVED   by the status byte
//   SHORT_TRANSFER      ended GOOD with too few bytes; metadata `expected`, `transferred`
// `what` names the command for the person who reads the message: "inquiry". The drive state is
// untouched: who sent a destructive command knows better and says so.
Status Check(const Completion& completion, size_t expected_bytes,
             std::string_view what = "command");

// True for CHECK CONDITION with UNIT ATTENTION: a harmless command is worth sending once more.
bool IsUnitAttention(const Completion& completion);

}  // namespace firmbench::scsi
