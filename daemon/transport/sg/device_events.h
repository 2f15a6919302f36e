// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells when the kernel's SCSI drives or their mounts may have changed. The kernel's own messages
// are heard, and udev's after its rules ran (only then has a node its owner): with or without udevd
// nothing else is needed, and libsystemd would cost an idle daemon a megabyte. Messages only say
// that it is worth looking again; nothing of what they claim is believed.

#include <functional>
#include <set>
#include <string>
#include <thread>

#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"
#include "daemon/transport/sg/sg_devices.h"

namespace firmbench::transport {

// A socket that hears them. EVENTS_UNAVAILABLE.
Result<UniqueFd> OpenKernelEvents();

// Is this message about a SCSI generic node coming, going or getting ready?
bool ConcernsSgNodes(std::string_view message);

// Listens on a thread of its own from its making to its end. `changed` is called on that thread
// without locks held; bursts are taken together. `events` may be invalid: then only mounts are
// seen.
class DeviceEvents {
 public:
  DeviceEvents(UniqueFd events, SgRoots roots, std::function<void()> changed);
  // Waits for a call of `changed` that is under way.
  ~DeviceEvents();

  // Gives the socket back, after the thread ended.
  UniqueFd Stop();

 private:
  void Listen();
  bool DrainEvents();
  bool MountsDiffer();

  UniqueFd events_;
  const SgRoots roots_;
  const std::function<void()> changed_;
  UniqueFd stop_;
  UniqueFd mounts_;
  std::set<std::string> mounted_;
  std::thread thread_;
};

}  // namespace firmbench::transport
