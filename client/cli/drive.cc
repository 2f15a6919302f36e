// SPDX-License-Identifier: Apache-2.0
#include "client/cli/drive.h"

#include <fmt/format.h>

#include "client/cli/render/drive.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"

namespace firmbench::cli {

Ending RunDriveList(Context& context) {
  constexpr int kMost = 10'000;
  ASSIGN_OR_RETURN(
      const v1::ListDrivesResponse drives,
      CallList(context.client.drives(), &v1::DriveService::Stub::ListDrives,
               v1::ListDrivesRequest(), &v1::ListDrivesResponse::mutable_drives, kMost));
  context.last_known.KeepDrives(drives);
  PrintScreen(context, drives, [&] { return render::DriveTable(drives, context.wide()); });
  if (drives.drives().empty()) context.console.Err("no drive is attached to this bench\n");
  return ExitCode::kOk;
}

Ending RunDriveShow(Context& context, const DriveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  v1::GetDriveRequest request;
  request.set_name(found.name());
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::GetDrive, request));
  context.last_known.KeepDrive(drive);
  PrintScreen(context, drive, [&] { return render::DriveDetails(drive, context.out_style()); });
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

Ending RunDriveClaim(Context& context, const DriveClaimOptions& options) {
  v1::ClaimDriveRequest request;
  if (!options.duration.empty()) {
    ASSIGN_OR_RETURN(const std::chrono::seconds duration, ParseDuration(options.duration));
    request.mutable_duration()->set_seconds(duration.count());
  }
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  request.set_name(found.name());
  request.set_note(options.note);
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::ClaimDrive, request));
  context.Print(drive, [&] {
    return render::DriveTitle(drive) + " is " + render::Clean(render::ClaimText(drive)) + "\n";
  });
  return ExitCode::kOk;
}

Ending RunDriveRelease(Context& context, const DriveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  v1::ReleaseDriveRequest request;
  request.set_name(found.name());
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::ReleaseDrive, request));
  context.Print(drive, [&] { return render::DriveTitle(drive) + " is free for everybody\n"; });
  return ExitCode::kOk;
}

Ending RunDriveLift(Context& context, const DriveLiftOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive found, ResolveDrive(context.client, options.drive));
  v1::LiftQuarantineRequest request;
  request.set_name(found.name());
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::LiftQuarantine, request));
  context.Print(drive, [&] {
    return fmt::format("{} is out of quarantine: {}\n", render::DriveTitle(drive),
                       render::StateInWords(drive.state()));
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
