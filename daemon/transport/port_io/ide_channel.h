// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which IDE channels this PC has, and whose they are: the two legacy ones and those of PCI IDE
// controllers (PCI class 01 01, whose prog-if says which of its two channels is in native mode;
// PCI IDE Controller Specification 1.0). Reads files of the kernel, touches no port. Any thread.

#include <cstdint>
#include <string>
#include <vector>

namespace firmbench::transport {

struct IdeChannel {
  std::string name;           // stable: "ide-1f0", "ide-0000:00:01.1-2"
  uint16_t command_base = 0;  // eight ports
  uint16_t control = 0;       // the one port of device control and alternate status
  std::string pci_address;    // "" for a legacy channel without a PCI controller
  // Who drives it now, as the kernel says: "ata_piix". "" when it is free.
  // Where the kernel hides which ports a driver has, as from a service's user, a legacy channel
  // counts as owned while any IDE driver without a PCI controller is there.
  std::string kernel_driver;
};

// Where the kernel's files are; a test has its own.
struct KernelFiles {
  std::string sys = "/sys";
  std::string proc = "/proc";
};

// In the order of their ports. What cannot be read is taken as not there.
std::vector<IdeChannel> FindIdeChannels(const KernelFiles& files);

// How a person takes the channel from the kernel, as one command; "" when it is free.
std::string HowToUnbind(const IdeChannel& channel);

}  // namespace firmbench::transport
