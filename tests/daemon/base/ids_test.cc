// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/ids.h"

#include <gtest/gtest.h>

#include <set>

namespace firmbench {
namespace {

class FixedClock final : public Clock {
 public:
  int64_t micros = 0;
  Nanos Monotonic() const override { return std::chrono::microseconds(micros); }
  int64_t WallMicros() const override { return micros; }
  void SleepFor(Nanos duration) override {
    micros += std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  }
};

TEST(IdFromDigest, EncodesCrockfordBase32) {
  EXPECT_EQ(IdFromDigest(Bytes(16, 0x00)), "00000000000000000000000000");
  EXPECT_EQ(IdFromDigest(Bytes(16, 0xff)), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  Bytes one(16);
  one[15] = 0x21;  // 33 = 1 * 32 + 1
  EXPECT_EQ(IdFromDigest(one), "00000000000000000000000011");
  Bytes top(16);
  top[0] = 0x80;
  EXPECT_EQ(IdFromDigest(top), "40000000000000000000000000");
  // Only the first 128 bits count.
  EXPECT_EQ(IdFromDigest(Bytes(32, 0xff)), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
}

TEST(IdFromDigest, OrdersAsTheBytesDo) {
  std::string last;
  Bytes bytes(16);
  for (int high = 0; high < 256; ++high) {
    for (const uint8_t low : {0x00, 0x7f, 0xff}) {
      bytes[0] = static_cast<uint8_t>(high);
      bytes[15] = low;
      const std::string id = IdFromDigest(bytes);
      EXPECT_TRUE(IsId(id));
      EXPECT_LT(last, id);
      last = id;
    }
  }
}

TEST(NewId, SortsByAge) {
  FixedClock clock;
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    clock.micros = 1'700'000'000'000'000 + i * int64_t{1000};
    const std::string id = NewId(clock);
    EXPECT_TRUE(IsId(id));
    EXPECT_LT(last, id);
    last = id;
  }
  clock.micros = 4'102'444'800'000'000;  // the year 2100
  EXPECT_LT(last, NewId(clock));
}

TEST(NewId, NeverRepeatsWithinOneMillisecond) {
  FixedClock clock;
  clock.micros = 1'700'000'000'000'000;
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(NewId(clock));
  EXPECT_EQ(ids.size(), 10'000u);
}

TEST(IsId, TakesExactlyTheAlphabet) {
  EXPECT_TRUE(IsId("0123456789abcdefghjkmnpqrs"));
  EXPECT_FALSE(IsId("0123456789ABCDEFGHJKMNPQRS"));
  EXPECT_FALSE(IsId("0123456789abcdefghjkmnpqr"));
  EXPECT_FALSE(IsId("0123456789abcdefghjkmnpqrs0"));
  EXPECT_FALSE(IsId(""));
  for (const char bad : {'i', 'l', 'o', 'u', '/', '.', ' ', '\0', '\xff'}) {
    EXPECT_FALSE(IsId(std::string(25, '0') + bad)) << bad;
  }
}

TEST(IdOf, SplitsResourceNames) {
  EXPECT_EQ(IdOf("drives", "drives/abc"), "abc");
  EXPECT_EQ(IdOf("drives", "dumps/abc"), "");
  EXPECT_EQ(IdOf("drives", "drives/"), "");
  EXPECT_EQ(IdOf("drives", "drives"), "");
  EXPECT_EQ(IdOf("drives", "drivesxabc"), "");
  EXPECT_EQ(IdOf("drives", "drives/a/b"), "");
  EXPECT_EQ(IdOf("drives", ""), "");
}

}  // namespace
}  // namespace firmbench
