// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/failures.h"

#include <gtest/gtest.h>

namespace firmbench {
namespace {

class SetClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return 0; }
  void SleepFor(Nanos duration) override { now_ += duration; }

 private:
  Nanos now_ = std::chrono::hours(1);
};

TEST(Neighbourhood, IsAnAddressOrANetwork) {
  EXPECT_EQ(NeighbourhoodOf("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(NeighbourhoodOf("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(NeighbourhoodOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(NeighbourhoodOf("2001:db8:1:2::1"), "2001:db8:1:2::/64");
  EXPECT_NE(NeighbourhoodOf("2001:db8:1:3::1"), NeighbourhoodOf("2001:db8:1:2::1"));
  EXPECT_EQ(NeighbourhoodOf("fe80::1%eth0"), "fe80::1%eth0");
  EXPECT_EQ(NeighbourhoodOf("::1"), "::/64");
  EXPECT_EQ(NeighbourhoodOf(""), "");
}

class FailuresTest : public testing::Test {
 protected:
  void Fail(const std::string& address) {
    for (int i = 0; i < Failures::kMost; ++i) {
      EXPECT_FALSE(failures_.TooMany(address)) << i;
      EXPECT_EQ(failures_.Count(address), i + 1 == Failures::kMost);
    }
  }

  SetClock clock_;
  Failures failures_{clock_};
};

TEST_F(FailuresTest, BlockWhoFailedAndNobodyElse) {
  Fail("2001:db8::1");
  EXPECT_TRUE(failures_.TooMany("2001:db8::1"));
  EXPECT_TRUE(failures_.TooMany("2001:db8::2"));
  EXPECT_FALSE(failures_.TooMany("2001:db8:0:1::1"));
  EXPECT_FALSE(failures_.TooMany("192.0.2.7"));
}

TEST_F(FailuresTest, AreForgottenAfterAWhile) {
  Fail("192.0.2.7");
  clock_.SleepFor(Failures::kWindow - Nanos(1));
  EXPECT_TRUE(failures_.TooMany("192.0.2.7"));
  clock_.SleepFor(Nanos(1));
  EXPECT_FALSE(failures_.TooMany("192.0.2.7"));
}

// Whoever has many addresses gets no more tries by them, and no more memory.
TEST_F(FailuresTest, AreCountedTogetherWhereTheyAreTooMany) {
  for (size_t i = 0; i < Failures::kMostNeighbourhoods; ++i) {
    failures_.Count("neighbour " + std::to_string(i));
  }
  EXPECT_FALSE(failures_.TooMany("one more"));
  for (int i = 0; i < Failures::kMost; ++i) failures_.Count("more " + std::to_string(i));
  EXPECT_TRUE(failures_.TooMany("one more"));
  EXPECT_FALSE(failures_.TooMany("neighbour 1"));
}

}  // namespace
}  // namespace firmbench
