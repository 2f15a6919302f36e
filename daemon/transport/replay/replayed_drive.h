// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive made of a trace: it answers what the recorded drive answered. Replays whatever was kept
// with its bytes; commands that the trace only counts cannot be replayed. One object per drive,
// for one lane; the handles share its place in the trace.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/trace.h"
#include "daemon/scsi/transport.h"

namespace firmbench::transport {

enum class ReplayMode : uint8_t {
  kStrict,   // the same commands in the same order, or REPLAY_DIVERGED
  kLenient,  // the same commands, in any order and any number between two that wrote; questions
             // that the trace does not hold are refused as unknown commands are
};

class ReplayedDrive {
 public:
  // TRACE_NOT_REPLAYABLE (metadata `step`, `command`) for a block that was only counted or hashed;
  // in a lenient replay that block is left out instead, unless nothing is left.
  static Result<std::shared_ptr<ReplayedDrive>> Make(const Trace& trace, ReplayMode mode);

  // Handles on the drive, which they keep alive.
  static std::unique_ptr<scsi::Transport> OpenTransport(std::shared_ptr<ReplayedDrive> drive);
  static std::unique_ptr<ata::TaskFile> OpenTaskFile(std::shared_ptr<ReplayedDrive> drive);
  bool has_scsi() const { return has_scsi_; }
  bool has_task_file() const { return has_task_file_; }

  // As usual, or the largest transfer that was seen where that is more.
  scsi::Limits limits() const;

  // Of a strict replay: how many commands of the trace were not sent yet.
  size_t left() const { return blocks_.size() - next_; }

  // For the handles. The block that answers a command; what is left out of `key` does not count.
  // REPLAY_DIVERGED when there is none.
  Result<const TraceBlock*> Answer(const std::string& key);

 private:
  // Lenient: the answers to one command between two that wrote.
  struct Queue {
    std::vector<size_t> blocks;
    size_t next = 0;  // the last one is given again and again
  };

  ReplayedDrive(const Trace& trace, ReplayMode mode);
  Result<const TraceBlock*> Strict(const std::string& key);
  Result<const TraceBlock*> Lenient(const std::string& key);
  void Sort();

  const ReplayMode mode_;
  std::vector<TraceBlock> blocks_;
  std::vector<std::string> keys_;  // of the blocks
  size_t next_ = 0;
  size_t epoch_ = 0;                                       // how many commands that write were sent
  std::map<std::string, std::map<size_t, Queue>> queues_;  // by key, then by epoch
  const TraceBlock refusal_{.status = 0x02, .sense = SenseInfo{0x05, 0x20, 0x00, false}};
  uint64_t largest_ = 0;
  bool has_scsi_ = false;
  bool has_task_file_ = false;
};

// What tells one command from another: the CDB with what was sent, or the script.
std::string ReplayKey(const scsi::Command& command);
std::string ReplayKey(std::span<const ata::Access> script);

}  // namespace firmbench::transport
