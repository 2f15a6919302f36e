// SPDX-License-Identifier: Apache-2.0
#pragma once

// AuditService: what happened on this bench, proofs of it, and whether the ledger holds together.
// Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/audit_service.grpc.pb.h"

namespace firmbench::rpc {

class AuditService final : public v1::AuditService::CallbackService {
 public:
  explicit AuditService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override;
  grpc::ServerWriteReactor<v1::ExportAuditEntriesResponse>* ExportAuditEntries(
      grpc::CallbackServerContext* context, const v1::ExportAuditEntriesRequest* request) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest* request,
                                          v1::Checkpoint* response) override;
  grpc::ServerUnaryReactor* ProveEntry(grpc::CallbackServerContext* context,
                                       const v1::ProveEntryRequest* request,
                                       v1::ProveEntryResponse* response) override;
  grpc::ServerUnaryReactor* VerifyLedger(grpc::CallbackServerContext* context,
                                         const v1::VerifyLedgerRequest* request,
                                         v1::VerifyLedgerResponse* response) override;

 private:
  const Context& bench_;
};

// Microseconds since 1970, 0 for a time that is not set. TIME_INVALID outside of the years 1 to
// 9999 or before 1970.
Result<int64_t> MicrosOf(bool set, const google::protobuf::Timestamp& time);

// The number of "auditEntries/NUMBER"; NAME_INVALID.
Result<int64_t> EntryNumber(const std::string& name);

}  // namespace firmbench::rpc
