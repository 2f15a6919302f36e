// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "daemon/base/unique_fd.h"

namespace firmbench::storage::audit {
namespace {

constexpr size_t kMaxBytes = 64 << 10;

Error Failed(const char* what, const std::string& path, int error) {
  return FailedPrecondition("AUDIT_FILE_FAILED",
                            fmt::format("cannot {} {}: {}", what, path, std::strerror(error)))
      .WithRemedy("give the state folder to the daemon's user and make room on its disk");
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

bool SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0;
}

}  // namespace

Result<std::optional<std::string>> ReadOwnFile(const std::string& path, bool secret) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid() && errno == ENOENT) return std::optional<std::string>();
  struct stat info {};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0) return Failed("read", path, errno);
  if (!S_ISREG(info.st_mode) || info.st_size > static_cast<off_t>(kMaxBytes)) {
    return Failed("read", path, EINVAL);
  }
  const mode_t forbidden = secret ? 0077 : 0022;
  if (info.st_uid != ::geteuid() || (info.st_mode & forbidden) != 0) {
    return FailedPrecondition("AUDIT_FILE_EXPOSED",
                              fmt::format("{} belongs to or is open to others", path))
        .WithRemedy(fmt::format("see who had it, then give it to the daemon's user and run "
                                "`chmod 600 {}`, or remove it: the bench then makes a new one",
                                path));
  }
  std::string text(static_cast<size_t>(info.st_size), '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  text.resize(size);
  return std::optional<std::string>(std::move(text));
}

Status WriteOwnFile(const std::string& path, const std::string& content) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // of a process that was killed here
  {
    const UniqueFd fd(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid() || !WriteAll(fd.get(), content) || ::fsync(fd.get()) != 0) {
      return Failed("write", fresh, errno);
    }
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0 || !SyncFolderOf(path)) {
    return Failed("write", path, errno);
  }
  return Ok();
}

Result<SigningKey> LoadOrMakeKey(const std::string& path) {
  ASSIGN_OR_RETURN(const auto stored, ReadOwnFile(path, /*secret=*/true));
  if (stored) {
    auto key = SigningKey::FromPem(*stored);
    if (key) return key;
    return DataLoss("AUDIT_KEY_INVALID", fmt::format("{} does not hold the bench's key: {}", path,
                                                     key.error().message()))
        .WithRemedy(
            "bring it back from a copy, or remove it: the bench then makes a new key and "
            "its log says so");
  }
  ASSIGN_OR_RETURN(SigningKey key, SigningKey::Make());
  ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
  RETURN_IF_ERROR(WriteOwnFile(path, pem));
  return key;
}

}  // namespace firmbench::storage::audit
