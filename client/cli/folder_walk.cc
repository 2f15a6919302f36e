// SPDX-License-Identifier: Apache-2.0
#include "client/cli/folder_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "daemon/base/unique_fd.h"
#include "daemon/base/utf8.h"

namespace firmbench::cli {
namespace {

Error NotReadable(std::string_view path, int error) {
  return NotFound("FILE_NOT_READABLE",
                  fmt::format("cannot read '{}': {}", PrintableName(path), std::strerror(error)))
      .WithRemedy("give the path of a file or a folder that you may read");
}

int64_t ModifiedMicros(const struct stat& info) {
  return std::max<int64_t>(int64_t{info.st_mtim.tv_sec} * 1'000'000 + info.st_mtim.tv_nsec / 1000,
                           0);
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

class Walker {
 public:
  explicit Walker(const WalkLimits& limits) : limits_(limits) {}

  Status Start(const std::string& path);
  Walk Finish() {
    std::stable_sort(walk_.files.begin(), walk_.files.end(), [](const auto& a, const auto& b) {
      return std::pair(a.folder, a.name) < std::pair(b.folder, b.name);
    });
    return std::move(walk_);
  }

 private:
  void Folder(const std::string& path, const std::string& shown, size_t depth);
  void Entry(int folder, const std::string& path, const std::string& name, const std::string& shown,
             size_t depth);
  void Add(FoundFile file, const struct stat& info);
  void Warn(std::string text) {
    const auto& all = walk_.warnings;
    if (std::find(all.begin(), all.end(), text) == all.end()) {
      walk_.warnings.push_back(std::move(text));
    }
  }

  const WalkLimits& limits_;
  Walk walk_;
  size_t folders_ = 0;
  std::vector<std::pair<dev_t, ino_t>> above_;  // the folders that are being walked
};

void Walker::Add(FoundFile file, const struct stat& info) {
  if (walk_.files.size() == limits_.files) {
    Warn(fmt::format("more than {} files: the others were left out", limits_.files));
    return;
  }
  file.size_bytes = info.st_size;
  file.modified_us = ModifiedMicros(info);
  file.device = info.st_dev;
  file.inode = info.st_ino;
  if (S_ISLNK(info.st_mode)) {
    file.kind = FoundKind::kLink;
  } else if (!S_ISREG(info.st_mode)) {
    file.kind = FoundKind::kSpecial;
  } else if (info.st_size == 0) {
    file.kind = FoundKind::kEmpty;
  } else if (info.st_size > limits_.file_bytes) {
    file.kind = FoundKind::kTooLarge;
  }
  walk_.files.push_back(std::move(file));
}

void Walker::Entry(int folder, const std::string& path, const std::string& name,
                   const std::string& shown, size_t depth) {
  FoundFile file;
  file.path = path + "/" + name;
  file.name = PrintableName(name);
  file.folder = shown;
  struct stat info {};
  if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    Warn(fmt::format("'{}' cannot be read: {}", file.name, std::strerror(errno)));
    return;
  }
  if (!S_ISDIR(info.st_mode)) {
    Add(std::move(file), info);
    return;
  }
  const std::string below = shown.empty() ? file.name : shown + "/" + file.name;
  const std::pair<dev_t, ino_t> id(info.st_dev, info.st_ino);
  if (std::find(above_.begin(), above_.end(), id) != above_.end()) {
    Warn(fmt::format("the folder '{}' lies inside of itself: left out", below));
  } else if (depth == limits_.depth) {
    Warn(fmt::format("folders deeper than {}: left out", limits_.depth));
  } else {
    Folder(file.path, below, depth + 1);
  }
}

void Walker::Folder(const std::string& path, const std::string& shown, size_t depth) {
  if (++folders_ > limits_.folders) {
    Warn(fmt::format("more than {} folders: the others were left out", limits_.folders));
    return;
  }
  UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY | (depth == 0 ? 0 : O_NOFOLLOW)));
  struct stat info {};
  const bool opened = fd.valid() && fstat(fd.get(), &info) == 0;
  const int number = fd.get();
  std::unique_ptr<DIR, CloseFolder> folder(opened ? fdopendir(number) : nullptr);
  if (!folder) {
    Warn(fmt::format("the folder '{}' cannot be read: {}", shown, std::strerror(errno)));
    return;
  }
  fd.Release();
  above_.emplace_back(info.st_dev, info.st_ino);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() > limits_.files + limits_.folders) {
      Warn(fmt::format("the folder '{}' holds too much: a part was left out", shown));
      break;
    }
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) Entry(number, path, name, shown, depth);
  above_.pop_back();
}

Status Walker::Start(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return NotReadable(path, errno);
  if (S_ISDIR(info.st_mode)) {
    Folder(path, "", 0);
    return Ok();
  }
  FoundFile file;
  file.path = path;
  file.name = PrintableName(std::string_view(path).substr(path.rfind('/') + 1));
  Add(std::move(file), info);
  return Ok();
}

}  // namespace

std::string PrintableName(std::string_view raw) {
  std::string name;
  while (!raw.empty()) {
    uint32_t point = 0;
    const size_t length = DecodeUtf8(raw, point);
    if (length != 0 && point != '\\' && !IsHidden(point)) {
      name += raw.substr(0, length);
    } else {
      for (const char c : raw.substr(0, std::max<size_t>(length, 1))) {
        name += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
      }
    }
    raw.remove_prefix(std::max<size_t>(length, 1));
  }
  return name;
}

Result<Walk> WalkFolders(const std::vector<std::string>& paths, const WalkLimits& limits) {
  Walker walker(limits);
  for (const std::string& path : paths) RETURN_IF_ERROR(walker.Start(path));
  return walker.Finish();
}

Result<Bytes> ReadFound(const FoundFile& file, const WalkLimits& limits) {
  // A pipe that took the file's place would block for ever without O_NONBLOCK.
  const UniqueFd fd(open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.valid() || fstat(fd.get(), &info) != 0) return NotReadable(file.path, errno);
  if (!S_ISREG(info.st_mode) || info.st_dev != file.device || info.st_ino != file.inode) {
    return Aborted("FILE_CHANGED", fmt::format("'{}' is another file now", file.name))
        .WithRemedy("let nobody change the folder, and try again");
  }
  const auto most = static_cast<size_t>(limits.file_bytes);
  // One byte more than expected, so that a file that grows meanwhile is noticed.
  Bytes bytes(std::min(static_cast<size_t>(file.size_bytes), most) + 1);
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return NotReadable(file.path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size != static_cast<size_t>(file.size_bytes)) {
    return Aborted("FILE_CHANGED", fmt::format("'{}' changed while it was read", file.name))
        .WithRemedy("let nobody change the folder, and try again");
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace firmbench::cli
