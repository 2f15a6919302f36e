// SPDX-License-Identifier: Apache-2.0
#pragma once

// SCSI commands over the PACKET command of a task file, by programmed I/O (ATA/ATAPI-5 8.23 and
// 9.8): what reaches a drive on an IDE port that the kernel has left to us. Lane-only. Sense is
// fetched with REQUEST SENSE right after a command that ended with CHECK CONDITION, as SG_IO has
// it. A command is sent once, whatever happens.

#include <memory>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/scsi/transport.h"

namespace firmbench::transport {

class PacketTransport final : public scsi::Transport {
 public:
  // Device 1 is the second drive of a channel. `clock` outlives the object.
  PacketTransport(std::unique_ptr<ata::TaskFile> task_file, bool second_device, Clock& clock);

  // Of 6 to 12 bytes; a longer one is CDB_TOO_LONG, unsent. After a time-out the drive gets a
  // DEVICE RESET, so that it can take the next command.
  Result<scsi::Completion> Execute(const scsi::Command& command) override;
  scsi::Limits limits() const override { return {}; }

 private:
  // What one PACKET did, in the terms of SG_IO, and how many bytes it moved.
  struct Ended {
    uint8_t scsi_status = 0;
    uint16_t host_status = 0;
    size_t moved = 0;
  };

  Ended Send(const scsi::Command& command);
  // Moves data as the drive asks for it until it has ended the command.
  Ended MoveData(const scsi::Command& command);
  bool MoveBlock(const scsi::Command& command, size_t block_bytes, size_t& moved);
  Result<uint8_t> WaitIdle(Nanos limit);
  void ResetDevice();

  const std::unique_ptr<ata::TaskFile> task_file_;
  const uint8_t device_;
  Clock& clock_;
};

}  // namespace firmbench::transport
