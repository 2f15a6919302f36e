// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/replay/replayed_drive.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/base/hash.h"
#include "daemon/transport/script_text.h"

namespace firmbench::transport {
namespace {

std::string CdbKey(ByteView cdb, const std::string& sent_sha256) {
  return fmt::format("cdb {} {}", ToHex(cdb), sent_sha256);
}

std::string KeyOf(const TraceBlock& block) {
  if (!block.script.empty()) return "script " + block.script;
  std::string sent;
  if (block.sent) sent = block.sent->data ? Sha256Hex(*block.sent->data) : block.sent->sha256;
  return CdbKey(block.cdb, sent);
}

// Does the drive hold something else after it? Data-out, or a register script: those of vendor
// mode go byte by byte and always in order.
bool Writes(const TraceBlock& block) { return block.sent.has_value(); }

bool Replayable(const TraceBlock& block) {
  if (block.together()) return false;
  return !block.returned || block.returned->data;
}

class ReplayedTransport final : public scsi::Transport {
 public:
  explicit ReplayedTransport(std::shared_ptr<ReplayedDrive> drive) : drive_(std::move(drive)) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    ASSIGN_OR_RETURN(const TraceBlock* block, drive_->Answer(ReplayKey(command)));
    if (!block->error.empty()) {
      return Unavailable(block->error, "the command ended so when it was recorded");
    }
    scsi::Completion completion;
    completion.status = static_cast<scsi::ScsiStatus>(block->status.value_or(0));
    completion.sense = block->sense;
    completion.duration = std::chrono::microseconds(block->took_us.value_or(0));
    const size_t asked = command.direction == scsi::Direction::kOut ? command.data_out.size()
                                                                    : command.data_in.size();
    if (block->returned && block->returned->data) {
      const Bytes& data = *block->returned->data;
      completion.transferred = std::min(data.size(), command.data_in.size());
      std::copy_n(data.begin(), completion.transferred, command.data_in.begin());
    } else if (command.direction == scsi::Direction::kOut && completion.good()) {
      completion.transferred = asked;
    }
    completion.residual = asked - completion.transferred;
    return completion;
  }
  scsi::Limits limits() const override { return drive_->limits(); }

 private:
  const std::shared_ptr<ReplayedDrive> drive_;
};

class ReplayedTaskFile final : public ata::TaskFile {
 public:
  explicit ReplayedTaskFile(std::shared_ptr<ReplayedDrive> drive) : drive_(std::move(drive)) {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits& /*limits*/) override {
    ASSIGN_OR_RETURN(const TraceBlock* block, drive_->Answer(ReplayKey(script)));
    if (block->answers.size() != AnswerCount(script)) {
      return FailedPrecondition("REPLAY_DIVERGED", "the trace has other answers for this script");
    }
    auto answer = block->answers.begin();
    for (ata::Access& access : script) {
      const bool writes = access.kind == ata::Access::Kind::kWrite ||
                          access.kind == ata::Access::Kind::kWriteData16;
      if (!writes) access.value16 = *answer++;
    }
    if (block->error.empty()) return Ok();
    return Unavailable(block->error, "the script ended so when it was recorded");
  }

 private:
  const std::shared_ptr<ReplayedDrive> drive_;
};

}  // namespace

std::string ReplayKey(const scsi::Command& command) {
  const bool out = command.direction == scsi::Direction::kOut;
  return CdbKey(command.cdb.view(), out ? Sha256Hex(command.data_out) : std::string());
}

std::string ReplayKey(std::span<const ata::Access> script) {
  return "script " + ScriptText(script);
}

ReplayedDrive::ReplayedDrive(const Trace& trace, ReplayMode mode) : mode_(mode) {
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      if (!Replayable(block)) continue;
      has_scsi_ = has_scsi_ || !block.cdb.empty();
      largest_ = std::max<uint64_t>(
          {largest_, block.asked_bytes.value_or(0), block.sent ? block.sent->bytes : 0});
      has_task_file_ = has_task_file_ || !block.script.empty();
      keys_.push_back(KeyOf(block));
      blocks_.push_back(block);
    }
  }
}

Result<std::shared_ptr<ReplayedDrive>> ReplayedDrive::Make(const Trace& trace, ReplayMode mode) {
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      if (Replayable(block) || mode == ReplayMode::kLenient) continue;
      return FailedPrecondition("TRACE_NOT_REPLAYABLE",
                                fmt::format("the trace does not hold what the drive answered to {}",
                                            block.command))
          .With("step", step.name)
          .With("command", block.command)
          .WithRemedy("take a trace in full: `firmbench job trace JOB --full`");
    }
  }
  std::shared_ptr<ReplayedDrive> drive(new ReplayedDrive(trace, mode));
  if (drive->blocks_.empty()) {
    return FailedPrecondition("TRACE_NOT_REPLAYABLE", "the trace holds no command with its answer")
        .WithRemedy("take a trace in full: `firmbench job trace JOB --full`");
  }
  if (mode == ReplayMode::kLenient) drive->Sort();
  return drive;
}

void ReplayedDrive::Sort() {
  size_t epoch = 0;
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if (Writes(blocks_[i])) ++epoch;
    queues_[keys_[i]][epoch].blocks.push_back(i);
  }
}

Result<const TraceBlock*> ReplayedDrive::Answer(const std::string& key) {
  return mode_ == ReplayMode::kStrict ? Strict(key) : Lenient(key);
}

Result<const TraceBlock*> ReplayedDrive::Strict(const std::string& key) {
  if (next_ < blocks_.size() && keys_[next_] == key) return &blocks_[next_++];
  return FailedPrecondition("REPLAY_DIVERGED",
                            fmt::format("command {} of the trace is {}, and not {}", next_ + 1,
                                        next_ < blocks_.size() ? keys_[next_] : "its end", key))
      .With("index", std::to_string(next_));
}

// What was answered between the same two writes, else what was answered last before them, else
// the first thing ever.
Result<const TraceBlock*> ReplayedDrive::Lenient(const std::string& key) {
  const auto found = queues_.find(key);
  if (found == queues_.end()) {
    // A question that nobody asked then: the drive does not know it. A CDB without data-out ends
    // so.
    if (key.starts_with("cdb ") && key.ends_with(' ')) return &refusal_;
    return FailedPrecondition("REPLAY_DIVERGED",
                              fmt::format("the trace has no command {}", key.substr(0, 200)));
  }
  auto& epochs = found->second;
  // One that wrote begins the next epoch by itself.
  const bool writes = Writes(blocks_[epochs.begin()->second.blocks.front()]);
  auto at = epochs.upper_bound(writes ? epoch_ + 1 : epoch_);
  if (at != epochs.begin()) at = std::prev(at);
  if (writes) {
    if (at->first < epoch_ + 1 && std::next(at) != epochs.end()) at = std::next(at);
    epoch_ = std::max(epoch_, at->first);
  }
  Queue& queue = at->second;
  const size_t block = queue.blocks[std::min(queue.next, queue.blocks.size() - 1)];
  ++queue.next;
  return &blocks_[block];
}

scsi::Limits ReplayedDrive::limits() const {
  constexpr uint64_t kLargest = 1 << 24;
  const scsi::Limits usual;
  return {std::max(usual.max_transfer_bytes, static_cast<size_t>(std::min(largest_, kLargest)))};
}

std::unique_ptr<scsi::Transport> ReplayedDrive::OpenTransport(
    std::shared_ptr<ReplayedDrive> drive) {
  return std::make_unique<ReplayedTransport>(std::move(drive));
}

std::unique_ptr<ata::TaskFile> ReplayedDrive::OpenTaskFile(std::shared_ptr<ReplayedDrive> drive) {
  return std::make_unique<ReplayedTaskFile>(std::move(drive));
}

}  // namespace firmbench::transport
