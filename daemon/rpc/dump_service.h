// SPDX-License-Identifier: Apache-2.0
#pragma once

// DumpService: what was read, and how two blobs differ. Thread-safe.

#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/dump_service.grpc.pb.h"

namespace firmbench::rpc {

class DumpService final : public v1::DumpService::CallbackService {
 public:
  DumpService(const Context& bench, Uploads& uploads) : bench_(bench), uploads_(uploads) {}

  grpc::ServerUnaryReactor* ListDumps(grpc::CallbackServerContext* context,
                                      const v1::ListDumpsRequest* request,
                                      v1::ListDumpsResponse* response) override;
  grpc::ServerUnaryReactor* GetDump(grpc::CallbackServerContext* context,
                                    const v1::GetDumpRequest* request, v1::Dump* response) override;
  grpc::ServerWriteReactor<v1::ReadDumpResponse>* ReadDump(
      grpc::CallbackServerContext* context, const v1::ReadDumpRequest* request) override;
  grpc::ServerUnaryReactor* CompareDumps(grpc::CallbackServerContext* context,
                                         const v1::CompareDumpsRequest* request,
                                         v1::CompareDumpsResponse* response) override;

 private:
  v1::Dump Show(const storage::Dump& dump) const;

  const Context& bench_;
  Uploads& uploads_;
};

}  // namespace firmbench::rpc
