// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/blobs.h"

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class Blobs : public LedgerTest {
 protected:
  std::string Put(const Bytes& content) {
    std::string sha256;
    EXPECT_OK(ledger().Commit([&](Transaction& tx) -> Status {
      ASSIGN_OR_RETURN(sha256, tx.PutBlob(content));
      return Ok();
    }));
    return sha256;
  }
};

TEST_F(Blobs, OfEverySizeComeBackAsTheyWere) {
  for (const size_t size : {size_t{0}, size_t{1}, sqlite::kChunkBytes - 1, sqlite::kChunkBytes,
                            sqlite::kChunkBytes + 1, size_t{1} << 20, (size_t{1} << 20) + 1}) {
    const Bytes content = Noise(size);
    const std::string sha256 = Put(content);
    EXPECT_EQ(sha256, Sha256Hex(content));
    const auto read = ledger().ReadBlob(sha256);
    ASSERT_OK(read);
    EXPECT_EQ(*read, content) << size;
  }
  EXPECT_EQ(ReasonOf(ledger().ReadBlob(std::string(64, '0'))), "NOT_FOUND");
}

TEST_F(Blobs, AreStoredOnceAndCompressed) {
  const Bytes content(300'000, 0xFF);
  EXPECT_EQ(Put(content), Put(content));
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("SELECT count(*), sum(size_bytes), sum(chunks) FROM blobs").at(0),
            "1|300000|5");
  EXPECT_EQ(
      raw.Query("SELECT count(*), sum(length(data)) < 3000, min(codec) FROM blob_chunks").at(0),
      "5|1|zstd");
}

TEST_F(Blobs, ThatDoNotShrinkAreKeptRaw) {
  Put(Noise(100'000));
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("SELECT DISTINCT codec FROM blob_chunks"), (std::vector<std::string>{"raw"}));
}

TEST_F(Blobs, StreamInPiecesOfAtMostOneMebibyte) {
  const Bytes content = Noise((size_t{2} << 20) + 5);
  const std::string sha256 = Put(content);
  Bytes read;
  std::vector<size_t> sizes;
  ASSERT_OK(ledger().StreamBlob(sha256, [&](ByteView piece) -> Status {
    sizes.push_back(piece.size());
    read.insert(read.end(), piece.begin(), piece.end());
    // A sink may ask the ledger for other things.
    return ledger().ListUnits({}, {}).has_value() ? Ok() : Status(Internal("NO", "no"));
  }));
  EXPECT_EQ(read, content);
  EXPECT_EQ(sizes, (std::vector<size_t>{size_t{1} << 20, size_t{1} << 20, 5}));
}

TEST_F(Blobs, StreamingStopsAtTheFirstErrorOfTheSink) {
  const std::string sha256 = Put(Noise(size_t{3} << 20));
  int calls = 0;
  const Status status = ledger().StreamBlob(sha256, [&](ByteView) -> Status {
    ++calls;
    return Cancelled("GONE", "the client went away");
  });
  EXPECT_EQ(ReasonOf(status), "GONE");
  EXPECT_EQ(calls, 1);
}

struct Damage {
  const char* name;
  const char* sql;
};
class DamagedBlob : public Blobs, public testing::WithParamInterface<Damage> {};

TEST_P(DamagedBlob, IsNeverGivenAway) {
  // Half of it compresses, so that both codecs are there.
  Bytes content = Noise(sqlite::kChunkBytes * 18);
  std::fill_n(content.begin(), sqlite::kChunkBytes * 9, uint8_t{0xFF});
  const std::string sha256 = Put(content);
  EXPECT_EQ(RawDatabase(path(), true).Exec(GetParam().sql), "");
  EXPECT_EQ(ReasonOf(ledger().ReadBlob(sha256)), "BLOB_CORRUPT");
  size_t given = 0;
  EXPECT_FALSE(ledger().StreamBlob(sha256, [&](ByteView piece) {
    given += piece.size();
    return Ok();
  }));
  EXPECT_LT(given, content.size());
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedBlob,
    testing::Values(
        Damage{
            "RawByte",
            "UPDATE blob_chunks SET data = CAST(x'55' || substr(data, 2) AS BLOB) WHERE idx = 12"},
        Damage{
            "PackedByte",
            "UPDATE blob_chunks SET data = CAST(x'55' || substr(data, 2) AS BLOB) WHERE idx = 3"},
        Damage{"RawCutShort", "UPDATE blob_chunks SET data = substr(data, 2) WHERE idx = 17"},
        Damage{"MissingChunk", "DELETE FROM blob_chunks WHERE idx = 5"},
        Damage{"SwappedChunks",
               "UPDATE blob_chunks SET idx = 99 WHERE idx = 16;"
               "UPDATE blob_chunks SET idx = 16 WHERE idx = 17;"
               "UPDATE blob_chunks SET idx = 17 WHERE idx = 99;"},
        Damage{"UnknownCodec", "UPDATE blob_chunks SET codec = 'lzma' WHERE idx = 1"},
        Damage{"WrongCodec", "UPDATE blob_chunks SET codec = 'zstd' WHERE idx = 17"},
        Damage{"Shorter", "UPDATE blobs SET size_bytes = size_bytes - 1"},
        Damage{"FewerChunks", "UPDATE blobs SET chunks = 17"},
        Damage{"MoreChunks", "UPDATE blobs SET chunks = 19"},
        Damage{"NoChunks", "UPDATE blobs SET chunks = 0, size_bytes = 0"},
        Damage{"HugeSize",
               "UPDATE blobs SET chunks = 4611686018427387904,"
               " size_bytes = 9223372036854775807"},
        Damage{"NegativeSize", "UPDATE blobs SET size_bytes = -5"}),
    [](const auto& damage) { return std::string(damage.param.name); });

TEST_F(Blobs, OfAnotherLengthUnderTheSameHashIsNoticedWhenStoredAgain) {
  const Bytes content = Noise(1000);
  Put(content);
  RawDatabase(path(), true).Exec("UPDATE blobs SET size_bytes = 999");
  const Status again = ledger().Commit([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(content));
    return Ok();
  });
  EXPECT_EQ(ReasonOf(again), "BLOB_CORRUPT");
}

}  // namespace
}  // namespace firmbench::storage
