// SPDX-License-Identifier: Apache-2.0
#include "client/cli/drive.h"

#include <fmt/format.h>

#include "client/cli/render/drive.h"
#include "client/cli/resolve.h"

namespace firmbench::cli {

Ending RunDriveList(Context& context) {
  constexpr int kMost = 10'000;
  ASSIGN_OR_RETURN(
      const v1::ListDrivesResponse drives,
      CallList(context.client.drives(), &v1::DriveService::Stub::ListDrives,
               v1::ListDrivesRequest(), &v1::ListDrivesResponse::mutable_drives, kMost));
  context.Print(drives, [&] { return render::DriveTable(drives, context.wide()); });
  if (drives.drives().empty()) context.console.Err("no drive is attached to this bench\n");
  return ExitCode::kOk;
}

Ending RunDriveShow(Context& context, const DriveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  v1::GetDriveRequest request;
  request.set_name(found.name());
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::GetDrive, request));
  context.Print(drive, [&] { return render::DriveDetails(drive, context.out_style()); });
  return ExitCode::kOk;
}

Ending RunDriveEject(Context& context, const DriveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  v1::EjectDriveRequest request;
  request.set_name(found.name());
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::EjectDrive, request));
  context.Print(drive, [&] { return render::Clean(drive.name()) + " ejected\n"; });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
