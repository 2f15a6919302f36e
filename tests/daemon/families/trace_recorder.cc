// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/families/trace_recorder.h"

#include <utility>

#include "daemon/base/clock.h"
#include "daemon/transport/decorators/record.h"

namespace firmbench::families {

// Notes the write cycles of the flash chip's bus.
class TraceRecorder::BusWatch final : public ata::TaskFile {
 public:
  BusWatch(TraceRecorder& recorder, std::unique_ptr<ata::TaskFile> inner)
      : recorder_(recorder), inner_(std::move(inner)) {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits& limits) override {
    Status status = inner_->Run(script, limits);
    for (const ata::Access& access : script) {
      if (access.kind != ata::Access::Kind::kWrite) continue;
      registers_[static_cast<size_t>(access.reg)] = access.value;
      if (access.reg == Register::kCommand && IsBusWrite(access.value)) Note();
    }
    return status;
  }

 private:
  using Register = ata::Register;

  uint8_t At(Register reg) const { return registers_[static_cast<size_t>(reg)]; }

  bool IsBusWrite(uint8_t command) const {
    for (const ata::CommandRule& rule : recorder_.family_.task_file_rules()) {
      if (rule.command != command) continue;
      if (!rule.lba_low || *rule.lba_low == At(Register::kLbaLow)) {
        return rule.effect == ata::Effect::kByteWrite;
      }
    }
    return false;
  }

  void Note() {
    const uint32_t bank = At(Register::kDevice) & 0x0f;
    recorder_.bus_writes_.push_back(
        {uint32_t{At(Register::kLbaMid)} | uint32_t{At(Register::kLbaHigh)} << 8 | bank << 16,
         At(Register::kLbaLow)});
  }

  TraceRecorder& recorder_;
  std::unique_ptr<ata::TaskFile> inner_;
  std::array<uint8_t, 9> registers_{};
};

TraceRecorder::TraceRecorder(const Family& family)
    : family_(family),
      recording_(std::make_shared<TraceRecording>(RealClock(), TraceLimits{.blocks = 0})) {}

std::unique_ptr<scsi::Transport> TraceRecorder::Wrap(std::unique_ptr<scsi::Transport> inner) {
  return transport::MakeRecorded(std::move(inner), family_.cdb_rules(), recording_);
}

std::unique_ptr<ata::TaskFile> TraceRecorder::Wrap(std::unique_ptr<ata::TaskFile> inner) {
  if (inner == nullptr) return nullptr;
  return std::make_unique<BusWatch>(
      *this, transport::MakeRecorded(std::move(inner), family_.task_file_rules(), recording_));
}

void TraceRecorder::BeginStep(std::string_view name, std::set<std::string, std::less<>> polls) {
  recording_->BeginStep(name, std::move(polls));
}

std::string TraceRecorder::Finish(std::string_view model) {
  Trace trace = recording_->Take();
  trace.head.emplace_back("model", model);
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) names_.insert(block.command);
  }
  return FormatTrace(trace, TracePayloads::kHashed);
}

}  // namespace firmbench::families
