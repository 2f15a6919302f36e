// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/uploads.h"

#include <algorithm>

#include "daemon/base/ids.h"

namespace firmbench::rpc {
namespace {

constexpr size_t kLongestFileName = 255;

Error NoSuchUpload() {
  return NotFound("UPLOAD_NOT_FOUND", "there is no such upload; it may have expired")
      .WithRemedy("send the file again");
}

}  // namespace

void Uploads::DropExpired() {
  const int64_t now = clock_.WallMicros();
  std::erase_if(entries_, [now](const auto& e) { return e.second.state.expires_us <= now; });
}

Result<UploadState> Uploads::Create(const std::string& file_name, int64_t size_bytes,
                                    const std::string& owner) {
  if (size_bytes < 1 || size_bytes > kMaxBytes) {
    return InvalidArgument("UPLOAD_SIZE_INVALID", "a file has 1 byte to 16 MiB");
  }
  const bool printable = std::none_of(file_name.begin(), file_name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/';
  });
  if (file_name.size() > kLongestFileName || !printable) {
    return InvalidArgument(
        "FILE_NAME_INVALID",
        "a file name has at most 255 bytes and no folders or control characters");
  }
  MutexLock lock(mutex_);
  DropExpired();
  const auto of_one = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second.state.owner == owner;
  });
  if (entries_.size() >= kMaxOpen || static_cast<size_t>(of_one) >= kMaxOpenOfOne) {
    return ResourceExhausted("TOO_MANY_UPLOADS", "too many files are being sent at once")
        .WithRemedy("try again in a moment");
  }
  Entry entry;
  entry.state.id = NewId(clock_);
  entry.state.file_name = file_name;
  entry.state.owner = owner;
  entry.state.size_bytes = size_bytes;
  entry.state.expires_us = clock_.WallMicros() +
                           std::chrono::duration_cast<std::chrono::microseconds>(kLifetime).count();
  const UploadState state = entry.state;
  entries_.emplace(state.id, std::move(entry));
  return state;
}

Result<UploadState> Uploads::Write(const std::string& id, int64_t offset_bytes, ByteView data) {
  if (data.empty() || data.size() > kMaxPiece) {
    return InvalidArgument("UPLOAD_PIECE_INVALID", "a piece has 1 byte to 1 MiB");
  }
  MutexLock lock(mutex_);
  DropExpired();
  const auto it = entries_.find(id);
  if (it == entries_.end()) return NoSuchUpload();
  Entry& entry = it->second;
  const auto size = static_cast<int64_t>(data.size());
  if (offset_bytes < 0 || offset_bytes > entry.state.received_bytes ||
      size > entry.state.size_bytes - offset_bytes) {
    return InvalidArgument("UPLOAD_OFFSET_INVALID", "the piece does not follow what is there");
  }
  // A piece that was sent before (its answer was lost) only repeats bytes.
  const auto known = static_cast<size_t>(entry.state.received_bytes - offset_bytes);
  if (known < data.size()) {
    entry.bytes.insert(entry.bytes.end(), data.begin() + static_cast<ptrdiff_t>(known), data.end());
    entry.state.received_bytes = offset_bytes + size;
  }
  return entry.state;
}

Result<Uploads::File> Uploads::Peek(const std::string& id) {
  MutexLock lock(mutex_);
  DropExpired();
  const auto it = entries_.find(id);
  if (it == entries_.end()) return NoSuchUpload();
  if (it->second.state.received_bytes != it->second.state.size_bytes) {
    return FailedPrecondition("UPLOAD_INCOMPLETE", "not all of the file has arrived");
  }
  return File{it->second.state.file_name, it->second.bytes};
}

void Uploads::Remove(const std::string& id) {
  MutexLock lock(mutex_);
  entries_.erase(id);
}

}  // namespace firmbench::rpc
