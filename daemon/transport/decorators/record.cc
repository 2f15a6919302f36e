// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/scsi/command_names.h"
#include "daemon/transport/script_text.h"

namespace firmbench::transport {
namespace {

struct Named {
  std::string name;
  std::optional<Evidence> evidence;
};

class RecordedTransport final : public scsi::Transport {
 public:
  RecordedTransport(std::unique_ptr<scsi::Transport> inner, std::span<const scsi::CdbRule> rules,
                    std::shared_ptr<TraceRecording> recording)
      : inner_(std::move(inner)), rules_(rules), recording_(std::move(recording)) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    const Nanos began = recording_->Now();
    Result<scsi::Completion> completion = inner_->Execute(command);
    if (recording_->HasRoom()) {
      Single(command, completion, began);
    } else {
      Together(command, completion);
    }
    return completion;
  }
  scsi::Limits limits() const override { return inner_->limits(); }

 private:
  Named NameOf(ByteView cdb) const {
    const scsi::CdbRule* best = nullptr;
    for (const scsi::CdbRule& rule : rules_) {
      if (!rule.Matches(cdb)) continue;
      if (best == nullptr || rule.prefix_bytes > best->prefix_bytes) best = &rule;
    }
    if (best != nullptr) return {std::string(best->name), best->evidence};
    std::string standard = scsi::StandardCommandName(cdb);
    if (standard.empty()) return {UnnamedCommand(cdb), std::nullopt};
    return {std::move(standard), Evidence::kDocumented};
  }

  // Only of what ended GOOD: some adapters leave stale bytes behind a read that failed.
  static ByteView Returned(const scsi::Command& command,
                           const Result<scsi::Completion>& completion) {
    if (!completion || !completion->good()) return {};
    return ByteView(command.data_in)
        .first(std::min(completion->transferred, command.data_in.size()));
  }

  void Single(const scsi::Command& command, const Result<scsi::Completion>& completion,
              Nanos began) {
    const ByteView cdb = command.cdb.view();
    TraceBlock block;
    auto [name, evidence] = NameOf(cdb);
    block.command = std::move(name);
    block.evidence = evidence;
    block.cdb.assign(cdb.begin(), cdb.end());
    if (command.direction == scsi::Direction::kIn) block.asked_bytes = command.data_in.size();
    if (command.direction == scsi::Direction::kOut) {
      block.sent = Payload(command.data_out);
    }
    if (completion) {
      block.status = static_cast<uint8_t>(completion->status);
      block.sense = completion->sense;
      if (completion->duration.count() > 0) {
        block.took_us =
            std::chrono::duration_cast<std::chrono::microseconds>(completion->duration).count();
      }
      const ByteView returned = Returned(command, completion);
      if (!returned.empty()) block.returned = Payload(returned);
    } else {
      block.error = completion.error().reason();
    }
    recording_->Add(std::move(block), began);
  }

  void Together(const scsi::Command& command, const Result<scsi::Completion>& completion) {
    const ByteView cdb = command.cdb.view();
    Bytes sent(cdb.begin(), cdb.end());
    sent.insert(sent.end(), command.data_out.begin(), command.data_out.end());
    const Named named = NameOf(cdb);
    recording_->AddTogether(named.name, named.evidence, sent, sent, Returned(command, completion));
  }

  static TracePayload Payload(ByteView bytes) {
    return {bytes.size(), {}, Bytes(bytes.begin(), bytes.end())};
  }

  const std::unique_ptr<scsi::Transport> inner_;
  const std::span<const scsi::CdbRule> rules_;
  const std::shared_ptr<TraceRecording> recording_;
};

class RecordedTaskFile final : public ata::TaskFile {
 public:
  RecordedTaskFile(std::unique_ptr<ata::TaskFile> inner, std::span<const ata::CommandRule> rules,
                   std::shared_ptr<TraceRecording> recording)
      : inner_(std::move(inner)), rules_(rules), recording_(std::move(recording)) {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits& limits) override {
    const bool single = recording_->HasRoom();
    const Nanos began = recording_->Now();
    const Status status = inner_->Run(script, limits);
    for (const ata::Access& access : script) Note(access, single);
    if (!single) return status;
    TraceBlock block;
    block.command = last_.name.empty() ? "registers" : last_.name;
    block.evidence = last_.evidence;
    block.script = ScriptText(script);
    block.answers = ScriptAnswers(script);
    if (!status) block.error = status.error().reason();
    recording_->Add(std::move(block), began);
    last_ = {};
    return status;
  }

 private:
  using Register = ata::Register;
  using Kind = ata::Access::Kind;

  // Registers are followed either way, for when there is no room any more.
  void Note(const ata::Access& access, bool single) {
    if (access.kind == Kind::kWrite) {
      registers_[static_cast<size_t>(access.reg)] = access.value;
      if (access.reg == Register::kCommand) Begin(access.value, single);
      return;
    }
    if (single || last_.name.empty()) return;
    if (answer_due_ && access.kind == Kind::kRead && access.reg == Register::kLbaLow) {
      answer_due_ = false;  // what is read later polls
      const auto byte = static_cast<uint8_t>(access.value16);
      recording_->AddReturned(last_.name, {&byte, 1});
    } else if (access.kind == Kind::kReadData16) {
      const std::array<uint8_t, 2> word = {static_cast<uint8_t>(access.value16),
                                           static_cast<uint8_t>(access.value16 >> 8)};
      recording_->AddReturned(last_.name, word);
    }
  }

  uint8_t At(Register reg) const { return registers_[static_cast<size_t>(reg)]; }

  void Begin(uint8_t command, bool single) {
    const std::array<uint8_t, 5> sent = {At(Register::kLbaLow), At(Register::kLbaMid),
                                         At(Register::kLbaHigh), At(Register::kDevice), command};
    last_ = NameOf(command, sent[0]);
    if (single) return;
    recording_->AddTogether(last_.name, last_.evidence, sent, sent, {});
    answer_due_ = true;
  }

  Named NameOf(uint8_t command, uint8_t lba_low) const {
    for (const ata::CommandRule& rule : rules_) {
      if (rule.command == command && (!rule.lba_low || *rule.lba_low == lba_low)) {
        return {std::string(rule.name), rule.evidence};
      }
    }
    if (command == 0x08) return {"DEVICE RESET (08)", Evidence::kDocumented};
    if (command == 0xa1) return {"IDENTIFY PACKET DEVICE (A1)", Evidence::kDocumented};
    return {UnnamedCommand({&command, 1}), std::nullopt};
  }

  const std::unique_ptr<ata::TaskFile> inner_;
  const std::span<const ata::CommandRule> rules_;
  const std::shared_ptr<TraceRecording> recording_;
  std::array<uint8_t, 9> registers_{};
  Named last_;  // the command under way; no name: none
  bool answer_due_ = false;
};

}  // namespace

std::string UnnamedCommand(ByteView command) { return "unnamed " + ToHex(command); }

std::unique_ptr<scsi::Transport> MakeRecorded(std::unique_ptr<scsi::Transport> inner,
                                              std::span<const scsi::CdbRule> rules,
                                              std::shared_ptr<TraceRecording> recording) {
  if (inner == nullptr || recording == nullptr) return inner;
  return std::make_unique<RecordedTransport>(std::move(inner), rules, std::move(recording));
}

std::unique_ptr<ata::TaskFile> MakeRecorded(std::unique_ptr<ata::TaskFile> inner,
                                            std::span<const ata::CommandRule> rules,
                                            std::shared_ptr<TraceRecording> recording) {
  if (inner == nullptr || recording == nullptr) return inner;
  return std::make_unique<RecordedTaskFile>(std::move(inner), rules, std::move(recording));
}

}  // namespace firmbench::transport
