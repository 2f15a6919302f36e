// SPDX-License-Identifier: Apache-2.0
#pragma once

// BenchService and AuditService: what this bench is, what happened on it, and whether the ledger
// holds together. Thread-safe.

#include <vector>

#include "daemon/rpc/context.h"
#include "firmbench/v1/audit_service.grpc.pb.h"
#include "firmbench/v1/bench_service.grpc.pb.h"

namespace firmbench::rpc {

class BenchService final : public v1::BenchService::CallbackService {
 public:
  explicit BenchService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* GetBench(grpc::CallbackServerContext* context,
                                     const v1::GetBenchRequest* request,
                                     v1::Bench* response) override;
  grpc::ServerWriteReactor<v1::BenchEvent>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override;

 private:
  const Context& bench_;
};

// What is wrong on a bench, the most urgent first: drives whose write was cut, then a ledger that
// takes nothing any more, then what concerns single drives. Pure.
std::vector<inventory::Problem> BenchProblems(const std::vector<inventory::Snapshot>& drives,
                                              const storage::LedgerHealth& ledger);

class AuditService final : public v1::AuditService::CallbackService {
 public:
  explicit AuditService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override;
  grpc::ServerUnaryReactor* VerifyLedger(grpc::CallbackServerContext* context,
                                         const v1::VerifyLedgerRequest* request,
                                         v1::VerifyLedgerResponse* response) override;

 private:
  const Context& bench_;
};

}  // namespace firmbench::rpc
