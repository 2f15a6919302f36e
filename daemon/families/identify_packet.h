// SPDX-License-Identifier: Apache-2.0
#pragma once

// IDENTIFY PACKET DEVICE (ATA/ATAPI-5 8.13): where registers can be reached, or the kernel's ATA
// layer is asked, a drive says what it is a second time. Lane-only; blocks.

#include <optional>
#include <string>

#include "daemon/ata/task_file.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/scsi/transport.h"

namespace firmbench::families {

// Strings are cleaned (base/bytes.h CleanField).
struct IdentifyData {
  std::string serial;    // words 10..19; often empty on old drives (drive-protocols 5 [P])
  std::string revision;  // words 23..26
  std::string model;     // words 27..46
};

// By the drive's registers. nullopt when the drive does not answer it, in vendor mode for one.
// TASKFILE_WAIT_TIMEOUT, DRIVE_GONE, COMMAND_NOT_ALLOWED.
Result<std::optional<IdentifyData>> ReadIdentifyPacket(ata::TaskFile& task_file,
                                                       bool second_device);

// The same through a translator (Connection::sat). nullopt when the command is refused or the
// answer is not whole. DRIVE_GONE and the transport's other errors.
Result<std::optional<IdentifyData>> ReadIdentifyPacket(scsi::Transport& transport);

// By the registers where there are some, else through the translator.
Result<std::optional<IdentifyData>> ReadIdentifyPacket(ata::TaskFile* task_file, bool second_device,
                                                       scsi::Transport& transport);

}  // namespace firmbench::families
