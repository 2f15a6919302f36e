// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/drive_service.h"

#include <fmt/format.h>

#include "daemon/jobs/bridge_history.h"
#include "daemon/jobs/tray.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {

v1::Drive ShowDrive(const Context& bench, const inventory::DriveSnapshot& drive) {
  return ToProto(drive, bench.ledger.bench_id(), bench.engine.CurrentJob(drive.id),
                 NumberOfUnit(bench.ledger, drive.unit.unit_id));
}

Result<v1::Drive> ShowDrive(const Context& bench, const std::string& drive_id) {
  ASSIGN_OR_RETURN(const inventory::Snapshot drive, bench.inventory.Find(drive_id));
  return ShowDrive(bench, *drive);
}

// One drive alone, with what its bridge has done so far.
Result<v1::Drive> ShowDriveAndBridge(const Context& bench, const std::string& drive_id) {
  ASSIGN_OR_RETURN(const inventory::Snapshot drive, bench.inventory.Find(drive_id));
  v1::Drive shown = ShowDrive(bench, *drive);
  if (drive->bridge.empty()) return shown;
  ASSIGN_OR_RETURN(const auto history, jobs::HistoryOf(bench.ledger, drive->bridge));
  shown.mutable_connection()->set_text(
      fmt::format("{}; {}", drive->connection_text, jobs::ToText(history)));
  return shown;
}

Result<Nanos> ClaimLength(const v1::ClaimDriveRequest& request, Nanos usual) {
  constexpr auto kLongest =
      std::chrono::duration_cast<std::chrono::seconds>(jobs::Engine::kLongestClaim);
  if (!request.has_duration()) return usual;
  const google::protobuf::Duration& wanted = request.duration();
  if (wanted.nanos() != 0 || wanted.seconds() < 1 || wanted.seconds() > kLongest.count()) {
    return InvalidArgument("DURATION_INVALID",
                           "a claim lasts a whole number of seconds, up to 24 hours")
        .WithRemedy("claim the drive again when the time is over");
  }
  return Nanos(std::chrono::seconds(wanted.seconds()));
}

grpc::ServerUnaryReactor* DriveService::ListDrives(grpc::CallbackServerContext* context,
                                                   const v1::ListDrivesRequest* request,
                                                   v1::ListDrivesResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListDrivesResponse> {
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
                 v1::ListDrivesResponse list;
                 bool reached = page.after.empty();
                 for (const inventory::Snapshot& drive : bench_.inventory.List()) {
                   if (!reached) {
                     reached = drive->id == page.after;
                     continue;
                   }
                   if (list.drives_size() == page.size) {
                     const std::string& last = list.drives(list.drives_size() - 1).name();
                     list.set_next_page_token(last.substr(last.find('/') + 1));
                     break;
                   }
                   *list.add_drives() = ShowDrive(bench_, *drive);
                 }
                 return list;
               });
}

grpc::ServerUnaryReactor* DriveService::GetDrive(grpc::CallbackServerContext* context,
                                                 const v1::GetDriveRequest* request,
                                                 v1::Drive* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Drive> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("drives", request->name()));
    return ShowDriveAndBridge(bench_, id);
  });
}

// The tray is moved on the drive's lane; the call is finished from there, no thread waits.
grpc::ServerUnaryReactor* DriveService::EjectDrive(grpc::CallbackServerContext* context,
                                                   const v1::EjectDriveRequest* request,
                                                   v1::Drive* response) {
  return LaterUnary(
      bench_, context, request, [&](const Caller&, grpc::ServerUnaryReactor* reactor) -> Status {
        ASSIGN_OR_RETURN(const std::string id, IdFrom("drives", request->name()));
        return jobs::EjectTray(
            bench_.inventory, bench_.engine, id,
            [this, reactor, response](const Status& status, const inventory::Snapshot& drive) {
              if (status) *response = ShowDrive(bench_, *drive);
              reactor->Finish(status ? grpc::Status::OK : ToGrpc(status.error()));
            });
      });
}

grpc::ServerUnaryReactor* DriveService::ClaimDrive(grpc::CallbackServerContext* context,
                                                   const v1::ClaimDriveRequest* request,
                                                   v1::Drive* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Drive> {
    constexpr size_t kLongestNote = 200;
    ASSIGN_OR_RETURN(const std::string id, IdFrom("drives", request->name()));
    RETURN_IF_ERROR(CheckLength(request->note(), kLongestNote));
    ASSIGN_OR_RETURN(const Nanos duration, ClaimLength(*request, bench_.facts.usual_claim()));
    RETURN_IF_ERROR(bench_.engine.ClaimDrive(id, caller.principal, request->note(), duration));
    return ShowDrive(bench_, id);
  });
}

grpc::ServerUnaryReactor* DriveService::ReleaseDrive(grpc::CallbackServerContext* context,
                                                     const v1::ReleaseDriveRequest* request,
                                                     v1::Drive* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Drive> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("drives", request->name()));
    RETURN_IF_ERROR(bench_.engine.ReleaseDrive(id, caller.principal));
    return ShowDrive(bench_, id);
  });
}

grpc::ServerUnaryReactor* DriveService::LiftQuarantine(grpc::CallbackServerContext* context,
                                                       const v1::LiftQuarantineRequest* request,
                                                       v1::Drive* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Drive> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("drives", request->name()));
    RETURN_IF_ERROR(CheckReason(request->reason()));
    RETURN_IF_ERROR(bench_.engine.LiftQuarantine(id, request->reason(), caller.principal));
    return ShowDrive(bench_, id);
  });
}

}  // namespace firmbench::rpc
