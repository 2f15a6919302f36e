// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/page_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::web {
namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kAssets = "/assets/";
constexpr size_t kDeepest = 6;
constexpr size_t kLongestName = 100;

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
};

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

// Empty when it is not the name of a file: with anything but plain names in it.
std::vector<std::string> NamesIn(std::string_view path) {
  std::vector<std::string> names;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::string_view name = path.substr(0, path.find('/'));
    if (!IsPlainName(name) || names.size() == kDeepest) return {};
    names.emplace_back(name);
    path.remove_prefix(name.size());
  }
  return path.empty() ? names : std::vector<std::string>();
}

// One name at a time, so that no link leads out of the folder.
UniqueFd OpenBelow(const std::string& folder, const std::vector<std::string>& names,
                   std::string_view ending) {
  UniqueFd at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (size_t i = 0; i < names.size() && at.valid(); ++i) {
    const bool last = i + 1 == names.size();
    const std::string name = names[i] + std::string(last ? ending : "");
    at = UniqueFd(
        ::openat(at.get(), name.c_str(),
                 O_NOFOLLOW | O_CLOEXEC | (last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY)));
  }
  return at;
}

std::optional<std::string> ReadBelow(const std::string& folder,
                                     const std::vector<std::string>& names,
                                     std::string_view ending) {
  const UniqueFd file = OpenBelow(folder, names, ending);
  struct stat info {};
  if (!file.valid() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_size > static_cast<off_t>(PageFiles::kMostBytes)) {
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    have += static_cast<size_t>(got);
  }
  return bytes;
}

std::string TypeOf(std::string_view name) {
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

std::optional<PageFile> Load(const std::string& folder, const std::vector<std::string>& names,
                             bool accepts_gzip) {
  constexpr size_t kEtagLetters = 32;
  PageFile file;
  auto bytes = accepts_gzip ? ReadBelow(folder, names, ".gz") : std::nullopt;
  file.compressed = bytes.has_value();
  if (!bytes) bytes = ReadBelow(folder, names, "");
  if (!bytes) return std::nullopt;
  file.body = std::move(*bytes);
  file.content_type = TypeOf(names.back());
  file.etag = fmt::format("\"{}\"", Sha256Hex(AsBytes(file.body)).substr(0, kEtagLetters));
  return file;
}

}  // namespace

Result<PageFile> PageFiles::Find(std::string_view path, bool accepts_gzip) const {
  if (const auto names = NamesIn(path); !names.empty()) {
    if (auto file = Load(folder_, names, accepts_gzip)) {
      file->lasting = path.starts_with(kAssets);
      return std::move(*file);
    }
  }
  if (path.starts_with(kAssets)) {
    return NotFound("PAGE_FILE_NOT_FOUND", "the page has no such file");
  }
  if (auto index = Load(folder_, {std::string(kIndex)}, accepts_gzip)) return std::move(*index);
  return NotFound("PAGE_MISSING", "the page is not installed at this bench")
      .WithRemedy("install it, or say in [web] page of firmbenchd.toml where it is");
}

std::string PageBesideProgram() {
  std::array<char, 4096> program{};
  const ssize_t length = ::readlink("/proc/self/exe", program.data(), program.size());
  if (length <= 0) return {};
  const std::string_view path(program.data(), static_cast<size_t>(length));
  const std::string folder(path.substr(0, path.rfind('/')));
  const std::string installed = folder + "/../share/firmbench/web";
  const bool is_there = ::access((installed + "/" + std::string(kIndex)).c_str(), R_OK) == 0;
  return is_there ? installed : folder + "/../web";
}

}  // namespace firmbench::web
