// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opening a drive's tray: the one thing besides jobs that people ask of a drive. Any thread; the
// drive itself is asked on its lane.

#include <functional>
#include <string>

#include "daemon/jobs/engine.h"

namespace firmbench::jobs {

// Posts the command to the drive's lane and returns at once; `done` is called from there with how
// it went. DRIVE_NOT_FOUND, DRIVE_BUSY (metadata `job`), SHUTTING_DOWN: then `done` is not called.
using TrayDone = std::function<void(const Status& status, const inventory::Snapshot& drive)>;
Status EjectTray(inventory::Inventory& inventory, const Engine& engine, const std::string& drive_id,
                 TrayDone done);

}  // namespace firmbench::jobs
