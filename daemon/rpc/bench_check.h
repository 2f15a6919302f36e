// SPDX-License-Identifier: Apache-2.0
#pragma once

// BenchService.CheckBench: what the daemon sees of itself and of its PC. On the lane for slow
// calls.

#include "daemon/rpc/context.h"
#include "firmbench/v1/bench_service.pb.h"

namespace firmbench::rpc {

// What the composition root says of the machine, then ledger, clock and second copy. Never fails: a
// question that cannot be answered is a check that is bad.
v1::CheckBenchResponse CheckBench(const Context& bench);

}  // namespace firmbench::rpc
