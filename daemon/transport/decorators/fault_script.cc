// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/fault.h"

namespace firmbench::transport {
namespace {

// splitmix64 (public domain, S. Vigna).
uint64_t NextRandom(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

std::string_view ToString(FaultKind kind) {
  switch (kind) {
    case FaultKind::kTimeout:
      return "timeout";
    case FaultKind::kCheckCondition:
      return "check_condition";
    case FaultKind::kStuckStatus:
      return "stuck_status";
    case FaultKind::kGone:
      return "gone";
    case FaultKind::kDropWrite:
      return "drop_write";
    case FaultKind::kStaleBuffer:
      return "stale_buffer";
    case FaultKind::kEchoedWrite:
      return "echoed_write";
    case FaultKind::kShortTransfer:
      return "short_transfer";
    case FaultKind::kNoisyRead:
      return "noisy_read";
    case FaultKind::kAliasedRead:
      return "aliased_read";
    case FaultKind::kStuckRead:
      return "stuck_read";
    case FaultKind::kOtherIdentity:
      return "other_identity";
    case FaultKind::kErrorAfter:
      return "error_after";
  }
  return "unknown";
}

FaultScript::FaultScript(std::vector<Fault> faults, uint64_t seed, ByteOps ops)
    : seed_(seed), ops_(ops), random_(~seed) {
  for (const Fault& fault : faults) Add(fault);
}

void FaultScript::Add(const Fault& fault) {
  const MutexLock lock(mutex_);
  uint64_t state = seed_ ^ (++added_ << 32);
  entries_.push_back({fault, NextRandom(state), 0});
}

void FaultScript::Clear() {
  const MutexLock lock(mutex_);
  entries_.clear();
}

FaultCounts FaultScript::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

uint64_t FaultScript::Random() {
  const MutexLock lock(mutex_);
  return NextRandom(random_);
}

bool FaultScript::Due(Entry& entry, uint64_t command, uint64_t writes, uint8_t opcode) {
  const Fault& fault = entry.fault;
  if (command < fault.command || writes < fault.write) return false;
  if (fault.opcode && *fault.opcode != opcode) return false;
  if (fault.times != 0 && entry.used >= fault.times) return false;
  return fault.chance_one_in <= 1 || NextRandom(entry.random) % fault.chance_one_in == 0;
}

std::vector<Fault> FaultScript::Next(uint8_t opcode, bool write, Kinds possible) {
  const MutexLock lock(mutex_);
  ++counts_.commands;
  counts_.writes += write;
  std::vector<Fault> struck;
  for (Entry& entry : entries_) {
    const auto kind = static_cast<size_t>(entry.fault.kind);
    if (!possible[kind]) continue;
    if (!Due(entry, counts_.commands, counts_.writes, opcode)) continue;
    ++entry.used;
    ++counts_.struck[kind];
    struck.push_back(entry.fault);
  }
  return struck;
}

}  // namespace firmbench::transport
