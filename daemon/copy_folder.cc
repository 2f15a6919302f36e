// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/base/ids.h"
#include "daemon/base/unique_fd.h"
#include "daemon/copy_place.h"

namespace firmbench {
namespace {

constexpr char kMark[] = "firmbench-copy.txt";
constexpr char kManifest[] = "manifest.jsonl";
constexpr char kCheckpoint[] = "checkpoint.txt";
constexpr char kFiles[] = "files";
constexpr char kRemembered[] = "second-copy.txt";
// More than any file that we read here: marks have some hundred bytes, a firmware a few million.
constexpr off_t kLargestMark = 4096;
constexpr off_t kLargestBlob = off_t{64} << 20;
// The last line of a manifest lies in so much of its end.
constexpr off_t kTail = 64 << 10;

Error Failed(std::string_view what, const std::string& name, int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return ResourceExhausted("COPY_FOLDER_FULL",
                             fmt::format("there is no room for the second copy: {} of {}: {}", what,
                                         name, std::strerror(error)))
        .WithRemedy("make room on its file system; the copying goes on by itself");
  }
  return Unavailable("COPY_FAILED", fmt::format("the second copy cannot be kept: {} of {}: {}",
                                                what, name, std::strerror(error)))
      .WithRemedy("check the disk that holds it; the copying goes on by itself");
}

Status WriteAll(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("writing", name, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Ok();
}

// The bytes from `offset` to the end, at most `largest`.
Result<std::string> ReadAll(int fd, off_t offset, off_t largest, const std::string& name) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return Failed("looking at", name, errno);
  if (!S_ISREG(info.st_mode)) return Failed("reading", name, EINVAL);
  if (info.st_size - offset > largest) return Failed("reading", name, EFBIG);
  std::string bytes(static_cast<size_t>(std::max<off_t>(0, info.st_size - offset)), '\0');
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + at, bytes.size() - at, offset + static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("reading", name, errno);
    if (got == 0) break;
    at += static_cast<size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

UniqueFd OpenAt(const UniqueFd& folder, const std::string& name, int flags, mode_t mode = 0600) {
  return UniqueFd(::openat(folder.get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode));
}

// A file that is whole under its name, or not there.
Status WriteWhole(const UniqueFd& folder, const std::string& name, std::string_view bytes) {
  const std::string temporary = "." + name + ".part";
  ::unlinkat(folder.get(), temporary.c_str(), 0);
  const UniqueFd file = OpenAt(folder, temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.valid()) return Failed("making", name, errno);
  const Status written = [&]() -> Status {
    RETURN_IF_ERROR(WriteAll(file.get(), bytes, name));
    if (::fsync(file.get()) != 0) return Failed("storing", name, errno);
    if (::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) != 0) {
      return Failed("naming", name, errno);
    }
    if (::fsync(folder.get()) != 0) return Failed("storing the folder", name, errno);
    return Ok();
  }();
  if (!written) ::unlinkat(folder.get(), temporary.c_str(), 0);
  return written;
}

// "" when there is no such file.
Result<std::string> ReadSmall(const UniqueFd& folder, const std::string& name) {
  const UniqueFd file = OpenAt(folder, name, O_RDONLY);
  if (!file.valid() && errno == ENOENT) return std::string();
  if (!file.valid()) return Failed("opening", name, errno);
  return ReadAll(file.get(), 0, kLargestMark, name);
}

// The value of a line "KEY VALUE".
std::string ValueOf(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ') {
      return std::string(line.substr(key.size() + 1));
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return {};
}

class CopyFolder final : public CopyPlace {
 public:
  explicit CopyFolder(CopyFolderOptions options) : options_(std::move(options)) {}

  Result<std::string> Open() override {
    folder_ = UniqueFd(::open(options_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder_.valid()) return Missing(std::strerror(errno));
    ASSIGN_OR_RETURN(const std::string mark, ReadSmall(folder_, kMark));
    if (mark.empty() && WasUsed()) {
      return Missing("it is not the folder that was used before: its mark is not there");
    }
    RETURN_IF_ERROR(CheckFileSystem());
    std::string place = ValueOf(mark, "place");
    if (mark.empty()) {
      ASSIGN_OR_RETURN(place, Begin());
    } else if (ValueOf(mark, "bench") != options_.bench_id || !IsId(place)) {
      return FailedPrecondition("COPY_OTHER_BENCH",
                                fmt::format("{} holds the copy of another bench", options_.folder))
          .WithRemedy("give every bench a folder of its own in [copy]");
    }
    if (::mkdirat(folder_.get(), kFiles, 0700) != 0 && errno != EEXIST) {
      return Failed("making", kFiles, errno);
    }
    files_ =
        UniqueFd(::openat(folder_.get(), kFiles, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!files_.valid()) return Failed("opening", kFiles, errno);
    Remember(place);
    return place;
  }

  Status Put(const std::string& sha256, ByteView bytes) override {
    const std::string name = sha256 + ".bin";
    if (::faccessat(files_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return Ok();
    return WriteWhole(files_, name, AsText(bytes));
  }

  Result<Bytes> ReadBack(const std::string& sha256) override {
    const std::string name = sha256 + ".bin";
    const UniqueFd file = OpenAt(files_, name, O_RDONLY);
    if (!file.valid()) return Failed("opening", name, errno);
    // What is in the page cache proves nothing of the disk. It was synced, so it can go.
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
    ASSIGN_OR_RETURN(const std::string bytes, ReadAll(file.get(), 0, kLargestBlob, name));
    return Bytes(bytes.begin(), bytes.end());
  }

  void Discard(const std::string& sha256) override {
    ::unlinkat(files_.get(), (sha256 + ".bin").c_str(), 0);
  }

  Result<std::string> LastLine() override {
    ASSIGN_OR_RETURN(std::string tail, Tail());
    tail.resize(tail.rfind('\n') == std::string::npos ? 0 : tail.rfind('\n'));
    const size_t before = tail.rfind('\n');
    return before == std::string::npos ? tail : tail.substr(before + 1);
  }

  Status Append(const std::string& lines) override {
    ASSIGN_OR_RETURN(const std::string tail, Tail());
    const UniqueFd file = OpenAt(folder_, kManifest, O_WRONLY | O_CREAT | O_APPEND);
    if (!file.valid()) return Failed("opening", kManifest, errno);
    // A line that a power cut tore stays as it is; the next one begins on its own.
    const bool torn = !tail.empty() && tail.back() != '\n';
    RETURN_IF_ERROR(WriteAll(file.get(), torn ? "\n" + lines : lines, kManifest));
    if (::fsync(file.get()) != 0) return Failed("storing", kManifest, errno);
    if (::fsync(folder_.get()) != 0) return Failed("storing the folder of", kManifest, errno);
    return Ok();
  }

  Status PutCheckpoint(const std::string& text) override {
    return WriteWhole(folder_, kCheckpoint, text);
  }

 private:
  Error Missing(std::string_view why) const {
    return Unavailable("COPY_FOLDER_MISSING",
                       fmt::format("the folder of the second copy, {}, is not there: {}",
                                   options_.folder, why))
        .WithRemedy(
            "mount its disk, and the copying goes on by itself; to begin a new copy, make another "
            "folder and name it in [copy]");
  }

  // Was this folder used by an earlier start or before its disk went away?
  bool WasUsed() const {
    const UniqueFd state(::open(options_.state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto text = state.valid() ? ReadSmall(state, kRemembered) : std::string();
    return text && ValueOf(*text, "folder") == options_.folder;
  }

  // Only to know an unmounted disk from a new folder; without it copying goes on.
  void Remember(const std::string& place) {
    if (remembered_ == place) return;
    const UniqueFd state(::open(options_.state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!state.valid()) return;
    const std::string text = fmt::format("folder {}\nplace {}\n", options_.folder, place);
    if (WriteWhole(state, kRemembered, text)) remembered_ = place;
  }

  Status CheckFileSystem() const {
    struct stat here {};
    struct stat ledger {};
    if (::fstat(folder_.get(), &here) != 0) return Failed("looking at", options_.folder, errno);
    if (::stat(options_.state_dir.c_str(), &ledger) != 0) {
      return Failed("looking at", options_.state_dir, errno);
    }
    if (here.st_dev != ledger.st_dev || options_.allow_same_filesystem) return Ok();
    return FailedPrecondition(
               "COPY_SAME_FILESYSTEM",
               fmt::format("the folder of the second copy, {}, is on the file system of the "
                           "ledger: what destroys the one destroys the other",
                           options_.folder))
        .WithRemedy(
            "name a folder on another disk in [copy], or say there allow_same_filesystem = true");
  }

  Result<std::string> Begin() {
    std::string place = NewId(RealClock());
    RETURN_IF_ERROR(WriteWhole(
        folder_, kMark,
        fmt::format("The second copy of a firmbench ledger: every dump as files/SHA256.bin, with a "
                    "line in manifest.jsonl that says what it is.\nbench {}\nplace {}\n",
                    options_.bench_id, place)));
    return place;
  }

  Result<std::string> Tail() const {
    const UniqueFd file = OpenAt(folder_, kManifest, O_RDONLY);
    if (!file.valid() && errno == ENOENT) return std::string();
    if (!file.valid()) return Failed("opening", kManifest, errno);
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    return ReadAll(file.get(), std::max<off_t>(0, size - kTail), kTail, kManifest);
  }

  const CopyFolderOptions options_;
  UniqueFd folder_;
  UniqueFd files_;
  std::string remembered_;
};

}  // namespace

std::unique_ptr<CopyPlace> MakeCopyFolder(const CopyFolderOptions& options) {
  return std::make_unique<CopyFolder>(options);
}

}  // namespace firmbench
