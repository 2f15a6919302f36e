// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/second_copy.h"

#include <fmt/format.h>

namespace firmbench::jobs {

std::vector<inventory::Problem> CopyProblems(const CopyState& state) {
  std::vector<inventory::Problem> problems;
  if (!state.pending.empty()) {
    problems.push_back(
        {"COPY_PENDING",
         fmt::format("the second copy lacks the bytes of {} {}", state.pending.size(),
                     state.pending.size() == 1 ? "dump" : "dumps"),
         state.failing ? "mend what is said below; the copying goes on by itself"
                       : "nothing to do: it is being copied"});
  }
  if (state.failing) problems.push_back(*state.failing);
  return problems;
}

}  // namespace firmbench::jobs
