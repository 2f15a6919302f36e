// SPDX-License-Identifier: Apache-2.0
#pragma once

// DumpService: what was read, and how two blobs differ. Thread-safe.

#include <optional>
#include <set>
#include <string>

#include "daemon/jobs/dump_import.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/dump_service.grpc.pb.h"

namespace firmbench::rpc {

// Blobs that the second copy lacks; nothing on a bench without one. Asked once for a whole list.
using NotCopied = std::optional<std::set<std::string>>;
NotCopied FindNotCopied(const Context& bench);

// The dump with its unit, what speaks for it and whether it is copied, as every screen shows it.
v1::Dump ShowDump(const Context& bench, const storage::Dump& dump, const NotCopied& not_copied);

class DumpService final : public v1::DumpService::CallbackService {
 public:
  DumpService(const Context& bench, Uploads& uploads)
      : bench_(bench), uploads_(uploads), importer_(bench.ledger) {}

  grpc::ServerUnaryReactor* ListDumps(grpc::CallbackServerContext* context,
                                      const v1::ListDumpsRequest* request,
                                      v1::ListDumpsResponse* response) override;
  grpc::ServerUnaryReactor* GetDump(grpc::CallbackServerContext* context,
                                    const v1::GetDumpRequest* request, v1::Dump* response) override;
  grpc::ServerWriteReactor<v1::ReadDumpResponse>* ReadDump(
      grpc::CallbackServerContext* context, const v1::ReadDumpRequest* request) override;
  grpc::ServerUnaryReactor* ImportDump(grpc::CallbackServerContext* context,
                                       const v1::ImportDumpRequest* request,
                                       v1::ImportDumpResponse* response) override;
  grpc::ServerUnaryReactor* CompareDumps(grpc::CallbackServerContext* context,
                                         const v1::CompareDumpsRequest* request,
                                         v1::CompareDumpsResponse* response) override;

 private:
  const Context& bench_;
  Uploads& uploads_;
  jobs::DumpImporter importer_;
};

}  // namespace firmbench::rpc
