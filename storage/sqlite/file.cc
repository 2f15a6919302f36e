// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "daemon/base/bytes.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr size_t kPieceBytes = 1 << 20;

Status WriteAll(int to, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FileError(written < 0 ? errno : EIO, "a copy cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return Ok();
}

}  // namespace

Error FileError(int error_number, const std::string& what) {
  const std::string text = what + ": " + std::generic_category().message(error_number);
  if (error_number == EROFS || error_number == EACCES || error_number == EPERM) {
    return FailedPrecondition("LEDGER_READ_ONLY", text)
        .WithRemedy(
            "Give the user that runs firmbenchd the ledger's folder and make its file "
            "system writable.");
  }
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
    return ResourceExhausted("LEDGER_FULL", text)
        .WithRemedy("Free space on the file system that holds the ledger.");
  }
  return Unavailable("LEDGER_IO", text);
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

Status SyncFolder(const std::string& folder) {
  const UniqueFd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || ::fsync(parent.get()) != 0) {
    return FileError(errno, "the ledger's folder cannot be made durable");
  }
  return Ok();
}

void RemoveDatabase(const std::string& path) {
  for (const char* const suffix : {"", "-journal", "-wal", "-shm"}) {
    ::unlink((path + suffix).c_str());
  }
}

Result<FileDigest> DigestOf(int file, int to) {
  FileDigest digest;
  Sha256Stream hash;
  Bytes piece(kPieceBytes);
  while (true) {
    const ssize_t length = ::pread(file, piece.data(), piece.size(), digest.size_bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return FileError(errno, "a copy cannot be read");
    if (length == 0) break;
    const ByteView read = ByteView(piece).first(static_cast<size_t>(length));
    hash.Update(read);
    if (to >= 0) RETURN_IF_ERROR(WriteAll(to, read));
    digest.size_bytes += length;
  }
  digest.sha256 = ToHex(hash.Finish());
  return digest;
}

}  // namespace firmbench::storage::sqlite
