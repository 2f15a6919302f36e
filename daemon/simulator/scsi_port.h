// SPDX-License-Identifier: Apache-2.0
#pragma once

// The SCSI front of a simulated drive: who answers a CDB, UNIT ATTENTION, faults, time. Under the
// lock of its channel.

#include <cstdint>

#include "daemon/base/result.h"
#include "daemon/scsi/transport.h"
#include "daemon/simulator/controller.h"

namespace firmbench::simulator {

// What the firmware answers, UNIT ATTENTION first; the drive must be in state kRun. Remembers the
// sense for REQUEST SENSE.
ScsiReply AnswerCdb(Controller& drive, ByteView cdb, ByteView data_out, int64_t now);

// One command from the host, as the kernel would see it end. Moves `now` on by what it takes, a
// time-out included. `stale` is what the adapter's buffer still holds from earlier: a command that
// fails leaves it in data_in, as some adapters do (data are valid only with GOOD).
Result<scsi::Completion> ExecuteCommand(Controller& drive, const scsi::Command& command,
                                        Bytes& stale, int64_t& now);

// The commands that every packet device of this age knows; nullopt for any other.
std::optional<ScsiReply> AnswerMmc(Controller& drive, ByteView cdb);

// The 512 bytes of IDENTIFY PACKET DEVICE.
Bytes IdentifyPacketDevice(const Controller& drive);

}  // namespace firmbench::simulator
