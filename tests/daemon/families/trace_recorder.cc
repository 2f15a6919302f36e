// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/families/trace_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firmbench::families {
namespace {

constexpr size_t kCollectBytes = 4096;

void Collect(ByteView bytes, Bytes& next, Sha256Stream& stream) {
  next.insert(next.end(), bytes.begin(), bytes.end());
  if (next.size() < kCollectBytes) return;
  stream.Update(next);
  next.clear();
}

std::string Summary(uint64_t bytes, const Bytes& rest, Sha256Stream& stream) {
  stream.Update(rest);
  return fmt::format("{} sha256:{}", bytes, ToHex(stream.Finish()));
}

}  // namespace

class TraceRecorder::RecordingTransport final : public scsi::Transport {
 public:
  RecordingTransport(TraceRecorder& recorder, std::unique_ptr<scsi::Transport> inner)
      : recorder_(recorder), inner_(std::move(inner)) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    const ByteView cdb = command.cdb.view();
    Bytes sent(cdb.begin(), cdb.end());
    sent.insert(sent.end(), command.data_out.begin(), command.data_out.end());
    Block& block = recorder_.BlockOf(recorder_.NameOf(cdb), sent);
    Sent(block, sent);
    Result<scsi::Completion> completion = inner_->Execute(command);
    if (completion && completion->good()) {
      const size_t in = std::min(completion->transferred, command.data_in.size());
      Returned(block, ByteView(command.data_in).first(in));
    }
    return completion;
  }
  scsi::Limits limits() const override { return inner_->limits(); }

 private:
  TraceRecorder& recorder_;
  std::unique_ptr<scsi::Transport> inner_;
};

class TraceRecorder::RecordingTaskFile final : public ata::TaskFile {
 public:
  RecordingTaskFile(TraceRecorder& recorder, std::unique_ptr<ata::TaskFile> inner)
      : recorder_(recorder), inner_(std::move(inner)) {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits& limits) override {
    Status status = inner_->Run(script, limits);
    for (const ata::Access& access : script) Note(access);
    return status;
  }

 private:
  using Register = ata::Register;
  using Kind = ata::Access::Kind;

  void Note(const ata::Access& access) {
    if (access.kind == Kind::kWrite) {
      registers_[static_cast<size_t>(access.reg)] = access.value;
      if (access.reg == Register::kCommand) Command(access.value);
    } else if (answer_due_ && access.kind == Kind::kRead && access.reg == Register::kLbaLow) {
      answer_due_ = false;  // what is read later polls
      const auto byte = static_cast<uint8_t>(access.value16);
      Returned(*block_, {&byte, 1});
    } else if (block_ != nullptr && access.kind == Kind::kReadData16) {
      const std::array<uint8_t, 2> word = {static_cast<uint8_t>(access.value16),
                                           static_cast<uint8_t>(access.value16 >> 8)};
      Returned(*block_, word);
    }
  }

  uint8_t At(Register reg) const { return registers_[static_cast<size_t>(reg)]; }

  void Command(uint8_t command) {
    const std::array<uint8_t, 5> sent = {At(Register::kLbaLow), At(Register::kLbaMid),
                                         At(Register::kLbaHigh), At(Register::kDevice), command};
    block_ = &recorder_.BlockOf(sent);
    Sent(*block_, sent);
    answer_due_ = true;
    if (!block_->bus_write) return;
    const uint32_t bank = At(Register::kDevice) & 0x0f;
    recorder_.bus_writes_.push_back(
        {uint32_t{At(Register::kLbaMid)} | uint32_t{At(Register::kLbaHigh)} << 8 | bank << 16,
         At(Register::kLbaLow)});
  }

  TraceRecorder& recorder_;
  std::unique_ptr<ata::TaskFile> inner_;
  std::array<uint8_t, 9> registers_{};
  Block* block_ = nullptr;  // of the last command
  bool answer_due_ = false;
};

std::unique_ptr<scsi::Transport> TraceRecorder::Wrap(std::unique_ptr<scsi::Transport> inner) {
  return std::make_unique<RecordingTransport>(*this, std::move(inner));
}

std::unique_ptr<ata::TaskFile> TraceRecorder::Wrap(std::unique_ptr<ata::TaskFile> inner) {
  return std::make_unique<RecordingTaskFile>(*this, std::move(inner));
}

void TraceRecorder::BeginStep(std::string_view name, std::set<std::string> polls) {
  steps_.emplace_back();
  steps_.back().name = name;
  steps_.back().polls = std::move(polls);
}

TraceRecorder::Block& TraceRecorder::BlockOf(const std::string& name, ByteView first) {
  if (steps_.empty()) BeginStep("unnamed");
  Step& step = steps_.back();
  Block*& block = step.by_name[name];
  if (block == nullptr) {
    names_.insert(name);
    step.blocks.push_back(std::make_unique<Block>());
    block = step.blocks.back().get();
    block->name = name;
    block->first = ToHex(first.first(std::min<size_t>(first.size(), 16)));
    block->polls = step.polls.contains(name);
  }
  return *block;
}

TraceRecorder::Block& TraceRecorder::BlockOf(std::span<const uint8_t, 5> registers) {
  const uint8_t command = registers[4];
  if (!steps_.empty() && steps_.back().by_command[command] != nullptr) {
    return *steps_.back().by_command[command];
  }
  const ata::CommandRule* rule = RuleOf(command, registers[0]);
  Block& block =
      BlockOf(rule == nullptr ? fmt::format("unnamed {:02x}", command) : std::string(rule->name),
              registers);
  block.bus_write = rule != nullptr && rule->effect == ata::Effect::kByteWrite;
  if (rule != nullptr && !rule->lba_low) steps_.back().by_command[command] = &block;
  return block;
}

void TraceRecorder::Sent(Block& block, ByteView bytes) {
  ++block.count;
  block.sent_bytes += bytes.size();
  Collect(bytes, block.sent_next, block.sent);
}

void TraceRecorder::Returned(Block& block, ByteView bytes) {
  block.returned_bytes += bytes.size();
  Collect(bytes, block.returned_next, block.returned);
}

std::string TraceRecorder::NameOf(ByteView cdb) const {
  for (const scsi::CdbRule& rule : family_.cdb_rules()) {
    if (rule.Matches(cdb)) return std::string(rule.name);
  }
  // The gate's own standard commands, as far as families send them.
  if (cdb[0] == 0x00) return "TEST UNIT READY (00)";
  return "unnamed " + ToHex(cdb);
}

const ata::CommandRule* TraceRecorder::RuleOf(uint8_t command, uint8_t lba_low) const {
  for (const ata::CommandRule& rule : family_.task_file_rules()) {
    if (rule.command == command && (!rule.lba_low || *rule.lba_low == lba_low)) return &rule;
  }
  return nullptr;
}

std::string TraceRecorder::Finish() {
  std::string text;
  for (Step& step : steps_) {
    text += fmt::format("\nstep: {}\n", step.name);
    for (const auto& block : step.blocks) {
      text += fmt::format("\ncommand: {}\nfirst: {}\n", block->name, block->first);
      if (block->polls) {
        text += "polls: yes\n";
        continue;
      }
      text += fmt::format("count: {}\nsent: {}\n", block->count,
                          Summary(block->sent_bytes, block->sent_next, block->sent));
      if (block->returned_bytes == 0) continue;
      text += fmt::format("returned: {}\n",
                          Summary(block->returned_bytes, block->returned_next, block->returned));
    }
  }
  return text;
}

}  // namespace firmbench::families
