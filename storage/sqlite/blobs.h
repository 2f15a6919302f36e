// SPDX-License-Identifier: Apache-2.0
#pragma once

// Blobs: content by its SHA-256, in pieces of 64 KiB, each compressed on its own (zstd, level 3) or
// raw when that would not be smaller. For the thread that owns the Database.

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "storage/sqlite/database.h"

struct ZSTD_DCtx_s;

namespace firmbench::storage::sqlite {

inline constexpr size_t kChunkBytes = 64 * 1024;

// Stores the bytes unless they are there, and returns their SHA-256 in hex. Inside a transaction.
// BLOB_CORRUPT when the ledger has something of another length under that hash.
Result<std::string> PutBlob(Database& database, ByteView bytes);

// A blob's row; the content is read chunk by chunk, on any connection.
struct BlobInfo {
  int64_t seq = 0;
  int64_t size_bytes = 0;
  int64_t chunks = 0;
};
Result<BlobInfo> FindBlob(Database& database, const std::string& sha256);  // NOT_FOUND

// Unpacks chunks. Keeps the decompressor between calls.
class ChunkReader {
 public:
  ChunkReader();
  ~ChunkReader();
  // Replaces `out` by the content of `count` chunks from `first` on. BLOB_CORRUPT when one is
  // missing or does not unpack to the length that it must have.
  Status Read(Database& database, const BlobInfo& blob, int64_t first, int64_t count, Bytes& out);

 private:
  Status Unpack(const std::string& codec, ByteView data, size_t wanted, Bytes& out);
  struct Deleter {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Deleter> context_;
};

Error BlobCorrupt(const std::string& what);

}  // namespace firmbench::storage::sqlite
