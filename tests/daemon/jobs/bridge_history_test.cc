// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/bridge_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/jobs/job_trace.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const test::DriveToml kBehindBridge{.model = "LDW-451S", .keys = "bridge = \"BRIDGE-1\""};

TEST(BridgeHistory, CountsWhatFailedOnTheWayToTheDrive) {
  BenchFixture bench(kBehindBridge);
  const std::string bridge = bench.snapshot()->bridge;
  ASSERT_FALSE(bridge.empty());
  EXPECT_EQ(ToText(Must(HistoryOf(bench.ledger(), bridge))), "0 jobs so far");
  ASSERT_EQ(bench.Backup().row.result, "SUCCEEDED");
  EXPECT_EQ(ToText(Must(HistoryOf(bench.ledger(), bridge))),
            "1 job so far, none failed on the way to the drive");

  bench.drive().AddFault({.kind = simulator::FaultKind::kGone, .at = {.command = 60}});
  const JobView failed = bench.Backup();
  ASSERT_EQ(failed.row.error_reason, "DRIVE_GONE");
  const BridgeHistory history = Must(HistoryOf(bench.ledger(), bridge));
  EXPECT_EQ(history.jobs, 2);
  EXPECT_EQ(history.failed, 1);
  EXPECT_THAT(history.by_reason, ElementsAre(Pair("DRIVE_GONE", 1)));
  EXPECT_EQ(history.newest_failure_us, failed.row.ended_us);
  EXPECT_THAT(ToText(history), HasSubstr("2 jobs so far, 1 of them failed on the way to the drive "
                                         "(DRIVE_GONE 1), the last 20"));
  EXPECT_EQ(Must(HistoryOf(bench.ledger(), bridge + "2")).jobs, 0) << "another bridge";
  EXPECT_EQ(Must(HistoryOf(bench.ledger(), bridge.substr(1))).jobs, 0);
}

// Its name may hold a serial number.
TEST(BridgeHistory, TheBridgeIsMaskedInWhatIsSent) {
  BenchFixture bench(kBehindBridge);
  const JobView job = bench.Backup();
  EXPECT_EQ(BridgeOf(job.row), bench.snapshot()->bridge);
  Trace trace = Must(LoadTrace(bench.ledger(), job.row.id));
  EXPECT_THAT(Must(SerialsIn(bench.ledger(), job.row, trace)),
              testing::Contains(bench.snapshot()->bridge));
  BenchFixture other("LDW-451S");
  EXPECT_EQ(BridgeOf(other.Backup().row), "");
}

}  // namespace
}  // namespace firmbench::jobs
