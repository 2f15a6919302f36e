// SPDX-License-Identifier: Apache-2.0
// The part of the flash that starts the drive is never erased unless the plan names it.
#include <algorithm>

#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;

constexpr uint32_t kInBoot = 0x0200;
constexpr uint32_t kInCode = 0x20100;

// What the drive holds, with one byte changed.
Bytes Changed(BenchFixture& bench, uint32_t offset) {
  Bytes bytes = bench.drive().FlashBytes();
  bytes[offset] ^= 0x5a;
  return bytes;
}

Plan PlanOf(BenchFixture& bench, const Bytes& image) {
  return Must(bench.engine().MakePlanFor(bench.FlashOf("bay 1", bench.AddImage(image))));
}

bool Warns(const Plan& plan, const std::string& reason) {
  return std::any_of(plan.warnings.begin(), plan.warnings.end(),
                     [&](const inventory::Problem& warning) { return warning.reason == reason; });
}

TEST(BootPart, MayBeWrittenAsLongAsNoBackupTells) {
  BenchFixture bench("LTR-52327S");
  const Plan plan = PlanOf(bench, Changed(bench, kInCode));
  EXPECT_TRUE(plan.writes_boot);
  EXPECT_TRUE(Warns(plan, "BOOT_MAY_BE_WRITTEN"));
}

TEST(BootPart, IsNotNamedWhereItStaysAsItIs) {
  BenchFixture bench("LTR-52327S");
  bench.Backup();
  const Plan plan = PlanOf(bench, Changed(bench, kInCode));
  EXPECT_FALSE(plan.writes_boot);
  EXPECT_FALSE(Warns(plan, "BOOT_WRITTEN"));
  EXPECT_FALSE(Must(ParsePlan(plan.json)).writes_boot);
  EXPECT_EQ(bench.Flash("bay 1", Changed(bench, kInCode)).row.outcome, "CHANGED_VERIFIED");
}

TEST(BootPart, IsWrittenWhenThePlanNamesIt) {
  BenchFixture bench("LTR-52327S");
  bench.Backup();
  const Bytes image = Changed(bench, kInBoot);
  const Plan plan = PlanOf(bench, image);
  EXPECT_TRUE(plan.writes_boot);
  EXPECT_TRUE(Warns(plan, "BOOT_WRITTEN"));
  EXPECT_TRUE(Must(ParsePlan(plan.json)).writes_boot);
  EXPECT_EQ(bench.Flash("bay 1", image).row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), image);
}

// Erase units of 64 KB hold more than the boot part: a change anywhere in the first one erases it.
TEST(BootPart, IsNamedWhenItsEraseUnitIsWritten) {
  BenchFixture bench("LDW-451S");
  bench.Backup();
  EXPECT_TRUE(PlanOf(bench, Changed(bench, 0x8000)).writes_boot);
  EXPECT_FALSE(PlanOf(bench, Changed(bench, kInCode)).writes_boot);
}

// The drive holds something else than its last backup: the plan did not know, so nothing is done.
TEST(BootPart, IsLeftAloneWhenThePlanDidNotNameIt) {
  BenchFixture bench("LTR-52327S");
  bench.Backup();
  const Bytes image = Changed(bench, kInCode);
  const uint8_t other = bench.drive().FlashBytes()[kInBoot] ^ 0xff;
  bench.drive().PokeFlash(kInBoot, ByteView(&other, 1));
  const JobView job = bench.Flash("bay 1", image);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "BOOT_NOT_IN_PLAN");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

}  // namespace
}  // namespace firmbench::jobs
