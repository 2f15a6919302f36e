// SPDX-License-Identifier: Apache-2.0
#pragma once

// Records what a family sends to a drive as a short text that can be kept and compared: the golden
// traces. For one thread.
//
// A trace is UTF-8 text; lines that begin with '#' are comments. It consists of steps, and a step
// of blocks, one for each command that the step sent, in the order of their first use:
//
//   step: NAME
//
//   command: NAME OF THE RULE
//   first: HEX               what the first such command carried: the CDB, or for the task file the
//                            registers LBA low, mid, high and device, then the command
//   count: N
//   sent: BYTES sha256:HEX   the same of all of them, with data-out behind each
//   returned: BYTES sha256:HEX   data-in, LBA low's first read after the command, data register
//
// Commands that poll a busy chip are named with `polls: yes` instead of the last three lines,
// because how often they are sent is a matter of time and not of protocol.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/hash.h"
#include "daemon/families/family.h"
#include "daemon/scsi/transport.h"

namespace firmbench::families {

class TraceRecorder {
 public:
  explicit TraceRecorder(const Family& family) : family_(family) {}

  // Handles that record what passes through them; the recorder must outlive them.
  std::unique_ptr<scsi::Transport> Wrap(std::unique_ptr<scsi::Transport> inner);
  std::unique_ptr<ata::TaskFile> Wrap(std::unique_ptr<ata::TaskFile> inner);

  // Everything from here on belongs to the step `name`; in it the commands called so in `polls`
  // poll a busy chip.
  void BeginStep(std::string_view name, std::set<std::string> polls = {});

  // The steps as text, without the comments above them. Ends the recording.
  std::string Finish();

  // Names of all commands seen; one that no rule names and that is no standard command of the gate
  // is "unnamed HEX".
  const std::set<std::string>& names() const { return names_; }
  // Flash bus writes in order, for tests that look at what was written when.
  struct BusWrite {
    uint32_t address = 0;
    uint8_t data = 0;
  };
  const std::vector<BusWrite>& bus_writes() const { return bus_writes_; }

 private:
  class RecordingTransport;
  class RecordingTaskFile;
  struct Block {
    std::string name;
    std::string first;
    uint64_t count = 0;
    uint64_t sent_bytes = 0;
    uint64_t returned_bytes = 0;
    Sha256Stream sent;
    Sha256Stream returned;
    Bytes sent_next;  // collected before they are hashed
    Bytes returned_next;
    bool polls = false;
    bool bus_write = false;
  };
  struct Step {
    std::string name;
    std::set<std::string> polls;
    std::vector<std::unique_ptr<Block>> blocks;
    std::map<std::string, Block*> by_name;
    std::array<Block*, 256> by_command{};  // of the task file, where one rule decides
  };

  Block& BlockOf(const std::string& name, ByteView first);
  static void Sent(Block& block, ByteView bytes);
  static void Returned(Block& block, ByteView bytes);
  std::string NameOf(ByteView cdb) const;
  const ata::CommandRule* RuleOf(uint8_t command, uint8_t lba_low) const;
  Block& BlockOf(std::span<const uint8_t, 5> registers);

  const Family& family_;
  std::vector<Step> steps_;
  std::set<std::string> names_;
  std::vector<BusWrite> bus_writes_;
};

}  // namespace firmbench::families
