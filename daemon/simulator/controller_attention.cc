// SPDX-License-Identifier: Apache-2.0
// What a controller does around a command besides the command: faults strike, and the hook is told.
#include <utility>

#include "daemon/simulator/controller.h"

namespace firmbench::simulator {

void Controller::Attend() {
  if (!attentive_) writes_seen_ = watch_.begun;
  attentive_ = true;
}

void Controller::AddFault(const FaultSpec& fault) {
  faults_.Add(fault);
  Attend();
}

void Controller::SetCommandHook(CommandHook hook) {
  hook_ = std::move(hook);
  Attend();
}

void Controller::TellHook(CommandMoment::Kind kind, uint64_t command, uint8_t opcode) {
  if (hook_) hook_(CommandMoment(kind, command, opcode, *this));
}

CommandFacts Controller::FactsOf(uint64_t command, uint8_t opcode) const {
  constexpr uint32_t kUnlockCycles = 3;
  const uint32_t page_bytes = chip_ ? chip_->row().page_bytes : 0;
  return {.command = command,
          .writes = watch_.begun,
          .opcode = opcode,
          .state = state_.run,
          .cycles = watch_.announced && chip_ ? chip_->CyclesInSequence() : 0,
          .half_load = page_bytes == 0 ? 0 : kUnlockCycles + page_bytes / 2};
}

void Controller::AttendBefore(uint8_t opcode, int64_t now) {
  const uint64_t command = CommandsSoFar();
  SettleFlash(now);
  if (watch_.begun != writes_seen_) {  // a page began to be written since the last command
    writes_seen_ = watch_.begun;
    TellHook(CommandMoment::Kind::kAtWork, command - 1, opcode);
    StrikeAfter(FactsOf(command - 1, opcode), now);
    if (state_.run == RunState::kOff) return;
  }
  TellHook(CommandMoment::Kind::kBefore, command, opcode);
  StrikeBefore(opcode, now);
  attentive_ = !faults_.empty() || hook_ != nullptr;
}

void Controller::AttendAfter(uint8_t opcode, int64_t now) {
  const uint64_t command = CommandsSoFar();
  if (watch_.begun != writes_seen_) {
    writes_seen_ = watch_.begun;
    TellHook(CommandMoment::Kind::kAtWork, command, opcode);
  }
  StrikeAfter(FactsOf(command, opcode), now);
}

void Controller::StrikeBefore(uint8_t opcode, int64_t now) {
  strikes_ = faults_.Before(FactsOf(CommandsSoFar(), opcode));
  watch_.drop_next += strikes_.drop_writes;
  read_disturbed_ = strikes_.noise_one_in != 0 || strikes_.alias_window_bytes != 0 ||
                    strikes_.stuck || strikes_.stale;
  // The handle keeps what it sees now; later reads through it are answered from that.
  if (strikes_.stale && handle_ != nullptr && handle_->flash.empty()) {
    const ByteView array = flash();
    handle_->flash.assign(array.begin(), array.end());
  }
  if (strikes_.timeout) state_.hung = true;
  if (strikes_.preempted && chip_) chip_->HoldUp(now);
}

void Controller::StrikeAfter(const CommandFacts& facts, int64_t now) {
  const FaultSpec* fault = faults_.After(facts);
  if (fault != nullptr) ApplyPower(*fault, now);
}

// The moment at which so much of the newest write's work is done.
int64_t Controller::WorkAt(uint32_t percent) const {
  auto [began, until] = FlashWork();
  if (eeprom_.state().busy_until > until) {
    began = eeprom_.state().work_began;
    until = eeprom_.state().busy_until;
  }
  return began + (until - began) / 100 * percent;
}

void Controller::ApplyPower(const FaultSpec& fault, int64_t now) {
  // A cut aimed at a write strikes in its work.
  const bool in_work = fault.at.write != 0 && fault.at.cycle == 0;
  const int64_t at = in_work ? WorkAt(fault.percent) : now;
  const int64_t back = fault.back_after ? now + fault.back_after->count() : kNoTime;
  if (fault.kind == FaultKind::kPowerCut) {
    CutPower(at);
    state_.power_back_ns = back;
  } else if (fault.kind == FaultKind::kGone) {
    Unplug(at);
    state_.plug_back_ns = back;
  } else {
    CutPower(at);
    PlugAs(fault.identity, now);
  }
}

}  // namespace firmbench::simulator
