// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/ledger_service.h"

#include <gtest/gtest.h>

#include <limits>

namespace firmbench::rpc {
namespace {

v1::ArchiveDumpsRequest OlderThan(int64_t seconds, int32_t nanos = 0) {
  v1::ArchiveDumpsRequest request;
  request.mutable_min_age_duration()->set_seconds(seconds);
  request.mutable_min_age_duration()->set_nanos(nanos);
  return request;
}

TEST(DumpsToPutAway, AreOneDayToAHundredYearsOld) {
  constexpr int64_t kNow = 1'800'000'000'000'000;
  EXPECT_EQ(*MomentBefore(kNow, OlderThan(86'400)), kNow - 86'400'000'000);
  EXPECT_EQ(*MomentBefore(kNow, OlderThan(36'525LL * 86'400)), 0);  // before 1970 there are none
  for (const int64_t seconds :
       {int64_t{0}, int64_t{-1}, int64_t{86'399}, int64_t{36'525} * 86'400 + 1,
        std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    const auto moment = MomentBefore(kNow, OlderThan(seconds));
    ASSERT_FALSE(moment) << seconds;
    EXPECT_EQ(moment.error().reason(), "AGE_INVALID");
  }
  EXPECT_FALSE(MomentBefore(kNow, OlderThan(86'400, -1)));
  EXPECT_FALSE(MomentBefore(kNow, v1::ArchiveDumpsRequest()));
}

}  // namespace
}  // namespace firmbench::rpc
