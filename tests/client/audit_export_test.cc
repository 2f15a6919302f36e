// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit_export.h"

#include <gtest/gtest.h>

#include "client/cli/csv.h"

namespace firmbench::cli {
namespace {

TEST(CsvCell, IsQuotedAsTheRfcHasIt) {
  EXPECT_EQ(CsvCell(""), "\"\"");
  EXPECT_EQ(CsvCell("job.create"), "\"job.create\"");
  EXPECT_EQ(CsvCell("a \"b\", c\r\nd"), "\"a \"\"b\"\", c\r\nd\"");
  EXPECT_EQ(CsvCell(std::string_view("a\0b", 3)), "\"a?b\"");
}

TEST(CsvCell, IsNoFormula) {
  EXPECT_EQ(CsvCell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
  EXPECT_EQ(CsvCell("+1"), "\"'+1\"");
  EXPECT_EQ(CsvCell("-1"), "\"'-1\"");
  EXPECT_EQ(CsvCell("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(CsvCell("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(CsvCell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(CsvCell("a=1"), "\"a=1\"");
}

TEST(CsvRow, HasAsManyCellsAsTheHead) {
  v1::AuditEntry entry;
  entry.set_sequence(17);
  entry.mutable_entry_time()->set_seconds(1'800'000'000);
  entry.set_principal("user/anna");
  entry.set_action("job.create");
  entry.set_resource("jobs/1");
  entry.set_outcome("ok");
  entry.set_leaf_hash("00");
  entry.set_canonical_json("{}");
  EXPECT_EQ(CsvHead(), "sequence,time,principal,action,resource,outcome,leaf_hash,entry\r\n");
  EXPECT_EQ(CsvRow(entry),
            "17,\"2027-01-15T08:00:00Z\",\"user/anna\",\"job.create\",\"jobs/1\",\"ok\",\"00\","
            "\"{}\"\r\n");
}

class FixedClock final : public Clock {
 public:
  Nanos Monotonic() const override { return Nanos(0); }
  int64_t WallMicros() const override { return 1'800'000'000'000'000; }
  void SleepFor(Nanos) override {}
};

TEST(AuditTime, IsADayAMomentOrHowLongAgo) {
  const FixedClock clock;
  EXPECT_EQ(ParseTime("2027-01-15", clock)->seconds(), 1'799'971'200);
  EXPECT_EQ(ParseTime("2027-01-15T08:00:00Z", clock)->seconds(), 1'800'000'000);
  EXPECT_EQ(ParseTime("2027-01-15T09:00:00+01:00", clock)->seconds(), 1'800'000'000);
  EXPECT_EQ(ParseTime("90m", clock)->seconds(), 1'800'000'000 - 5400);
  EXPECT_EQ(ParseTime("7d", clock)->seconds(), 1'800'000'000 - 7 * 86400);
  for (const char* const text : {"", "yesterday", "2027-13-01", "2027-01-15T25:00:00Z", "7"}) {
    ASSERT_FALSE(ParseTime(text, clock)) << text;
    EXPECT_EQ(ParseTime(text, clock).error().reason(), "TIME_INVALID");
  }
}

}  // namespace
}  // namespace firmbench::cli
