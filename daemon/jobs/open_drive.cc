// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/open_drive.h"

namespace firmbench::jobs {

Result<OpenDrive> OpenFresh(const inventory::DriveBinding& drive, bool silent) {
  const families::Family& family = *drive.snapshot->family;
  OpenDrive open;
  ASSIGN_OR_RETURN(open.handles,
                   drive.attachment.open({family.cdb_rules(), family.task_file_rules()}));
  const families::DriveAccess access{
      open.handles.scsi.get(),        open.handles.task_file.get(),          drive.attachment.clock,
      drive.attachment.second_device, drive.attachment.connection.simulated, silent};
  open.session = family.Open(*drive.snapshot->model, access);
  return open;
}

}  // namespace firmbench::jobs
