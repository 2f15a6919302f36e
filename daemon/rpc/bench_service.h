// SPDX-License-Identifier: Apache-2.0
#pragma once

// BenchService: what this bench is, and what happens on it. Thread-safe.

#include <vector>

#include "daemon/rpc/context.h"
#include "firmbench/v1/bench_service.grpc.pb.h"

namespace firmbench::rpc {

class BenchService final : public v1::BenchService::CallbackService {
 public:
  explicit BenchService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* GetBench(grpc::CallbackServerContext* context,
                                     const v1::GetBenchRequest* request,
                                     v1::Bench* response) override;
  grpc::ServerUnaryReactor* CheckBench(grpc::CallbackServerContext* context,
                                       const v1::CheckBenchRequest* request,
                                       v1::CheckBenchResponse* response) override;
  grpc::ServerWriteReactor<v1::BenchEvent>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override;

 private:
  const Context& bench_;
};

// What is wrong on a bench, the most urgent first: drives whose write was cut, then a ledger that
// takes nothing any more, then a second copy that lacks something, then what concerns single
// drives. Pure.
std::vector<inventory::Problem> BenchProblems(const std::vector<inventory::Snapshot>& drives,
                                              const storage::LedgerHealth& ledger,
                                              const jobs::CopyState& copy = {});

}  // namespace firmbench::rpc
