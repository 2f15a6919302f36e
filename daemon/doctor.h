// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the daemon can see of the PC under it: its user, the rights on drives, udev, disk, clock and
// power. Reads a few files and takes one inhibitor lock for a moment; changes nothing. Any thread;
// takes up to as long as PowerGuard::Hold.

#include <functional>
#include <string>
#include <vector>

#include "daemon/jobs/power_guard.h"
#include "daemon/rpc/check.h"

namespace firmbench {

enum class ClockSync : uint8_t { kYes, kNo, kUnknown };

// What the kernel says of its clock; unknown inside of the service, whose filter refuses the call.
ClockSync KernelClockSync();

struct DoctorOptions {
  bool simulated = false;
  std::string state_dir;
  std::string spill_folder;
  bool port_io = false;
  jobs::PowerGuard* power = nullptr;  // nullptr: the configuration turned it off
  std::string root;                   // stands before every path of the machine; "" but in tests
  std::function<ClockSync()> clock_sync = KernelClockSync;
};

// The most basic first.
std::vector<rpc::Check> CheckMachine(const DoctorOptions& options);

}  // namespace firmbench
