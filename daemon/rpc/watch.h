// SPDX-License-Identifier: Apache-2.0
#pragma once

// Streams of events. A watcher holds a sequence number and no queue: when it is woken and its last
// message is gone, the next events are read from the ledger, and progress is whatever it is then.
// So a slow client costs one message of memory and misses no state change. All watchers are served
// on one lane; gRPC owns the reactors.

#include <grpcpp/support/server_callback.h>

#include "daemon/rpc/context.h"
#include "firmbench/v1/bench_service.pb.h"
#include "firmbench/v1/job.pb.h"

namespace firmbench::rpc {

// A snapshot of the job, then its events; ends after the one that closes the job.
grpc::ServerWriteReactor<v1::JobEvent>* StartJobWatch(const Context& bench, const Caller& caller,
                                                      const std::string& name,
                                                      int64_t after_sequence);

// Every drive once, then every event of the bench, without end.
grpc::ServerWriteReactor<v1::BenchEvent>* StartBenchWatch(const Context& bench,
                                                          const Caller& caller,
                                                          int64_t after_sequence);

}  // namespace firmbench::rpc
