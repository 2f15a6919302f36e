// SPDX-License-Identifier: Apache-2.0
#pragma once

// LedgerService: the ledger as a whole. What walks it runs on the lane for slow calls. Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/ledger_service.grpc.pb.h"

namespace firmbench::rpc {

class LedgerService final : public v1::LedgerService::CallbackService {
 public:
  explicit LedgerService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* GetLedger(grpc::CallbackServerContext* context,
                                      const v1::GetLedgerRequest* request,
                                      v1::Ledger* response) override;
  grpc::ServerWriteReactor<v1::BackupLedgerResponse>* BackupLedger(
      grpc::CallbackServerContext* context, const v1::BackupLedgerRequest* request) override;
  grpc::ServerUnaryReactor* ArchiveDumps(grpc::CallbackServerContext* context,
                                         const v1::ArchiveDumpsRequest* request,
                                         v1::ArchiveDumpsResponse* response) override;

 private:
  const Context& bench_;
};

// The moment that lies so long before `now_us`, microseconds since 1970; AGE_INVALID outside of one
// day to 100 years.
Result<int64_t> MomentBefore(int64_t now_us, const v1::ArchiveDumpsRequest& request);

}  // namespace firmbench::rpc
