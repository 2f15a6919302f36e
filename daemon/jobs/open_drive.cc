// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/open_drive.h"

namespace firmbench::jobs {
namespace {

families::DriveAccess AccessTo(const inventory::DriveBinding& drive,
                               const inventory::Handles& handles, bool silent) {
  return {handles.scsi.get(),
          handles.task_file.get(),
          drive.attachment.clock,
          drive.attachment.second_device,
          drive.attachment.connection.simulated,
          silent,
          drive.attachment.connection.cable};
}

}  // namespace

Result<OpenDrive> OpenFresh(const inventory::DriveBinding& drive, bool silent) {
  const families::Family& family = *drive.snapshot->family;
  OpenDrive open;
  ASSIGN_OR_RETURN(open.handles,
                   drive.attachment.open({family.cdb_rules(), family.task_file_rules()}));
  open.session = family.Open(*drive.snapshot->model, AccessTo(drive, open.handles, silent));
  return open;
}

Result<OpenChip> OpenProgrammer(const inventory::DriveBinding& drive, bool silent) {
  const families::Family& family = *drive.snapshot->family;
  OpenChip open;
  ASSIGN_OR_RETURN(open.handles,
                   drive.attachment.open({family.cdb_rules(), family.task_file_rules()}));
  open.programmer =
      family.OpenProgrammer(*drive.snapshot->model, AccessTo(drive, open.handles, silent));
  if (open.programmer == nullptr) {
    return FailedPrecondition("CHIP_NOT_REACHABLE", "this drive cannot be used as a programmer")
        .WithRemedy("attach it to an IDE port or to a bridge that gives its registers");
  }
  return open;
}

}  // namespace firmbench::jobs
