// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where drives come from: the kernel's devices, or a simulated bench. Thread-safe.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/base/trace_recording.h"
#include "daemon/families/family.h"
#include "daemon/scsi/transport.h"

namespace firmbench::inventory {

// How far the gate in front of a drive is open. Only the job engine moves it.
enum class GateLevel : uint8_t {
  kReadOnly,      // nothing that could change a memory passes
  kChipIdentify,  // and the write cycles that ask a flash chip for its ids
  kOpen,          // and the destructive commands that the family's rules name
};

class GateControl {
 public:
  virtual ~GateControl() = default;
  virtual void SetLevel(GateLevel level) = 0;
};

// Descriptors of one drive, as opened now, already behind the gate: above the composition root no
// handle exists that the gate does not guard. Lane-only. Opening again gives fresh descriptors.
struct Handles {
  std::shared_ptr<GateControl> gate;  // never null, starts at kReadOnly; goes last
  std::unique_ptr<scsi::Transport> scsi;
  std::unique_ptr<ata::TaskFile> task_file;
};

// Which commands may pass the gate at all, beyond the harmless ones of the standards. Empty while a
// drive is being identified.
struct GateRules {
  std::span<const scsi::CdbRule> cdb;
  std::span<const ata::CommandRule> task_file;
  // Takes down what passes the gate, with its answers; nullptr: nobody wants to know.
  std::shared_ptr<TraceRecording> recording = nullptr;
};

// One drive that is attached now.
struct Attachment {
  std::string topology;  // stable while the drive stays on its port: "sim/0"; never a /dev name
  std::string bay;       // what the port is called on the bench: "bay 1"
  std::string channel;   // attachments with the same channel share a lane
  std::string connection_text;  // "simulated IDE, alone on its channel"
  std::string bridge;  // stable name of the bridge it hangs on; drives with the same share it; ""
  families::Connection connection;
  bool second_device = false;
  uint64_t generation = 0;  // grows with every plug-in at this topology
  Clock* clock = nullptr;   // time as this drive sees it; lives as long as the source
  std::string lock_path;    // a lock file that belongs to this drive system-wide; "" for none
  // Lane-only. DRIVE_GONE, DRIVE_BUSY.
  std::function<Result<Handles>(const GateRules&)> open;
  // The operator's prompts of this drive, for a bench whose operator is scripted; may be null.
  std::function<std::optional<std::string>(const families::PromptRequest&)> scripted_operator;
  // Told when a job's WRITE_STARTED is durable, and when that job ends; for drives that keep count
  // of what is done to them, may be null.
  std::function<void()> write_started;
  std::function<void()> write_ended;
};

class DriveSource {
 public:
  virtual ~DriveSource() = default;
  virtual std::vector<Attachment> List() = 0;
  // `changed` is called from any thread, without locks held, whenever List() would differ.
  virtual void Watch(std::function<void()> changed) = 0;
};

}  // namespace firmbench::inventory
