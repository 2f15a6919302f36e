// SPDX-License-Identifier: Apache-2.0
#pragma once

// Takes down every command and its completion on the way to a drive, under the gate: what is in
// the recording was sent. Changes nothing, adds nothing, never fails. Lane-only, like what it
// wraps.

#include <memory>
#include <span>
#include <string>

#include "daemon/ata/rules.h"
#include "daemon/ata/task_file.h"
#include "daemon/base/trace_recording.h"
#include "daemon/scsi/rules.h"
#include "daemon/scsi/transport.h"

namespace firmbench::transport {

// Wraps `inner`; nullptr stays nullptr, and without a recording `inner` is returned as it is. The
// rules have static storage and name the commands, with their evidence.
std::unique_ptr<scsi::Transport> MakeRecorded(std::unique_ptr<scsi::Transport> inner,
                                              std::span<const scsi::CdbRule> rules,
                                              std::shared_ptr<TraceRecording> recording);
std::unique_ptr<ata::TaskFile> MakeRecorded(std::unique_ptr<ata::TaskFile> inner,
                                            std::span<const ata::CommandRule> rules,
                                            std::shared_ptr<TraceRecording> recording);

// The name of a command that no rule and no standard names: "unnamed HEX".
std::string UnnamedCommand(ByteView command);

}  // namespace firmbench::transport
