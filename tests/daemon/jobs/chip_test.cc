// SPDX-License-Identifier: Apache-2.0
// The drive as programmer for the chip in its socket.
#include <gtest/gtest.h>

#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

JobSpec OnTheChip(BenchFixture& bench, Kind kind, int board_mv = 5000) {
  JobSpec spec;
  spec.kind = kind;
  spec.drive_id = bench.drive_id();
  spec.board_mv = board_mv;
  return spec;
}

TEST(ChipJob, ReadsAPartThatIsNotTheDrivesOwnAndMakesNoUnit) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S", .keys = "chip = \"AT29C040A\"\n"});
  const JobView job = bench.Run(OnTheChip(bench, Kind::kChipRead));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.unit_id, "");
  const auto dumps = bench.DumpsOf(job, "firmware", "backup");
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].attribution, "chip");
  EXPECT_EQ(dumps[0].model, "AT29C040A");
  EXPECT_EQ(dumps[0].unit_id, "");
  EXPECT_EQ(dumps[0].agreeing_reads, 2);
  EXPECT_EQ(dumps[0].sha256, Sha256Hex(bench.drive().FlashBytes()));

  JobSpec verify = OnTheChip(bench, Kind::kChipVerify);
  verify.dump_id = dumps[0].id;
  EXPECT_EQ(bench.Run(verify).row.result, "SUCCEEDED");
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

TEST(ChipJob, EndsWhenThePartOrItsSupplyIsAnother) {
  BenchFixture bench("LTR-48246S");
  const JobView low = bench.Run(OnTheChip(bench, Kind::kChipIdentify, 3300));
  EXPECT_EQ(low.row.error_reason, "CHIP_VOLTAGE_WRONG");
  JobSpec other = OnTheChip(bench, Kind::kChipRead);
  other.chip_part = "SST39SF040";
  const JobView named = bench.Run(other);
  EXPECT_EQ(named.row.error_reason, "CHIP_NOT_AS_NAMED");
  EXPECT_TRUE(named.dump_ids.empty());
  EXPECT_EQ(bench.Run(OnTheChip(bench, Kind::kChipIdentify)).row.result, "SUCCEEDED");
}

TEST(ChipJob, IsRefusedWithoutASupplyOrWithAnUnknownPart) {
  BenchFixture bench("LTR-48246S");
  for (const int board_mv : {0, -1, 1800, 5001}) {
    const JobSpec spec = OnTheChip(bench, Kind::kChipRead, board_mv);
    EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "VOLTAGE_REQUIRED");
  }
  JobSpec spec = OnTheChip(bench, Kind::kChipRead);
  spec.chip_part = "X1";
  const Plan plan = Must(bench.engine().MakePlanFor(spec));
  ASSERT_FALSE(plan.problems.empty());
  EXPECT_EQ(plan.problems[0].reason, "CHIP_UNKNOWN");
  spec.kind = Kind::kBackup;
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "REFERENCE_UNEXPECTED");
  // A stored plan keeps what was said.
  spec = OnTheChip(bench, Kind::kChipRead);
  spec.chip_part = "W29C040";
  const Plan kept = Must(ParsePlan(Must(bench.engine().MakePlanFor(spec)).json));
  EXPECT_EQ(kept.spec.chip_part, "W29C040");
  EXPECT_EQ(kept.spec.board_mv, 5000);
}

}  // namespace
}  // namespace firmbench::jobs
