// SPDX-License-Identifier: Apache-2.0
#pragma once

// Register accesses of a drive that is in vendor mode. Lane-only.

#include <span>

#include "daemon/ata/task_file.h"
#include "daemon/base/result.h"

namespace firmbench::families::mediatek_liteon {

// Runs the script. TASKFILE_WAIT_TIMEOUT when the drive stops answering in the middle of it: busy
// for ever, or with another status than that of its mode.
inline Status RunInVendorMode(ata::TaskFile& task_file, std::span<ata::Access> script) {
  const Status status = task_file.Run(script);
  if (status || status.error().reason() != "TASKFILE_WAIT_TIMEOUT") return status;
  return Error(status.error())
      .WithRemedy(
          "the drive takes no more commands: switch it off and on and start again; if it happens "
          "again, try another cable and power supply, with the drive alone on both");
}

}  // namespace firmbench::families::mediatek_liteon
