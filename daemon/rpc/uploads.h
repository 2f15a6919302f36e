// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files on their way in: announced, sent in pieces, then taken or forgotten. Kept in memory, so
// everything is bounded before memory is taken. Thread-safe.

#include <map>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"

namespace firmbench::rpc {

struct UploadState {
  std::string id;
  std::string file_name;
  std::string owner;  // principal
  int64_t size_bytes = 0;
  int64_t received_bytes = 0;
  int64_t expires_us = 0;
};

class Uploads {
 public:
  static constexpr int64_t kMaxBytes = 16 << 20;  // no firmware we know is above 8 MB
  static constexpr size_t kMaxPiece = 1 << 20;
  static constexpr size_t kMaxOpen = 8;
  static constexpr size_t kMaxOpenOfOne = 4;  // of one owner
  static constexpr Nanos kLifetime = std::chrono::minutes(10);

  explicit Uploads(const Clock& clock) : clock_(clock) {}

  // UPLOAD_SIZE_INVALID, FILE_NAME_INVALID, TOO_MANY_UPLOADS.
  Result<UploadState> Create(const std::string& file_name, int64_t size_bytes,
                             const std::string& owner);
  // Pieces come in order; one that is there already is accepted again. UPLOAD_NOT_FOUND,
  // UPLOAD_OFFSET_INVALID, UPLOAD_PIECE_INVALID.
  Result<UploadState> Write(const std::string& id, int64_t offset_bytes, ByteView data);
  struct File {
    std::string file_name;
    Bytes bytes;
  };
  // All bytes, which must be there. UPLOAD_INCOMPLETE, UPLOAD_NOT_FOUND.
  Result<File> Peek(const std::string& id);
  void Remove(const std::string& id);

 private:
  struct Entry {
    UploadState state;
    Bytes bytes;
  };
  void DropExpired() FB_REQUIRES(mutex_);

  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Entry> entries_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::rpc
