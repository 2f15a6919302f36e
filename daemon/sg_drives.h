// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives of the kernel's SCSI layer, on SATA and IDE ports, USB bridges and SCSI buses: part of
// the composition root. A drive is known by the way to its port; one that comes back under another
// node after a reset is followed there. Thread-safe; drives are opened on their lanes.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/inventory/drive_source.h"
#include "daemon/transport/sg/device_events.h"
#include "daemon/transport/sg/sg_devices.h"
#include "daemon/transport/sg/sg_node.h"

namespace firmbench {

class LentNode;

struct SgDrivesOptions {
  transport::SgRoots roots;
  transport::OpenSgNode open_node = transport::OpenKernelSgNode;
  // Bridges that hand vendor commands to the drive, on somebody's word: "152d:2338".
  std::vector<std::string> vendor_bridges;
  // Bridges that a test made, with simulated drives behind them.
  std::vector<std::string> simulated_bridges;
  std::string lock_folder = "/run/lock";
  Clock& clock = RealClock();
};

class SgDrives final : public inventory::DriveSource {
 public:
  // `events` is a socket that tells of hot-plug; an invalid one: only Rescan finds what is new.
  SgDrives(SgDrivesOptions options, UniqueFd events);
  // Gives the kernel its looking for discs back.
  ~SgDrives() override;

  // The machine's own, with its hot-plug events.
  static std::unique_ptr<SgDrives> OfThisMachine(std::vector<std::string> vendor_bridges,
                                                 std::vector<std::string> simulated_bridges);

  // From the first time a drive is seen until we end, the kernel does not look for discs in it by
  // itself, where we may write that (sysfs events_poll_msecs).
  std::vector<inventory::Attachment> List() override;
  void Watch(std::function<void()> changed) override;

 private:
  // A port at which there was a drive at least once.
  struct Port {
    transport::SgDevice device;
    uint64_t generation = 0;
    bool present = false;
    std::string polling_before;    // what to put back; "" for nothing
    std::weak_ptr<LentNode> node;  // what was opened last
  };

  void TakeOver(std::vector<transport::SgDevice> found) FB_REQUIRES(mutex_);
  void StopPolling(Port& port) const;
  void GivePollingBack(Port& port) const;
  void SayWhatIsMissing() FB_REQUIRES(mutex_);
  bool IsSimulated(const transport::SgDevice& device) const;
  inventory::Attachment Attach(const Port& port);
  Result<inventory::Handles> Open(const std::string& topology, const inventory::GateRules& rules);
  Result<transport::SgDevice> FindNow(const std::string& topology) const;
  Result<std::unique_ptr<transport::SgNode>> OpenNode(const transport::SgDevice& device);

  const SgDrivesOptions options_;
  Mutex watch_mutex_;                                 // never held while mutex_ is
  UniqueFd idle_events_ FB_GUARDED_BY(watch_mutex_);  // while nobody watches
  std::unique_ptr<transport::DeviceEvents> events_ FB_GUARDED_BY(watch_mutex_);
  mutable Mutex mutex_;
  std::map<std::string, Port> ports_ FB_GUARDED_BY(mutex_);  // by topology
  bool said_sg_missing_ FB_GUARDED_BY(mutex_) = false;
};

// "USB 2 bridge 152d:2338 (JMicron JM20337/8), node sg0, 120 KiB per command".
std::string ConnectionText(const transport::SgDevice& device);

}  // namespace firmbench
