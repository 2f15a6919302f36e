// SPDX-License-Identifier: Apache-2.0
#pragma once

// All services of the API, for the connections of one peer. Cheap: they hold references. The
// context and the uploads outlive it, and it outlives the server it is registered with.

#include <grpcpp/server_builder.h>

#include "daemon/rpc/access_service.h"
#include "daemon/rpc/audit_service.h"
#include "daemon/rpc/bench_service.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/drive_service.h"
#include "daemon/rpc/dump_service.h"
#include "daemon/rpc/image_service.h"
#include "daemon/rpc/job_service.h"
#include "daemon/rpc/ledger_service.h"
#include "daemon/rpc/record_service.h"
#include "daemon/rpc/search_service.h"
#include "daemon/rpc/unit_service.h"
#include "daemon/rpc/uploads.h"

namespace firmbench::rpc {

class Services {
 public:
  // `peer` is who calls when no token says otherwise.
  Services(const Context& bench, Uploads& uploads, Caller peer);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  void Register(grpc::ServerBuilder& builder);

 private:
  Context bench_;
  DriveService drives_;
  UnitService units_;
  DumpService dumps_;
  ImageService images_;
  JobService jobs_;
  AuditService audit_;
  BenchService benches_;
  SearchService search_;
  RecordService records_;
  LedgerService ledger_;
  AccessService access_;
};

}  // namespace firmbench::rpc
