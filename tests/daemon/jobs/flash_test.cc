// SPDX-License-Identifier: Apache-2.0
// What backup, flash, restore and verify do when nothing goes wrong.
#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

class Models : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Models, testing::ValuesIn(test::ThreeModels()), test::TestName);

TEST_P(Models, BackupStoresBothMemories) {
  BenchFixture bench(GetParam());
  const JobView job = bench.Backup();
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.eeprom_check, "");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(job.dump_ids.size(), 2u);
  const auto firmware = bench.DumpsOf(job, "firmware", "backup");
  const auto eeprom = bench.DumpsOf(job, "eeprom", "backup");
  ASSERT_EQ(firmware.size(), 1u);
  ASSERT_EQ(eeprom.size(), 1u);
  EXPECT_EQ(Must(bench.ledger().ReadBlob(firmware[0].sha256)), bench.drive().FlashBytes());
  EXPECT_EQ(Must(bench.ledger().ReadBlob(eeprom[0].sha256)), bench.drive().EepromBytes());
  EXPECT_EQ(firmware[0].agreeing_reads, 2);
  EXPECT_EQ(eeprom[0].agreeing_reads, 3);
  EXPECT_EQ(firmware[0].unit_id, job.row.unit_id);
  EXPECT_EQ(firmware[0].model, GetParam());
  EXPECT_TRUE(firmware[0].simulated);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  for (const auto& step : job.steps) {
    EXPECT_EQ(step.outcome, "UNCHANGED") << step.name;
    EXPECT_LE(step.started_us, step.ended_us) << step.name;
  }
}

TEST_P(Models, FlashThenRestoreBringsBackExactlyTheOldBytes) {
  BenchFixture bench(GetParam());
  const Bytes old_bytes = bench.drive().FlashBytes();
  const Bytes new_bytes = bench.NewFirmware();
  const JobView flashed = bench.Flash("bay 1", new_bytes);
  ASSERT_EQ(flashed.row.result, "SUCCEEDED") << flashed.row.error_message;
  EXPECT_EQ(flashed.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), new_bytes);
  EXPECT_EQ(bench.DumpsOf(flashed, "firmware", "readback").at(0).sha256, Sha256Hex(new_bytes));

  const auto before = bench.DumpsOf(flashed, "firmware", "before_write");
  const JobView restored = bench.Run(bench.RestoreOf("bay 1", before.at(0).id));
  ASSERT_EQ(restored.row.result, "SUCCEEDED") << restored.row.error_message;
  EXPECT_EQ(restored.row.kind, "restore");
  EXPECT_EQ(restored.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(restored.row.eeprom_check, "EQUAL");
  EXPECT_EQ(bench.drive().FlashBytes(), old_bytes);
  EXPECT_EQ(restored.row.unit_id, flashed.row.unit_id);
  EXPECT_EQ(bench.drive().counters().destructive_before_write_started, 0u);
}

TEST_P(Models, FlashingWhatIsAlreadyThereWritesNothing) {
  BenchFixture bench(GetParam());
  const JobView job = bench.Flash("bay 1", bench.drive().FlashBytes());
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
}

TEST_P(Models, VerifyTellsIdenticalFromDifferent) {
  BenchFixture bench(GetParam());
  const JobView backup = bench.Backup();
  JobSpec spec;
  spec.kind = Kind::kVerify;
  spec.drive_id = bench.drive_id();
  for (const char* memory : {"firmware", "eeprom"}) {
    spec.dump_id = bench.DumpsOf(backup, memory, "backup").at(0).id;
    const JobView same = bench.Run(spec);
    EXPECT_EQ(same.row.result, "SUCCEEDED") << memory << same.row.error_message;
    EXPECT_EQ(same.row.outcome, "UNCHANGED");
    EXPECT_EQ(same.row.memory, memory);
  }
  bench.drive().PokeEeprom(0x20, Bytes{1, 2, 3});
  const JobView eeprom = bench.Run(spec);
  EXPECT_EQ(eeprom.row.result, "FAILED");
  EXPECT_EQ(eeprom.row.error_reason, "VERIFY_MISMATCH");

  spec.dump_id.clear();
  spec.image_id = bench.AddImage(bench.NewFirmware());
  const JobView other = bench.Run(spec);
  EXPECT_EQ(other.row.error_reason, "VERIFY_MISMATCH");
  EXPECT_EQ(other.row.error_message.substr(0, 5), "4 of ") << other.row.error_message;
  EXPECT_EQ(other.row.drive_state, "untouched");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

TEST(Flash, AnotherRevisionOfTheModelIsAskedForItsNameAgain) {
  BenchFixture bench("LTR-48246S");
  const Bytes image = test::BuildImage("LTR-48246S", "SS0C", 48246);
  const JobView job = bench.Flash("bay 1", image);
  ASSERT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(bench.snapshot()->identity.revision, "SS0C");
  EXPECT_EQ(bench.drive().FlashBytes(), image);
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "before_write").at(0).revision, "SS0B");
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "readback").at(0).revision, "SS0C");
  const auto events = Must(bench.ledger().ListEvents(job.row.id, 0, 1000));
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const auto& event) {
    return event.type == "message" &&
           event.detail_json.find("LITE-ON LTR-48246S SS0C") != std::string::npos;
  }));
}

TEST(Flash, AForeignFirmwareDumpOfTheSameModelIsAWarningOnly) {
  BenchFixture bench(test::Drives{
      {.model = "LTR-48246S", .bay = "bay 1"},
      {.model = "LTR-48246S", .bay = "bay 2", .keys = "eeprom_seed = 2\nfirmware_seed = 2"}});
  const JobView other = bench.Backup("bay 2");
  bench.Backup("bay 1", "eeprom");
  const JobSpec spec =
      bench.RestoreOf("bay 1", bench.DumpsOf(other, "firmware", "backup").at(0).id);
  const Plan plan = Must(bench.engine().MakePlanFor(spec));
  ASSERT_EQ(plan.warnings.size(), 2u);
  EXPECT_EQ(plan.warnings[0].reason, "DUMP_OF_ANOTHER_UNIT");
  EXPECT_EQ(plan.warnings[1].reason, "BOOT_MAY_BE_WRITTEN");  // bay 1's firmware is not stored yet
  EXPECT_EQ(bench.Run(spec).row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive("bay 1").FlashBytes(), bench.drive("bay 2").FlashBytes());
  EXPECT_NE(bench.drive("bay 1").EepromBytes(), bench.drive("bay 2").EepromBytes());
}

TEST(Backup, ABurnedDiscSinceTheLastLookIsNoObstacle) {
  BenchFixture bench("LTR-48246S");
  const std::string unit = bench.Backup("bay 1", "eeprom").row.unit_id;
  bench.drive().Use();
  const JobView job = bench.Backup("bay 1", "eeprom");
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.unit_id, unit);
  EXPECT_EQ(bench.DumpsOf(job, "eeprom", "backup").at(0).sha256,
            Sha256Hex(bench.drive().EepromBytes()));
  // A plan made before the burn is refused, and the next one is not.
  const CreateRequest stale =
      bench.Request(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware())));
  bench.drive().Use();
  const JobView refused = bench.WaitClosed(Must(bench.engine().Create(stale)).row.id);
  EXPECT_EQ(refused.row.result, "REFUSED");
  EXPECT_EQ(refused.row.error_reason, "TARGET_CHANGED");
  EXPECT_EQ(refused.row.outcome, "NOT_STARTED");
  EXPECT_EQ(bench.Flash("bay 1", bench.NewFirmware()).row.outcome, "CHANGED_VERIFIED");
}

TEST(Backup, OfTheFirmwareAloneReadsNoEeprom) {
  BenchFixture bench("LTR-52327S");
  const JobView job = bench.Backup("bay 1", "firmware");
  EXPECT_EQ(job.row.memory, "firmware");
  EXPECT_EQ(job.dump_ids.size(), 1u);
  for (const auto& step : job.steps) EXPECT_NE(step.memory, "eeprom");
}

TEST(JobView, ContainsTheEventsItClaims) {
  BenchFixture bench("LTR-48246S");
  const JobView job = bench.Backup("bay 1", "eeprom");
  const auto events = Must(bench.ledger().ListEvents(job.row.id, 0, 1000));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(Must(bench.engine().Get(job.row.id)).last_sequence, events.back().sequence);
  EXPECT_EQ(ReasonOf(bench.engine().Get("01hgw2bbg0000000000000000a")), "JOB_NOT_FOUND");
}

}  // namespace
}  // namespace firmbench::jobs
