// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/clock.h"

#include <gtest/gtest.h>

namespace firmbench {
namespace {

TEST(FormatMinute, IsForPeople) {
  EXPECT_EQ(FormatMinute(0), "1970-01-01 00:00 UTC");
  EXPECT_EQ(FormatMinute(1795467179000000), "2026-11-23 20:52 UTC");
}

TEST(FormatRfc3339, WritesUtcWithMicroseconds) {
  EXPECT_EQ(FormatRfc3339(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatRfc3339(1), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(FormatRfc3339(951'782'400'000'000), "2000-02-29T00:00:00.000000Z");
  EXPECT_EQ(FormatRfc3339(1'067'990'400'123'456), "2003-11-05T00:00:00.123456Z");
}

TEST(FormatRfc3339, WritesTimesBefore1970) {
  EXPECT_EQ(FormatRfc3339(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatRfc3339(-1'000'000), "1969-12-31T23:59:59.000000Z");
}

TEST(FormatRfc3339, SortsAsTheTimesDo) {
  EXPECT_LT(FormatRfc3339(999'999), FormatRfc3339(1'000'000));
  EXPECT_LT(FormatRfc3339(-1), FormatRfc3339(0));
}

TEST(RealClock, NeverGoesBack) {
  const Clock& clock = RealClock();
  Nanos last = clock.Monotonic();
  for (int i = 0; i < 1000; ++i) {
    const Nanos now = clock.Monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
  // Any date after this test was written.
  EXPECT_GT(clock.WallMicros(), 1'700'000'000'000'000);
}

}  // namespace
}  // namespace firmbench
