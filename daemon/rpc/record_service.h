// SPDX-License-Identifier: Apache-2.0
#pragma once

// RecordService: rows of the ledger on their way out and in. Thread-safe.

#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/record_service.grpc.pb.h"

namespace firmbench::rpc {

class RecordService final : public v1::RecordService::CallbackService {
 public:
  RecordService(const Context& bench, Uploads& uploads) : bench_(bench), uploads_(uploads) {}

  grpc::ServerUnaryReactor* GetRecords(grpc::CallbackServerContext* context,
                                       const v1::GetRecordsRequest* request,
                                       v1::GetRecordsResponse* response) override;
  grpc::ServerUnaryReactor* PutRecords(grpc::CallbackServerContext* context,
                                       const v1::PutRecordsRequest* request,
                                       v1::PutRecordsResponse* response) override;

 private:
  const Context& bench_;
  Uploads& uploads_;
};

}  // namespace firmbench::rpc
