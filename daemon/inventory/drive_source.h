// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where drives come from: the kernel's devices, or a simulated bench. Thread-safe.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/families/family.h"
#include "daemon/scsi/transport.h"

namespace firmbench::inventory {

// Descriptors of one drive, as opened now. Lane-only. Opening again gives fresh descriptors.
struct Handles {
  std::unique_ptr<scsi::Transport> scsi;
  std::unique_ptr<ata::TaskFile> task_file;
};

// One drive that is attached now.
struct Attachment {
  std::string topology;    // stable while the drive stays on its port: "sim/0"; never a /dev name
  std::string bay;         // what the port is called on the bench: "bay 1"
  std::string channel;     // attachments with the same channel share a lane
  std::string connection_text;  // "simulated IDE, alone on its channel"
  families::Connection connection;
  bool second_device = false;
  uint64_t generation = 0;  // grows with every plug-in at this topology
  Clock* clock = nullptr;   // time as this drive sees it; lives as long as the source
  // The family whose rules the gate is built from is not known yet when a drive is identified;
  // the caller wraps what this returns. DRIVE_GONE, DRIVE_BUSY.
  std::function<Result<Handles>()> open;
};

class DriveSource {
 public:
  virtual ~DriveSource() = default;
  virtual std::vector<Attachment> List() = 0;
  // `changed` is called from any thread, without locks held, whenever List() would differ.
  virtual void Watch(std::function<void()> changed) = 0;
};

}  // namespace firmbench::inventory
