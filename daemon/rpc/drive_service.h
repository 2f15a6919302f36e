// SPDX-License-Identifier: Apache-2.0
#pragma once

// DriveService: what is attached. Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/drive_service.grpc.pb.h"

namespace firmbench::rpc {

class DriveService final : public v1::DriveService::CallbackService {
 public:
  explicit DriveService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* ListDrives(grpc::CallbackServerContext* context,
                                       const v1::ListDrivesRequest* request,
                                       v1::ListDrivesResponse* response) override;
  grpc::ServerUnaryReactor* GetDrive(grpc::CallbackServerContext* context,
                                     const v1::GetDriveRequest* request,
                                     v1::Drive* response) override;
  grpc::ServerUnaryReactor* EjectDrive(grpc::CallbackServerContext* context,
                                       const v1::EjectDriveRequest* request,
                                       v1::Drive* response) override;
  grpc::ServerUnaryReactor* ClaimDrive(grpc::CallbackServerContext* context,
                                       const v1::ClaimDriveRequest* request,
                                       v1::Drive* response) override;
  grpc::ServerUnaryReactor* ReleaseDrive(grpc::CallbackServerContext* context,
                                         const v1::ReleaseDriveRequest* request,
                                         v1::Drive* response) override;
  grpc::ServerUnaryReactor* LiftQuarantine(grpc::CallbackServerContext* context,
                                           const v1::LiftQuarantineRequest* request,
                                           v1::Drive* response) override;

 private:
  const Context& bench_;
};

// The drive with its job and its unit's number, as every screen shows it.
v1::Drive ShowDrive(const Context& bench, const inventory::DriveSnapshot& drive);
Result<v1::Drive> ShowDrive(const Context& bench, const std::string& drive_id);

// How long a claim shall last: `usual` when nothing is said. DURATION_INVALID.
Result<Nanos> ClaimLength(const v1::ClaimDriveRequest& request, Nanos usual);

}  // namespace firmbench::rpc
