// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench bench doctor`: what this computer sees of the way to the bench, then what the bench
// sees of itself. Main thread.

#include "client/cli/context.h"
#include "firmbench/v1/bench_service.pb.h"

namespace firmbench::cli {

// kOk when nothing is bad, kFailed when something is, kUnreachable when the bench does not answer.
Ending RunBenchDoctor(Context& context);

// Who asks, as far as the socket's rights go.
struct Caller {
  unsigned uid = 0;
  std::vector<unsigned> groups;  // that this process has
  bool is_this = false;          // the kernel can be asked, which also reads access control lists
};
Caller ThisProcess();

// Whether `caller` may use the socket of a bench on this computer.
v1::Check CheckSocket(const std::string& path, const Caller& caller);

}  // namespace firmbench::cli
