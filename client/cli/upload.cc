// SPDX-License-Identifier: Apache-2.0
#include "client/cli/upload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "client/cli/render/text.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"
#include "daemon/base/utf8.h"

namespace firmbench::cli {
namespace {

Error NotReadable(const std::string& path, int error) {
  return NotFound("FILE_NOT_READABLE",
                  fmt::format("cannot read '{}': {}", path, std::strerror(error)))
      .WithRemedy("give the path of a file, or the name of something that the bench has");
}

Error NotWritten(const std::string& path, int error) {
  return Internal("FILE_NOT_WRITTEN",
                  fmt::format("cannot write '{}': {}", path, std::strerror(error)))
      .WithRemedy("check the folder and the space on the disk");
}

Error Exists(const std::string& path) {
  return Error(Code::kAlreadyExists, "FILE_EXISTS", fmt::format("'{}' exists", path))
      .WithRemedy("choose another name, or say --force");
}

Status WriteAll(int fd, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return NotWritten(path, errno);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  if (fsync(fd) != 0) return NotWritten(path, errno);
  return Ok();
}

}  // namespace

Result<Bytes> ReadFile(const std::string& path) {
  // A FIFO would block for ever without O_NONBLOCK; it is refused below.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (fd.get() < 0 || fstat(fd.get(), &info) != 0) return NotReadable(path, errno);
  if (!S_ISREG(info.st_mode)) return NotReadable(path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
  // One byte more than allowed, so that a file that grows while it is read is noticed, too.
  Bytes bytes(std::min<size_t>(static_cast<size_t>(info.st_size), kMaxFileBytes) + 1);
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return NotReadable(path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  if (size == 0) {
    return InvalidArgument("FILE_EMPTY", fmt::format("'{}' is empty", path))
        .WithRemedy("get the file again");
  }
  if (size > kMaxFileBytes || static_cast<size_t>(info.st_size) > kMaxFileBytes) {
    return InvalidArgument("FILE_TOO_LARGE",
                           fmt::format("'{}' is larger than {} MB", path, kMaxFileBytes >> 20))
        .WithRemedy("no memory of an optical drive is so large: check that it is the right file");
  }
  return bytes;
}

Status WriteFile(const std::string& path, ByteView bytes, bool replace, unsigned mode) {
  const std::string part = fmt::format("{}.{}.part", path, getpid());
  const UniqueFd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return NotWritten(path, errno);
  Status written = WriteAll(fd.get(), bytes, path);
  if (written.has_value()) {
    // link, unlike rename, does not replace what somebody else put there meanwhile.
    const int done =
        replace ? std::rename(part.c_str(), path.c_str()) : link(part.c_str(), path.c_str());
    const int error = done == 0 ? 0 : errno;
    if (error != 0) written = NotWritten(path, error);
    if (error == EEXIST) {
      written = Exists(path);
    }
  }
  unlink(part.c_str());
  return written;
}

Status CheckNewFile(const std::string& path, bool replace) {
  if (replace || access(path.c_str(), F_OK) != 0) return Ok();
  return Exists(path);
}

std::string FileName(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  constexpr size_t kLongest = 255;
  if (name.size() > kLongest) name.erase(0, name.size() - kLongest);
  // Old archives bring names in other encodings; the API takes UTF-8 only.
  if (!IsUtf8(name)) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return (c & 0x80) != 0; }, '?');
  }
  return render::Clean(name);
}

Result<v1::Upload> UploadBytes(BenchClient& client, const std::string& file_name, ByteView bytes) {
  v1::CreateUploadRequest create;
  create.set_file_name(file_name);
  create.set_size_bytes(static_cast<int64_t>(bytes.size()));
  ASSIGN_OR_RETURN(v1::Upload upload,
                   Call(client.images(), &v1::ImageService::Stub::CreateUpload, create));
  for (size_t offset = 0; offset < bytes.size(); offset += kPieceBytes) {
    const size_t length = std::min(kPieceBytes, bytes.size() - offset);
    v1::WriteUploadRequest piece;
    piece.set_name(upload.name());
    piece.set_offset_bytes(static_cast<int64_t>(offset));
    piece.set_data(bytes.data() + offset, length);
    ASSIGN_OR_RETURN(upload, Call(client.images(), &v1::ImageService::Stub::WriteUpload, piece));
  }
  return upload;
}

Result<v1::Image> AddImage(BenchClient& client, const std::string& path,
                           const std::string& revision) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path));
  ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(client, FileName(path), bytes));
  v1::FinishUploadRequest finish;
  finish.set_name(upload.name());
  finish.set_sha256(Sha256Hex(bytes));
  finish.set_firmware_revision(revision);
  return Call(client.images(), &v1::ImageService::Stub::FinishUpload, finish);
}

}  // namespace firmbench::cli
