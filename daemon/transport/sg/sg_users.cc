// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_users.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "daemon/base/bytes.h"

namespace firmbench::transport {
namespace {

namespace fs = std::filesystem;

// More than any bench has; a kernel whose files go on for ever is none of ours.
constexpr size_t kMostLines = 65536;
constexpr size_t kMostProcesses = 65536;
constexpr size_t kMostDescriptors = 65536;  // of one process

struct Mount {
  std::string device;  // "11:0"
  std::string point;
};

std::string FirstLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Blanks and backslashes of a path stand there as "\040" (proc(5)).
std::string Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    int value = 0;
    const std::string_view digits = text.substr(i).substr(0, 4);
    if (digits.size() == 4 && digits[0] == '\\' &&
        std::from_chars(digits.data() + 1, digits.data() + 4, value, 8).ptr == digits.data() + 4) {
      plain += static_cast<char>(value & 0xff);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// proc(5): "36 35 11:0 / /media/disc ro - iso9660 /dev/sr0 ro".
std::vector<Mount> ReadMounts(const SgRoots& roots) {
  std::vector<Mount> mounts;
  std::ifstream file(fs::path(roots.proc) / "self/mountinfo");
  std::string line;
  while (mounts.size() < kMostLines && std::getline(file, line)) {
    std::istringstream words(line);
    std::array<std::string, 5> fields;
    for (auto& field : fields) words >> field;
    if (words) mounts.push_back({fields[2], Unescape(fields[4])});
  }
  return mounts;
}

std::string NumberOf(const SgRoots& roots, const std::string& sr) {
  return FirstLine(fs::path(roots.sys) / "class/block" / sr / "dev");
}

Error Busy(const std::string& holder, const std::string& remedy) {
  return FailedPrecondition("DRIVE_BUSY", fmt::format("the drive is in use: {}", holder))
      .WithRemedy(remedy)
      .With("holder", holder);
}

// The process's node of this drive that is open: "sr0".
std::optional<std::string> OpenNode(const fs::path& process, const SgRoots& roots,
                                    const SgDevice& device) {
  std::error_code error;
  size_t looked = 0;
  for (fs::directory_iterator it(process / "fd", error), end; !error && it != end;
       it.increment(error)) {
    if (++looked > kMostDescriptors) break;
    std::error_code unreadable;
    const fs::path target = fs::read_symlink(it->path(), unreadable);
    if (unreadable || target.parent_path() != fs::path(roots.dev)) continue;
    const std::string node = target.filename();
    if (node == device.sg || (!device.sr.empty() && node == device.sr)) return node;
  }
  return std::nullopt;
}

Status CheckProcesses(const SgRoots& roots, const SgDevice& device, int self) {
  std::error_code error;
  size_t looked = 0;
  for (fs::directory_iterator it(roots.proc, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename();
    int pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() || pid == self)
      continue;
    if (++looked > kMostProcesses) break;
    const auto node = OpenNode(it->path(), roots, device);
    if (!node) continue;
    const std::string program = CleanField(AsBytes(FirstLine(it->path() / "comm")));
    return Busy(fmt::format("{}, process {}, has {} open", program.empty() ? "a program" : program,
                            pid, *node),
                "end that program, then try again");
  }
  return Ok();
}

}  // namespace

Status CheckUnused(const SgRoots& roots, const SgDevice& device, int self) {
  if (!device.sr.empty()) {
    const std::string number = NumberOf(roots, device.sr);
    for (const Mount& mount : ReadMounts(roots)) {
      if (number.empty() || mount.device != number) continue;
      const std::string point = CleanField(AsBytes(mount.point));
      return Busy(fmt::format("its disc is mounted at {}", point), "umount it: umount " + point);
    }
    std::error_code error;
    const fs::directory_iterator holder(fs::path(roots.sys) / "class/block" / device.sr / "holders",
                                        error);
    if (!error && holder != fs::directory_iterator()) {
      return Busy(
          fmt::format("the block device {} is made of it", holder->path().filename().native()),
          "take that block device down, then try again");
    }
  }
  return CheckProcesses(roots, device, self);
}

std::set<std::string> MountedDrives(const SgRoots& roots) {
  std::map<std::string, std::string> names;  // by number
  for (const SgDevice& device : FindSgDevices(roots)) {
    if (!device.sr.empty()) names.emplace(NumberOf(roots, device.sr), device.sr);
  }
  std::set<std::string> mounted;
  for (const Mount& mount : ReadMounts(roots)) {
    if (const auto it = names.find(mount.device); it != names.end()) mounted.insert(it->second);
  }
  return mounted;
}

}  // namespace firmbench::transport
