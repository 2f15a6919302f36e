// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who on this PC uses a drive: mounts, block devices on top of it, and processes that have one of
// its nodes open, as far as /proc shows them to us. Reads the kernel's files and sends nothing to
// the drive. Any thread.

#include <set>
#include <string>

#include "daemon/base/result.h"
#include "daemon/transport/sg/sg_devices.h"

namespace firmbench::transport {

// DRIVE_BUSY (FailedPrecondition) with the first that is found, in words and as metadata `holder`:
// "its disc is mounted at /media/disc", "the block device dm-0 is made of it", "brasero, process
// 4711, has sr0 open". `self` is our own process, which does not count.
Status CheckUnused(const SgRoots& roots, const SgDevice& device, int self);

// Block nodes of drives ("sr0") that are mounted in our mount namespace.
std::set<std::string> MountedDrives(const SgRoots& roots);

}  // namespace firmbench::transport
