// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a technician is told about a job that did not end well: what happened, what is known, what
// is not, and what to do next. Made from what the ledger holds of the job and from nothing else, so
// that it is the same on every screen and after every restart. Pure.

#include <string>
#include <vector>

#include "storage/records.h"

namespace firmbench::rpc {

struct AdviceInputs {
  const storage::Job& job;
  const std::vector<storage::JobStep>& steps;
  const std::vector<storage::Dump>& dumps;  // those that the job committed, in any order
  bool needs_recovery = false;
  std::string recovered_by;  // id of the job that brought the drive back; "" when none did
};

// Lines that begin with "What happened: ", "Known: ", "Not known: " or "Next: ", in this order; at
// least one says what is next. A line with a command to be typed holds nothing else. None for a
// job that is open or ended well.
std::vector<std::string> Advice(const AdviceInputs& inputs);

// Would Advice say anything? Cheap: needs no dumps.
bool NeedsAdvice(const storage::Job& job);

}  // namespace firmbench::rpc
