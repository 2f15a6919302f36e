// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace firmbench {
namespace {

TEST(Endian, LoadsAndStoresBigEndian) {
  std::array<uint8_t, 4> bytes{};
  StoreBe32(bytes.data(), 0x01fe23dc);
  EXPECT_EQ(ToHex(bytes), "01fe23dc");
  EXPECT_EQ(LoadBe32(bytes.data()), 0x01fe23dcu);
  EXPECT_EQ(LoadBe24(bytes.data() + 1), 0xfe23dcu);
  EXPECT_EQ(LoadBe16(bytes.data() + 1), 0xfe23u);
  StoreBe24(bytes.data(), 0xff112233);
  EXPECT_EQ(ToHex(bytes), "112233dc");
}

TEST(Slice, IsAllThereOrEmpty) {
  const Bytes bytes{1, 2, 3, 4};
  EXPECT_EQ(ToHex(Slice(bytes, 1, 2)), "0203");
  EXPECT_EQ(ToHex(Slice(bytes, 0, 4)), "01020304");
  EXPECT_TRUE(Slice(bytes, 4, 0).empty());
  EXPECT_TRUE(Slice(bytes, 3, 2).empty());
  EXPECT_TRUE(Slice(bytes, 5, 0).empty());
  EXPECT_TRUE(Slice(bytes, 1, std::numeric_limits<size_t>::max()).empty());
  EXPECT_TRUE(Slice(bytes, std::numeric_limits<size_t>::max(), 1).empty());
}

TEST(Hex, GoesBothWays) {
  Bytes all(256);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(FromHex(ToHex(all)).value(), all);
  EXPECT_EQ(FromHex("0aFf").value(), (Bytes{0x0a, 0xff}));
  EXPECT_TRUE(FromHex("").value().empty());
}

TEST(Hex, RejectsEverythingElse) {
  for (const char* bad : {"0", "0x", "g0", "0 ", " 0", "00 11 ", "-1", "0\n", "\xff\xff"}) {
    const auto bytes = FromHex(bad);
    ASSERT_FALSE(bytes) << bad;
    EXPECT_EQ(bytes.error().reason(), "INVALID_HEX");
  }
}

TEST(CleanField, TrimsPaddingAndHidesControlBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(CleanField(AsBytes("LITE-ON "sv)), "LITE-ON");
  EXPECT_EQ(CleanField(AsBytes("  DVDRW LDW-451S\0\0"sv)), "DVDRW LDW-451S");
  EXPECT_EQ(CleanField(AsBytes("\0\0 \0"sv)), "");
  EXPECT_EQ(CleanField(AsBytes("a\x1b[2Jb\xff\n c"sv)), "a?[2Jb?? c");
  EXPECT_EQ(CleanField({}), "");
}

TEST(AllBytesAre, ComparesEveryByte) {
  EXPECT_TRUE(AllBytesAre({}, 0xff));
  EXPECT_TRUE(AllBytesAre(Bytes(3, 0xff), 0xff));
  EXPECT_FALSE(AllBytesAre(Bytes{0xff, 0xff, 0xfe}, 0xff));
}

}  // namespace
}  // namespace firmbench
