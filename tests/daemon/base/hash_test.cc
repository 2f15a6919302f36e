// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/hash.h"

#include <gtest/gtest.h>

namespace firmbench {
namespace {

// Vectors of FIPS 180-4, RFC 1321 and the CRC catalogue.
TEST(HashBlob, KnowsThePublishedVectors) {
  const BlobHashes empty = HashBlob({});
  EXPECT_EQ(empty.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(empty.md5, "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(empty.crc32, "00000000");

  const BlobHashes abc = HashBlob(AsBytes("abc"));
  EXPECT_EQ(abc.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(abc.md5, "900150983cd24fb0d6963f7d28e17f72");

  EXPECT_EQ(HashBlob(AsBytes("123456789")).crc32, "cbf43926");
}

TEST(HashBlob, TakesABlobLargerThanOneBlock) {
  EXPECT_EQ(Sha256Hex(Bytes(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Stream, EqualsOneShotHoweverItIsCut) {
  Bytes bytes(1000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  for (const size_t piece : {1u, 63u, 64u, 65u, 999u, 1000u}) {
    Sha256Stream stream;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      stream.Update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(stream.Finish(), Sha256(bytes)) << piece;
  }
}

TEST(Sha256Stream, MovesWithItsState) {
  Sha256Stream first;
  first.Update(AsBytes("ab"));
  Sha256Stream second = std::move(first);
  second.Update(AsBytes("c"));
  EXPECT_EQ(second.Finish(), Sha256(AsBytes("abc")));
}

}  // namespace
}  // namespace firmbench
