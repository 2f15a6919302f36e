// SPDX-License-Identifier: Apache-2.0
#pragma once

// Descriptors of a drive with a session of its family on them. Lane-only.

#include <memory>

#include "daemon/families/chip_programmer.h"
#include "daemon/inventory/inventory.h"

namespace firmbench::jobs {

// The session goes first.
struct OpenDrive {
  inventory::Handles handles;
  std::unique_ptr<families::Session> session;
};

// Opens fresh descriptors; the drive's model must be known or assumed. `silent` as in
// families::DriveAccess. DRIVE_GONE, DRIVE_BUSY.
Result<OpenDrive> OpenFresh(const inventory::DriveBinding& drive, bool silent);

// The same for the chip in its socket. CHIP_NOT_REACHABLE when the drive cannot be a programmer.
struct OpenChip {
  inventory::Handles handles;
  std::unique_ptr<families::ChipProgrammer> programmer;
};
Result<OpenChip> OpenProgrammer(const inventory::DriveBinding& drive, bool silent);

}  // namespace firmbench::jobs
