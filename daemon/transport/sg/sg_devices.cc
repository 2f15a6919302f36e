// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_devices.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::transport {
namespace {

namespace fs = std::filesystem;

constexpr char kCdDvdType[] = "5";  // SPC-4 6.4.2, in decimal
constexpr size_t kMostBytes = 256;  // of an attribute; strings of USB have at most 126 characters
constexpr size_t kMostDevices = 1024;
// sg makes its buffer of pieces; a megabyte is more than any drive takes at once.
constexpr size_t kLargestTransfer = 1 << 20;
constexpr size_t kSmallestTransfer = 4096;

// An attribute of sysfs, cleaned, without the newline; "" when there is none.
std::string ReadAttribute(const fs::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return "";
  std::string text(kMostBytes, '\0');
  const ssize_t length = ::read(fd.get(), text.data(), text.size());
  text.resize(length > 0 ? static_cast<size_t>(length) : 0);
  while (text.ends_with('\n')) text.pop_back();
  return CleanField(AsBytes(text));
}

std::optional<uint32_t> ParseNumber(std::string_view text, int base = 10) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// "host12" with "host" is 12.
std::optional<uint32_t> NumberAfter(std::string_view text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  return ParseNumber(text.substr(word.size()));
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool AllOf(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kPort = "0123456789.";

// "0000:00:14.0"
bool IsPciAddress(std::string_view text) {
  const auto parts = Split(text, ':');
  return parts.size() == 3 && AllOf(parts[0], kHex) && parts[0].size() >= 4 &&
         AllOf(parts[1], kHex) && parts[2].size() == 4 && parts[2][2] == '.';
}

// The names of the folders of /sys/devices on the way to a drive, taken apart.
struct Way {
  std::string controller;     // "pci-0000:00:14.0"
  fs::path root_hub;          // folder; empty without USB
  fs::path usb_device;        // folder of the device that is the bridge
  std::string usb_port;       // "1.4"
  std::string usb_interface;  // "1.0"
  std::string ata;            // "ata2"
  fs::path ata_folder;
};

// "1-1.4" or, an interface, "1-1.4:1.0". False when it is neither.
bool TakeUsbName(std::string_view name, const fs::path& folder, Way& way) {
  const size_t dash = name.find('-');
  if (dash == std::string_view::npos || !ParseNumber(name.substr(0, dash))) return false;
  const auto parts = Split(name.substr(dash + 1), ':');
  if (parts.size() > 2 || !AllOf(parts[0], kPort)) return false;
  if (parts.size() == 2) {
    way.usb_interface = parts[1];
    return AllOf(parts[1], kPort);
  }
  way.usb_port = parts[0];
  way.usb_device = folder;
  return true;
}

void TakeFolder(std::string_view name, const fs::path& folder, Way& way) {
  if (IsPciAddress(name)) {
    way = {};
    way.controller = fmt::format("pci-{}", name);
  } else if (NumberAfter(name, "usb")) {
    way.root_hub = folder;
  } else if (!way.root_hub.empty() && TakeUsbName(name, folder, way)) {
    return;
  } else if (NumberAfter(name, "ata")) {
    way.ata = name;
    way.ata_folder = folder;
  } else if (!name.starts_with("pci") && name != "platform" && !NumberAfter(name, "virtio")) {
    // Buses of another kind: by their names alone.
    way.controller += fmt::format("{}{}", way.controller.empty() ? "" : "/", name);
  }
}

// Which of the hosts of this parent, from 0: numbers of hosts only ever grow.
size_t RankOfHost(const fs::path& parent, uint32_t host) {
  size_t below = 0, looked = 0;
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    if (++looked > kMostDevices) break;
    const auto other = NumberAfter(it->path().filename().native(), "host");
    if (other && *other < host) ++below;
  }
  return below;
}

int UsbGeneration(std::string_view megabits) {
  const auto whole = ParseNumber(megabits.substr(0, megabits.find('.')));
  if (!whole) return 0;
  return *whole >= 5000 ? 3 : *whole >= 480 ? 2 : 1;
}

std::optional<UsbBridge> ReadBridge(const fs::path& device) {
  const auto vendor = ParseNumber(ReadAttribute(device / "idVendor"), 16);
  const auto product = ParseNumber(ReadAttribute(device / "idProduct"), 16);
  if (!vendor || !product || *vendor > 0xffff || *product > 0xffff) return std::nullopt;
  UsbBridge bridge;
  bridge.id = {static_cast<uint16_t>(*vendor), static_cast<uint16_t>(*product)};
  bridge.serial = ReadAttribute(device / "serial");
  const std::string maker = ReadAttribute(device / "manufacturer");
  bridge.name = ReadAttribute(device / "product");
  if (bridge.name.empty()) {
    bridge.name = maker;
  } else if (!bridge.name.starts_with(maker)) {
    bridge.name = maker + " " + bridge.name;
  }
  bridge.generation = UsbGeneration(ReadAttribute(device / "speed"));
  return bridge;
}

// "sr0" of "2:0:0:0/block/sr0".
std::string BlockNameOf(const fs::path& scsi_device) {
  std::error_code error;
  const fs::directory_iterator it(scsi_device / "block", error);
  return error || it == fs::directory_iterator() ? "" : it->path().filename().string();
}

size_t TransferLimit(const fs::path& scsi_device, const std::string& sr) {
  if (sr.empty()) return 0;
  const auto kib =
      ParseNumber(ReadAttribute(scsi_device / "block" / sr / "queue" / "max_sectors_kb"));
  if (!kib || *kib == 0) return 0;
  return std::clamp<size_t>(size_t{*kib} * 1024, kSmallestTransfer, kLargestTransfer);
}

// "usb2-1.4": the root hub by its kind, because the numbers of buses depend on the order in which
// the kernel found them. Controllers have one root hub of each kind.
void NameUsbPort(const Way& way, SgDevice& device) {
  const std::string version = ReadAttribute(way.root_hub / "version");
  device.port += fmt::format("/usb{}-{}", version.substr(0, version.find('.')), way.usb_port);
  const auto first_interface = way.usb_interface.empty() || way.usb_interface.ends_with(".0");
  if (!first_interface) device.port += fmt::format("-{}", way.usb_interface);
}

void NameAtaPort(const Way& way, SgDevice& device) {
  auto number = ParseNumber(ReadAttribute(way.ata_folder / "ata_port" / way.ata / "port_no"));
  if (!number) number = NumberAfter(way.ata, "ata");
  device.ata_port = static_cast<int>(number.value_or(0));
  device.port += fmt::format("/ata{}", device.ata_port);
}

// Fills in all that the way to the drive says. False when this is no way to a SCSI device.
bool TakeWay(const fs::path& devices, const fs::path& scsi_device, SgDevice& device) {
  const fs::path relative = scsi_device.lexically_relative(devices);
  const std::string name = scsi_device.filename();
  const auto address = Split(name, ':');
  if (relative.empty() || *relative.begin() == ".." || address.size() != 4) return false;
  Way way;
  fs::path folder = devices;
  std::optional<uint32_t> host;
  for (const fs::path& part : relative) {
    host = NumberAfter(part.native(), "host");
    if (host) break;
    folder /= part;
    TakeFolder(part.native(), folder, way);
  }
  if (!host) return false;
  device.port = way.controller.empty() ? "platform" : way.controller;
  if (!way.usb_device.empty()) {
    NameUsbPort(way, device);
    device.usb = ReadBridge(way.usb_device);
  } else if (!way.ata.empty()) {
    NameAtaPort(way, device);
    device.second_device = address[2] == "1";
  }
  if (const size_t rank = RankOfHost(folder, *host); rank > 0) {
    device.port += fmt::format("/host{}", rank);
  }
  device.topology = device.port;
  const auto unit = std::string_view(name).substr(address[0].size() + 1);
  if (unit != "0:0:0") device.topology += fmt::format("/{}", unit);
  device.adapter = ReadAttribute(folder / fmt::format("host{}", *host) / "scsi_host" /
                                 fmt::format("host{}", *host) / "proc_name");
  return true;
}

// For people a controller goes without what is the same on every PC.
std::string WithoutUsual(std::string_view name) {
  for (const std::string_view usual : {"pci-0000:", "pci-"}) {
    if (name.starts_with(usual)) return std::string(name.substr(usual.size()));
  }
  return std::string(name);
}

std::optional<SgDevice> ReadDevice(const fs::path& devices, const fs::path& sg_folder) {
  // .../2:0:0:0/scsi_generic/sg2
  const fs::path scsi_device = sg_folder.parent_path().parent_path();
  if (ReadAttribute(scsi_device / "type") != kCdDvdType) return std::nullopt;
  SgDevice device;
  if (!TakeWay(devices, scsi_device, device)) return std::nullopt;
  struct stat info {};
  if (::stat(scsi_device.c_str(), &info) != 0) return std::nullopt;
  device.plug = fmt::format("{}#{}", scsi_device.lexically_relative(devices).native(), info.st_ino);
  device.sg = sg_folder.filename();
  device.sr = BlockNameOf(scsi_device);
  device.max_transfer_bytes = TransferLimit(scsi_device, device.sr);
  device.bay = WithoutUsual(device.topology);
  device.port = WithoutUsual(device.port);
  return device;
}

// Names in a folder, in order; not more than a machine can have.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (names.size() >= kMostDevices) break;
    names.push_back(it->path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsBlockName(const std::string& sr) { return NumberAfter(sr, "sr").has_value(); }

fs::path PollingFile(const SgRoots& roots, const std::string& sr) {
  return fs::path(roots.sys) / "class/block" / sr / "events_poll_msecs";
}

}  // namespace

std::string ToString(UsbId id) { return fmt::format("{:04x}:{:04x}", id.vendor, id.product); }

std::optional<UsbId> ParseUsbId(std::string_view text) {
  const auto parts = Split(text, ':');
  if (parts.size() != 2 || parts[0].size() != 4 || parts[1].size() != 4) return std::nullopt;
  const auto vendor = ParseNumber(parts[0], 16), product = ParseNumber(parts[1], 16);
  if (!vendor || !product) return std::nullopt;
  return UsbId{static_cast<uint16_t>(*vendor), static_cast<uint16_t>(*product)};
}

std::vector<SgDevice> FindSgDevices(const SgRoots& roots) {
  std::vector<SgDevice> found;
  std::error_code error;
  const fs::path devices = fs::canonical(fs::path(roots.sys) / "devices", error);
  if (error) return found;
  const fs::path folder = fs::path(roots.sys) / "class/scsi_generic";
  for (const std::string& name : NamesIn(folder)) {
    const fs::path sg_folder = fs::canonical(folder / name, error);
    if (error) continue;  // gone meanwhile
    if (auto device = ReadDevice(devices, sg_folder)) found.push_back(std::move(*device));
  }
  std::sort(found.begin(), found.end(), [](const SgDevice& a, const SgDevice& b) {
    return std::tie(a.topology, a.sg) < std::tie(b.topology, b.sg);
  });
  return found;
}

std::vector<std::string> DrivesWithoutSg(const SgRoots& roots) {
  std::vector<std::string> without;
  const fs::path folder = fs::path(roots.sys) / "class/block";
  for (const std::string& name : NamesIn(folder)) {
    if (!IsBlockName(name)) continue;
    std::error_code error;
    if (!fs::exists(folder / name / "device/scsi_generic", error)) without.push_back(name);
  }
  return without;
}

std::optional<std::string> ReadMediaPolling(const SgRoots& roots, const std::string& sr) {
  if (!IsBlockName(sr)) return std::nullopt;
  std::string value = ReadAttribute(PollingFile(roots, sr));
  if (value.empty()) return std::nullopt;
  return value;
}

bool WriteMediaPolling(const SgRoots& roots, const std::string& sr, const std::string& value) {
  if (!IsBlockName(sr)) return false;
  const UniqueFd fd(::open(PollingFile(roots, sr).c_str(), O_WRONLY | O_CLOEXEC | O_TRUNC));
  const std::string line = value + "\n";
  return fd.valid() && ::write(fd.get(), line.data(), line.size()) == std::ssize(line);
}

}  // namespace firmbench::transport
