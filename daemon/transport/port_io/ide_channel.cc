// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/ide_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

namespace firmbench::transport {
namespace {

namespace fs = std::filesystem;

// PCI IDE Controller Specification 1.0: legacy ports of both channels, and the prog-if bits that
// put each into native mode.
constexpr uint16_t kLegacyCommand[] = {0x1f0, 0x170};
constexpr uint16_t kLegacyControl[] = {0x3f6, 0x376};
constexpr uint8_t kNativeMode[] = {0x01, 0x04};
constexpr uint32_t kIdeClass = 0x0101;
// In native mode the control block is four ports, of which the third is ours.
constexpr uint16_t kControlOffset = 2;
constexpr uint64_t kIoResource = 0x100;  // IORESOURCE_IO of the kernel's resource file
constexpr size_t kMostLines = 4096;

std::vector<std::string> ReadLines(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  std::string line;
  while (lines.size() < kMostLines && std::getline(file, line)) lines.push_back(line);
  return lines;
}

std::optional<uint64_t> ParseHex(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (text.substr(0, 2) == "0x") text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

struct Resource {
  uint64_t first = 0;
  uint64_t last = 0;
};

// A line of a PCI device's `resource`: first, last and flags, in hex.
std::optional<Resource> ParseIoResource(const std::string& line) {
  std::array<std::string_view, 3> fields;
  std::string_view rest = line;
  for (auto& field : fields) {
    const size_t space = rest.find(' ');
    field = rest.substr(0, space);
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  const auto first = ParseHex(fields[0]);
  const auto last = ParseHex(fields[1]);
  const auto flags = ParseHex(fields[2]);
  if (!first || !last || !flags || (*flags & kIoResource) == 0 || *first == 0 || *last < *first ||
      *last > 0xffff) {
    return std::nullopt;
  }
  return Resource{*first, *last};
}

std::string DriverOf(const fs::path& device) {
  std::error_code error;
  const fs::path link = fs::read_symlink(device / "driver", error);
  return error ? std::string() : link.filename().string();
}

struct Reservation {
  uint64_t first = 0;
  uint64_t last = 0;
  std::string owner;
};

// The lines of /proc/ioports, "  01f0-01f7 : ata_piix", indented by depth: the innermost comes
// last.
std::vector<Reservation> ReadReservations(const fs::path& proc) {
  std::vector<Reservation> reservations;
  for (const std::string& line : ReadLines(proc / "ioports")) {
    const size_t dash = line.find('-');
    const size_t colon = line.find(" : ");
    if (dash == std::string::npos || colon == std::string::npos || dash > colon) continue;
    const auto first = ParseHex(std::string_view(line).substr(0, dash));
    const auto last = ParseHex(std::string_view(line).substr(dash + 1, colon - dash - 1));
    if (first && last) reservations.push_back({*first, *last, line.substr(colon + 3)});
  }
  return reservations;
}

bool NamesIdeDriver(std::string_view owner) {
  return owner.starts_with("pata_") || owner.starts_with("ata_") || owner.starts_with("ide");
}

// Who drives a legacy port that belongs to none of the PCI controllers in `channels`. Without
// CAP_SYS_ADMIN all the kernel's numbers read as zero and the names alone are left: then any IDE
// driver that has no PCI controller counts as the owner, since a port in two hands is worse than a
// drive that is not listed.
std::string OwnerOfPort(const std::vector<Reservation>& reservations, uint16_t port,
                        const std::vector<IdeChannel>& channels) {
  const bool hidden = std::all_of(reservations.begin(), reservations.end(),
                                  [](const Reservation& r) { return r.last == 0; });
  std::string owner;
  for (const Reservation& reservation : reservations) {
    const bool elsewhere =
        std::any_of(channels.begin(), channels.end(), [&](const IdeChannel& channel) {
          return !channel.pci_address.empty() && channel.kernel_driver == reservation.owner;
        });
    if (hidden ? NamesIdeDriver(reservation.owner) && !elsewhere
               : reservation.first <= port && port <= reservation.last) {
      owner = reservation.owner;
    }
  }
  // Buses and devices reserve ranges too; only a driver stands in our way.
  return owner.starts_with("PCI Bus") || owner.find(':') != std::string::npos ? "" : owner;
}

void AddChannelsOf(const fs::path& device, std::vector<IdeChannel>& channels) {
  const auto class_lines = ReadLines(device / "class");
  const auto code = class_lines.empty() ? std::nullopt : ParseHex(class_lines.front());
  if (!code || *code >> 8 != kIdeClass) return;
  const auto prog_if = static_cast<uint8_t>(*code & 0xff);
  const auto resources = ReadLines(device / "resource");
  for (int i = 0; i < 2; ++i) {
    IdeChannel channel;
    channel.pci_address = device.filename().string();
    channel.kernel_driver = DriverOf(device);
    if ((prog_if & kNativeMode[i]) == 0) {
      channel.name = fmt::format("ide-{:x}", kLegacyCommand[i]);
      channel.command_base = kLegacyCommand[i];
      channel.control = kLegacyControl[i];
    } else {
      const size_t bar = static_cast<size_t>(i) * 2;
      if (resources.size() < bar + 2) continue;
      const auto command = ParseIoResource(resources[bar]);
      const auto control = ParseIoResource(resources[bar + 1]);
      if (!command || !control || command->last - command->first < 7 ||
          control->last - control->first < 3) {
        continue;
      }
      channel.name = fmt::format("ide-{}-{}", channel.pci_address, i + 1);
      channel.command_base = static_cast<uint16_t>(command->first);
      channel.control = static_cast<uint16_t>(control->first + kControlOffset);
    }
    channels.push_back(std::move(channel));
  }
}

}  // namespace

std::vector<IdeChannel> FindIdeChannels(const KernelFiles& files) {
  std::vector<IdeChannel> channels;
  std::error_code error;
  for (fs::directory_iterator it(fs::path(files.sys) / "bus/pci/devices", error), end;
       !error && it != end; it.increment(error)) {
    AddChannelsOf(it->path(), channels);
  }
  const auto reservations = ReadReservations(files.proc);
  for (int i = 0; i < 2; ++i) {
    const auto known = std::any_of(channels.begin(), channels.end(), [i](const IdeChannel& c) {
      return c.command_base == kLegacyCommand[i];
    });
    if (known) continue;
    IdeChannel legacy;
    legacy.name = fmt::format("ide-{:x}", kLegacyCommand[i]);
    legacy.command_base = kLegacyCommand[i];
    legacy.control = kLegacyControl[i];
    legacy.kernel_driver = OwnerOfPort(reservations, kLegacyCommand[i], channels);
    channels.push_back(std::move(legacy));
  }
  std::sort(channels.begin(), channels.end(), [](const IdeChannel& a, const IdeChannel& b) {
    return a.command_base > b.command_base;
  });
  return channels;
}

std::string HowToUnbind(const IdeChannel& channel) {
  if (channel.kernel_driver.empty()) return "";
  if (channel.pci_address.empty()) {
    return fmt::format("sudo rmmod {}", channel.kernel_driver);
  }
  return fmt::format("echo {} | sudo tee /sys/bus/pci/drivers/{}/unbind", channel.pci_address,
                     channel.kernel_driver);
}

}  // namespace firmbench::transport
