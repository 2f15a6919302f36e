// SPDX-License-Identifier: Apache-2.0
// What AuditService takes from outside: names of entries and times.

#include <gtest/gtest.h>

#include <limits>

#include "daemon/rpc/audit_service.h"

namespace firmbench::rpc {
namespace {

TEST(AuditEntryName, IsItsNumber) {
  EXPECT_EQ(*EntryNumber("auditEntries/0"), 0);
  EXPECT_EQ(*EntryNumber("auditEntries/9223372036854775807"), std::numeric_limits<int64_t>::max());
  for (const char* const name :
       {"", "0", "auditEntries", "auditEntries/", "auditEntries/-1", "auditEntries/+1",
        "auditEntries/1x", "auditEntries/ 1", "auditEntries/9223372036854775808", "jobs/1"}) {
    ASSERT_FALSE(EntryNumber(name)) << name;
    EXPECT_EQ(EntryNumber(name).error().reason(), "NAME_INVALID");
  }
}

TEST(AuditTime, IsBoundedAndOptional) {
  google::protobuf::Timestamp time;
  time.set_seconds(1'800'000'000);
  time.set_nanos(123'456'789);
  EXPECT_EQ(*MicrosOf(true, time), 1'800'000'000'123'456);
  EXPECT_EQ(*MicrosOf(false, time), 0);
  for (const int64_t seconds :
       {int64_t{-1}, int64_t{253402300800}, std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min()}) {
    time.set_seconds(seconds);
    EXPECT_EQ(MicrosOf(true, time).error().reason(), "TIME_INVALID") << seconds;
  }
  time.set_seconds(1);
  time.set_nanos(1'000'000'000);
  EXPECT_FALSE(MicrosOf(true, time));
}

}  // namespace
}  // namespace firmbench::rpc
