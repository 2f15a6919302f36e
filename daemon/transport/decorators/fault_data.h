// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the two faulty handles have in common. Private to this folder; for one lane.

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "daemon/transport/decorators/fault.h"

namespace firmbench::transport {

inline FaultScript::Kinds KindsOf(std::initializer_list<FaultKind> kinds) {
  FaultScript::Kinds set;
  for (const FaultKind kind : kinds) set.set(static_cast<size_t>(kind));
  return set;
}

// nullptr when no fault of this kind strikes.
inline const Fault* Find(const std::vector<Fault>& struck, FaultKind kind) {
  for (const Fault& fault : struck) {
    if (fault.kind == kind) return &fault;
  }
  return nullptr;
}

// The byte as a noisy line delivers it.
inline uint8_t WithNoise(uint8_t value, uint32_t one_in, FaultScript& script) {
  const uint64_t chance = script.Random();
  if (one_in == 0 || (chance & 0xffffffff) % one_in != 0) return value;
  return static_cast<uint8_t>(value ^ (1u << (chance >> 32 & 7)));
}

inline Error Gone() { return Unavailable("DRIVE_GONE", "the drive does not answer any more"); }

}  // namespace firmbench::transport
