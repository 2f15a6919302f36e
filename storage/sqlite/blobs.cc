// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/blobs.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

#include "daemon/base/hash.h"

namespace firmbench::storage::sqlite {
namespace {

// Fast enough for a job that stores a megabyte several times; firmware hardly shrinks further.
constexpr int kCompressionLevel = 3;

struct CompressorDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

Status InsertChunks(Database& database, int64_t seq, ByteView bytes) {
  const std::unique_ptr<ZSTD_CCtx, CompressorDeleter> compressor(ZSTD_createCCtx());
  if (compressor == nullptr) return ResourceExhausted("LEDGER_MEMORY", "no memory to compress");
  ASSIGN_OR_RETURN(Statement insert,
                   database.Prepare("INSERT INTO blob_chunks (blob_seq, idx, codec, data)"
                                    " VALUES (?1, ?2, ?3, ?4)"));
  Bytes packed(ZSTD_compressBound(kChunkBytes));
  int64_t index = 0;
  for (size_t at = 0; at < bytes.size(); at += kChunkBytes) {
    const ByteView chunk = bytes.subspan(at, std::min(kChunkBytes, bytes.size() - at));
    const size_t length = ZSTD_compressCCtx(compressor.get(), packed.data(), packed.size(),
                                            chunk.data(), chunk.size(), kCompressionLevel);
    const bool smaller = ZSTD_isError(length) == 0 && length < chunk.size();
    RETURN_IF_ERROR(insert
                        .Bind(seq, index++, smaller ? "zstd" : "raw",
                              smaller ? ByteView(packed).first(length) : chunk)
                        .Run());
  }
  return Ok();
}

}  // namespace

Error BlobCorrupt(const std::string& what) {
  return DataLoss("BLOB_CORRUPT", what)
      .WithRemedy(
          "Verify the ledger and bring this content back from a copy; until then nothing "
          "can be restored from it.");
}

Result<std::string> PutBlob(Database& database, ByteView bytes) {
  const std::string sha256 = Sha256Hex(bytes);
  const auto size = static_cast<int64_t>(bytes.size());
  if (const auto known = FindBlob(database, sha256)) {
    if (known->size_bytes == size) return sha256;
    return BlobCorrupt(fmt::format("blob {} has {} bytes in the ledger instead of {}", sha256,
                                   known->size_bytes, size));
  } else if (known.error().reason() != "NOT_FOUND") {
    return known.error();
  }
  ASSIGN_OR_RETURN(Statement insert,
                   database.Prepare("INSERT INTO blobs (sha256, size_bytes, chunks)"
                                    " VALUES (?1, ?2, ?3) RETURNING seq"));
  const auto chunks = static_cast<int64_t>((bytes.size() + kChunkBytes - 1) / kChunkBytes);
  ASSIGN_OR_RETURN(const bool inserted, insert.Bind(sha256, size, chunks).Step());
  if (!inserted) return Internal("LEDGER_INTERNAL", "a new blob has no number");
  const int64_t seq = insert.Int(0);
  RETURN_IF_ERROR(insert.Run());
  RETURN_IF_ERROR(InsertChunks(database, seq, bytes));
  return sha256;
}

Result<BlobInfo> FindBlob(Database& database, const std::string& sha256) {
  ASSIGN_OR_RETURN(Statement find,
                   database.Prepare("SELECT seq, size_bytes, chunks FROM blobs WHERE sha256 = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(sha256).Step());
  if (!found) return NotFound("NOT_FOUND", "no blob " + sha256 + " in the ledger");
  return BlobInfo{.seq = find.Int(0), .size_bytes = find.Int(1), .chunks = find.Int(2)};
}

ChunkReader::ChunkReader() : context_(ZSTD_createDCtx()) {}
ChunkReader::~ChunkReader() = default;
void ChunkReader::Deleter::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

Status ChunkReader::Unpack(const std::string& codec, ByteView data, size_t wanted, Bytes& out) {
  const size_t at = out.size();
  if (codec == "raw") {
    if (data.size() != wanted) return BlobCorrupt("a raw chunk has the wrong length");
    out.insert(out.end(), data.begin(), data.end());
    return Ok();
  }
  if (codec != "zstd") return BlobCorrupt("a chunk has an unknown codec");
  out.resize(at + wanted);
  const size_t length =
      ZSTD_decompressDCtx(context_.get(), out.data() + at, wanted, data.data(), data.size());
  if (ZSTD_isError(length) != 0 || length != wanted) {
    return BlobCorrupt("a chunk does not unpack to its length");
  }
  return Ok();
}

Status ChunkReader::Read(Database& database, const BlobInfo& blob, int64_t first, int64_t count,
                         Bytes& out) {
  if (context_ == nullptr) return ResourceExhausted("LEDGER_MEMORY", "no memory to decompress");
  out.clear();
  ASSIGN_OR_RETURN(Statement chunks,
                   database.Prepare("SELECT idx, codec, data FROM blob_chunks"
                                    " WHERE blob_seq = ?1 AND idx >= ?2 AND idx < ?3"
                                    " ORDER BY idx"));
  chunks.Bind(blob.seq, first, first + count);
  for (int64_t index = first; index < first + count; ++index) {
    ASSIGN_OR_RETURN(const bool found, chunks.Step());
    if (!found || chunks.Int(0) != index) return BlobCorrupt("a chunk is missing");
    const int64_t left = blob.size_bytes - index * static_cast<int64_t>(kChunkBytes);
    if (left <= 0) return BlobCorrupt("there are more chunks than bytes");
    const size_t wanted = std::min(kChunkBytes, static_cast<size_t>(left));
    RETURN_IF_ERROR(Unpack(chunks.Text(1), chunks.Blob(2), wanted, out));
  }
  return Ok();
}

}  // namespace firmbench::storage::sqlite
