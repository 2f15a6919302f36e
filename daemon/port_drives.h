// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives on this PC's IDE ports, reached without the kernel's driver: part of the composition
// root. Only channels that the kernel has left are looked at, and nothing takes one from it.
// Thread-safe; looking at ports happens in List() for channels without drives, and on the drives'
// lanes.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/inventory/drive_source.h"
#include "daemon/transport/port_io/ide_channel.h"
#include "daemon/transport/port_io/ports.h"

namespace firmbench {

class PortDrives final : public inventory::DriveSource {
 public:
  // How ports are opened for the calling thread; a test gives its own.
  using OpenPorts = std::function<Result<std::unique_ptr<transport::Ports>>(
      const transport::IdeChannel& channel)>;

  PortDrives(transport::KernelFiles files, OpenPorts open_ports, Clock& clock);
  // The machine's own.
  static std::unique_ptr<PortDrives> OfThisMachine();

  // A device that does not speak PACKET (a hard disk) is not listed; one that does not answer at
  // all but holds its status is: that is what a drive with dead firmware looks like.
  std::vector<inventory::Attachment> List() override;
  // Nothing tells of a drive on an IDE cable: Rescan looks again.
  void Watch(std::function<void()>) override {}

 private:
  struct Channel {
    transport::IdeChannel channel;
    std::vector<bool> present;  // device 0, device 1
  };

  void Look(Channel& channel) const;
  Result<bool> IsThere(const transport::IdeChannel& channel, bool second_device) const;
  Result<inventory::Handles> Open(const transport::IdeChannel& channel, bool second_device,
                                  const inventory::GateRules& rules) const;
  inventory::Attachment Attach(const Channel& channel, bool second_device) const;

  const transport::KernelFiles files_;
  const OpenPorts open_ports_;
  Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Channel> channels_ FB_GUARDED_BY(mutex_);  // by name
};

}  // namespace firmbench
