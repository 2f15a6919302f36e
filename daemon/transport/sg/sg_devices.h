// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which CD and DVD drives the kernel's SCSI layer has, and how each is attached: sysfs alone is
// read, so that nothing differs between machines with and without udevd. A drive is known by the
// way to its port, never by a /dev name, which changes with every plug-in. Any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace firmbench::transport {

// Where the kernel's files are; a test has its own.
struct SgRoots {
  std::string sys = "/sys";
  std::string proc = "/proc";
  std::string dev = "/dev";
};

struct UsbId {
  uint16_t vendor = 0;
  uint16_t product = 0;
  bool operator==(const UsbId&) const = default;
};
std::string ToString(UsbId id);  // "152d:2338"
// nullopt for anything else.
std::optional<UsbId> ParseUsbId(std::string_view text);

// The USB device that a drive hangs on: its bridge. Strings are cleaned and may be anything.
struct UsbBridge {
  UsbId id;
  std::string serial;  // "" for none
  std::string name;    // manufacturer and product, as it calls itself
  int generation = 0;  // 1, 2 or 3, by the speed of the link; 0 when it is not said
};

struct SgDevice {
  std::string topology;  // "pci-0000:00:14.0/usb2-1.4", "pci-0000:00:1f.2/ata2"
  std::string port;      // for people, the same for all drives on one cable: "00:14.0/usb2-1.4"
  std::string bay;       // for people: the port, with the drive's address on it unless it is 0:0:0
  std::string adapter;   // the kernel's driver: "ahci", "usb-storage", "" when it is not said
  std::string plug;      // another one after every plug-in
  std::string sg;        // "sg2"
  std::string sr;        // "sr0"; "" when no driver of block devices has it
  std::optional<UsbBridge> usb;
  int ata_port = 0;               // from 1; 0 for none
  bool second_device = false;     // device 1 of an IDE channel
  size_t max_transfer_bytes = 0;  // of one command; 0 when the kernel does not say
};

// By topology. What cannot be read is taken as not there.
std::vector<SgDevice> FindSgDevices(const SgRoots& roots);

// Drives that the kernel has, but without an sg node: "sr0". The module sg is not loaded.
std::vector<std::string> DrivesWithoutSg(const SgRoots& roots);

// events_poll_msecs of the drive's block node, the kernel's own looking for discs: what stands
// there ("-1" for the system's default), and something new. nullopt or false when there is no such
// file or we may not write it.
std::optional<std::string> ReadMediaPolling(const SgRoots& roots, const std::string& sr);
bool WriteMediaPolling(const SgRoots& roots, const std::string& sr, const std::string& value);

}  // namespace firmbench::transport
