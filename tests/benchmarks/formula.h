// SPDX-License-Identifier: Apache-2.0
#pragma once

// The least time that a protected flash of a Lite-On drive in vendor mode can take, in closed form
// from the drive's profile, the chip's row and the plan: register accesses that the protocol
// prescribes, busy times, prescribed waits and boots. Nothing in it is measured, and the time that
// the daemon itself needs is not in it. Pure; any thread.

#include <string>
#include <vector>

#include "daemon/chips/plan.h"
#include "daemon/chips/rows/row.h"
#include "daemon/simulator/profile.h"

namespace firmbench::benchmarks {

struct Term {
  std::string name;
  Nanos time{0};
};

struct FlashFacts {
  const simulator::DriveTimings& drive;
  const chips::ChipRow& chip;
  const chips::ChipPlan& plan;
  uint32_t eeprom_bytes = 0;
};

// Every term of the job, in the order of its steps.
std::vector<Term> LeastFlashTime(const FlashFacts& facts);
Nanos Sum(const std::vector<Term>& terms);

}  // namespace firmbench::benchmarks
