// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/faults.h"

#include <array>
#include <limits>
#include <utility>

namespace firmbench::simulator {
namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 16> kKinds = {{
    {FaultKind::kTimeout, "timeout"},
    {FaultKind::kCheckCondition, "check_condition"},
    {FaultKind::kShortTransfer, "short_transfer"},
    {FaultKind::kDropWrite, "drop_write"},
    {FaultKind::kNoisyRead, "noisy_read"},
    {FaultKind::kAliasedRead, "aliased_read"},
    {FaultKind::kStuckRead, "stuck_read"},
    {FaultKind::kStaleRead, "stale_read"},
    {FaultKind::kPowerCut, "power_cut"},
    {FaultKind::kGone, "gone"},
    {FaultKind::kBackAs, "back_as"},
    {FaultKind::kStuckStatus, "stuck_status"},
    {FaultKind::kIgnoreIntro, "ignore_intro"},
    {FaultKind::kEngineSilent, "engine_silent"},
    {FaultKind::kEngineEcho, "engine_echo"},
    {FaultKind::kPreempted, "preempted"},
}};

constexpr std::array<std::pair<RunState, std::string_view>, 5> kStates = {{
    {RunState::kOff, "off"},
    {RunState::kBoot, "boot"},
    {RunState::kRun, "run"},
    {RunState::kVendor, "vendor"},
    {RunState::kDead, "dead"},
}};

template <typename Table, typename Value>
std::string_view NameOf(const Table& table, Value value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "unknown";
}

template <typename Value, size_t size>
std::optional<Value> ValueOf(const std::array<std::pair<Value, std::string_view>, size>& table,
                             std::string_view text) {
  for (const auto& [value, name] : table) {
    if (name == text) return value;
  }
  return std::nullopt;
}

bool IsPower(FaultKind kind) {
  return kind == FaultKind::kPowerCut || kind == FaultKind::kGone || kind == FaultKind::kBackAs;
}

void Apply(const FaultSpec& spec, Strikes& strikes) {
  switch (spec.kind) {
    case FaultKind::kTimeout:
      strikes.timeout = true;
      break;
    case FaultKind::kCheckCondition:
      strikes.sense = spec.sense;
      break;
    case FaultKind::kShortTransfer:
      strikes.short_transfer = true;
      break;
    case FaultKind::kNoisyRead:
      strikes.noise_one_in = spec.one_in;
      break;
    case FaultKind::kAliasedRead:
      strikes.alias_window_bytes = spec.window_bytes;
      break;
    case FaultKind::kStuckRead:
      strikes.stuck = true;
      break;
    case FaultKind::kStaleRead:
      strikes.stale = true;
      break;
    case FaultKind::kStuckStatus:
      strikes.status = spec.status;
      break;
    case FaultKind::kIgnoreIntro:
      strikes.ignore_intro = true;
      break;
    case FaultKind::kEngineSilent:
      strikes.engine = EngineFault::kSilent;
      break;
    case FaultKind::kEngineEcho:
      strikes.engine = EngineFault::kEcho;
      break;
    case FaultKind::kPreempted:
      strikes.preempted = true;
      break;
    case FaultKind::kDropWrite:
    case FaultKind::kPowerCut:
    case FaultKind::kGone:
    case FaultKind::kBackAs:
      break;
  }
}

}  // namespace

std::string_view ToString(FaultKind kind) { return NameOf(kKinds, kind); }
std::optional<FaultKind> ParseFaultKind(std::string_view text) { return ValueOf(kKinds, text); }
std::string_view ToString(RunState state) { return NameOf(kStates, state); }
std::optional<RunState> ParseRunState(std::string_view text) { return ValueOf(kStates, text); }

void FaultPlan::Add(FaultSpec spec) { entries_.push_back({std::move(spec), 0}); }

bool FaultPlan::Due(const Entry& entry, const CommandFacts& facts) {
  const FaultTrigger& at = entry.spec.at;
  if (facts.command < at.command) return false;
  if (at.opcode && *at.opcode != facts.opcode) return false;
  return !at.state || *at.state == facts.state;
}

bool FaultPlan::WriteDue(const FaultSpec& spec, const CommandFacts& facts) {
  const FaultTrigger& at = spec.at;
  const bool preempted = spec.kind == FaultKind::kPreempted;
  const uint32_t cycle = at.cycle == 0 && preempted ? facts.half_load : at.cycle;
  if (cycle == 0) return !preempted && facts.writes >= at.write;
  return facts.writes + 1 >= at.write && facts.cycles >= cycle;
}

Strikes FaultPlan::Before(const CommandFacts& facts) {
  Strikes strikes;
  for (Entry& entry : entries_) {
    const FaultSpec& spec = entry.spec;
    if (IsPower(spec.kind) || !Due(entry, facts)) continue;
    if (spec.kind == FaultKind::kDropWrite) {
      // The n-th write begins when n - 1 have; from then on `times` writes are dropped.
      if (entry.used != 0 || facts.writes + 1 < spec.at.write) continue;
      entry.used = 1;
      strikes.drop_writes = spec.times == 0 ? std::numeric_limits<uint32_t>::max() : spec.times;
      continue;
    }
    if (!WriteDue(spec, facts)) continue;
    if (spec.times != 0 && entry.used >= spec.times) continue;
    ++entry.used;
    Apply(spec, strikes);
  }
  return strikes;
}

const FaultSpec* FaultPlan::After(const CommandFacts& facts) {
  for (Entry& entry : entries_) {
    const FaultSpec& spec = entry.spec;
    if (!IsPower(spec.kind) || !WriteDue(spec, facts) || !Due(entry, facts)) continue;
    if (spec.times != 0 && entry.used >= spec.times) continue;
    ++entry.used;
    return &spec;
  }
  return nullptr;
}

}  // namespace firmbench::simulator
