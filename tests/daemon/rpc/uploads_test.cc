// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/uploads.h"

#include <gtest/gtest.h>

namespace firmbench::rpc {
namespace {

class HandClock final : public Clock {
 public:
  Nanos Monotonic() const override { return Nanos(micros * 1000); }
  int64_t WallMicros() const override { return micros; }
  void SleepFor(Nanos duration) override { micros += duration.count() / 1000; }
  int64_t micros = 1'700'000'000'000'000;
};

class UploadsTest : public ::testing::Test {
 protected:
  std::string Open(int64_t size, const std::string& owner = "ann") {
    auto upload = uploads_.Create("new.bin", size, owner);
    EXPECT_TRUE(upload);
    return upload ? upload->id : std::string();
  }
  static Bytes Piece(size_t size, uint8_t first) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(first + i);
    return bytes;
  }
  template <typename T>
  static std::string ReasonOf(const Result<T>& result) {
    return result ? "OK" : result.error().reason();
  }

  HandClock clock_;
  Uploads uploads_{clock_};
};

TEST_F(UploadsTest, TakesAFileInPieces) {
  const std::string id = Open(100);
  ASSERT_TRUE(uploads_.Write(id, 0, Piece(60, 0)));
  const auto state = uploads_.Write(id, 60, Piece(40, 60));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->received_bytes, 100);
  const auto file = uploads_.Peek(id);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes, Piece(100, 0));
  EXPECT_EQ(file->file_name, "new.bin");
}

// A client that lost the answer sends the piece again.
TEST_F(UploadsTest, AcceptsAPieceAgain) {
  const std::string id = Open(100);
  ASSERT_TRUE(uploads_.Write(id, 0, Piece(60, 0)));
  const auto again = uploads_.Write(id, 0, Piece(60, 0));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->received_bytes, 60);
  const auto overlapping = uploads_.Write(id, 50, Piece(50, 50));
  ASSERT_TRUE(overlapping);
  EXPECT_EQ(uploads_.Peek(id)->bytes, Piece(100, 0));
}

TEST_F(UploadsTest, RefusesWhatDoesNotFollow) {
  const std::string id = Open(100);
  EXPECT_EQ(ReasonOf(uploads_.Write(id, 1, Piece(10, 0))), "UPLOAD_OFFSET_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write(id, -1, Piece(10, 0))), "UPLOAD_OFFSET_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write(id, 0, Piece(101, 0))), "UPLOAD_OFFSET_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write(id, INT64_MAX, Piece(10, 0))), "UPLOAD_OFFSET_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write(id, 0, {})), "UPLOAD_PIECE_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write(id, 0, Bytes(Uploads::kMaxPiece + 1))), "UPLOAD_PIECE_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Write("nobody", 0, Piece(1, 0))), "UPLOAD_NOT_FOUND");
  EXPECT_EQ(ReasonOf(uploads_.Peek(id)), "UPLOAD_INCOMPLETE");
}

// Memory is bounded before it is taken: by size, by number and by time.
TEST_F(UploadsTest, BoundsWhatItHolds) {
  EXPECT_EQ(ReasonOf(uploads_.Create("x", 0, "ann")), "UPLOAD_SIZE_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Create("x", Uploads::kMaxBytes + 1, "ann")), "UPLOAD_SIZE_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Create("a/b", 10, "ann")), "FILE_NAME_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Create("a\nb", 10, "ann")), "FILE_NAME_INVALID");
  EXPECT_EQ(ReasonOf(uploads_.Create(std::string(256, 'x'), 10, "ann")), "FILE_NAME_INVALID");
  const std::string first = Open(10);
  for (size_t i = 1; i < Uploads::kMaxOpenOfOne; ++i) Open(10);
  // One person leaves room for others.
  EXPECT_EQ(ReasonOf(uploads_.Create("x", 10, "ann")), "TOO_MANY_UPLOADS");
  for (size_t i = Uploads::kMaxOpenOfOne; i < Uploads::kMaxOpen; ++i) Open(10, "bob");
  EXPECT_EQ(ReasonOf(uploads_.Create("x", 10, "max")), "TOO_MANY_UPLOADS");
  clock_.SleepFor(Uploads::kLifetime);
  EXPECT_EQ(ReasonOf(uploads_.Create("x", 10, "ann")), "OK");
  EXPECT_EQ(ReasonOf(uploads_.Write(first, 0, Piece(10, 0))), "UPLOAD_NOT_FOUND");
}

TEST_F(UploadsTest, ForgetsWhatWasRemoved) {
  const std::string id = Open(10);
  uploads_.Remove(id);
  EXPECT_EQ(ReasonOf(uploads_.Write(id, 0, Piece(10, 0))), "UPLOAD_NOT_FOUND");
}

}  // namespace
}  // namespace firmbench::rpc
