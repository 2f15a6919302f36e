// SPDX-License-Identifier: Apache-2.0
#pragma once

// What has to hold after a restart, wherever the one before was cut. Used from several threads.

#include <string>

#include "tests/crash/scenarios.h"

namespace firmbench::test {

enum class Verdict : uint8_t { kRecovered, kLostAsDeclared, kLost };

struct Checked {
  Verdict verdict = Verdict::kRecovered;
  std::string why;  // of a loss
};

// Starts a daemon on what was left, lets it settle, and judges: the ledger is whole, what the job
// says became of the memory is what the memory holds, and the drive ends with sound firmware and
// its own EEPROM, after its recovery where one is needed. `to_new` says how that is asked for.
Checked CheckAfterRestart(const Scenario& scenario, const Prepared& job, const WorldState& left,
                          bool to_new);

}  // namespace firmbench::test
