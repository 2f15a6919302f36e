// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/tray.h"

#include "daemon/scsi/commands.h"

namespace firmbench::jobs {

Status EjectTray(inventory::Inventory& inventory, const Engine& engine, const std::string& drive_id,
                 TrayDone done) {
  ASSIGN_OR_RETURN(inventory::DriveBinding binding, inventory.Bind(drive_id));
  if (const std::string job = engine.CurrentJob(drive_id); !job.empty()) {
    return FailedPrecondition("DRIVE_BUSY", "a job is at work on this drive")
        .With("job", "jobs/" + job)
        .WithRemedy("wait for it: `firmbench job watch`");
  }
  inventory::Lane* const lane = binding.lane;
  const bool accepted = lane->Post([drive = std::move(binding), done = std::move(done)] {
    const Status ejected = [&]() -> Status {
      ASSIGN_OR_RETURN(const inventory::Handles handles, drive.attachment.open({}));
      if (!handles.scsi) {
        return FailedPrecondition("NO_SCSI_PATH", "this connection cannot move the tray");
      }
      return scsi::EjectTray(*handles.scsi);
    }();
    done(ejected, drive.snapshot);
  });
  if (!accepted) return Unavailable("SHUTTING_DOWN", "the daemon is stopping");
  return Ok();
}

}  // namespace firmbench::jobs
