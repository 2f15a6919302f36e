// SPDX-License-Identifier: Apache-2.0
// Everything about the one memory that cannot be replaced.
#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

class EepromCheck : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, EepromCheck, testing::ValuesIn(test::ThreeModels()),
                         test::TestName);

TEST_P(EepromCheck, AChangeIsAFailureAndPutsTheDriveInQuarantine) {
  BenchFixture bench(GetParam());
  const Bytes target = bench.NewFirmware();
  bench.When(State::kWriting,
             [&](const std::string&) { bench.drive().PokeEeprom(0x14a, Bytes{0x77}); });
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.eeprom_check, "CHANGED");
  EXPECT_EQ(job.row.error_reason, "EEPROM_CHANGED");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << "of the firmware";
  EXPECT_EQ(job.row.drive_state, "unknown");
  EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
  EXPECT_FALSE(bench.snapshot()->quarantine.empty());
  // Nothing writes to it any more, reading goes on.
  EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(target)))),
            "DRIVE_QUARANTINED");
  EXPECT_EQ(bench.Backup().row.result, "SUCCEEDED");
}

TEST(EepromCheck, TheQuarantineFollowsTheUnitToAnotherBay) {
  BenchFixture bench(test::Drives{{.model = "LTR-52327S", .bay = "bay 1"},
                                  {.model = "LTR-52327S", .bay = "bay 2"}});
  bench.drive("bay 2").Unplug();
  bench.When(State::kWriting, [&](const std::string&) {
    bench.drive("bay 1").PokeEeprom(0x20, Bytes{1, 2, 3});
  });
  EXPECT_EQ(bench.Flash("bay 1", bench.NewFirmware("bay 1")).row.eeprom_check, "CHANGED");
  bench.drive("bay 1").Unplug();
  bench.drive("bay 2").Plug();
  ASSERT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
  EXPECT_EQ(
      ReasonOf(bench.Submit(bench.FlashOf("bay 2", bench.AddImage(bench.NewFirmware("bay 2"))))),
      "DRIVE_QUARANTINED");
}

TEST(EepromCheck, ABurnDuringTheJobCountsAsAChangeUntilItsPlaceIsKnown) {
  BenchFixture bench("LTR-48246S");
  bench.When(State::kWriting, [&](const std::string&) { bench.drive().Use(); });
  EXPECT_EQ(bench.Flash("bay 1", bench.NewFirmware()).row.eeprom_check, "CHANGED");
}

TEST(EepromCheck, WhatCannotBeReadIsNeverCalledUnchanged) {
  BenchFixture bench("LTR-48246S");
  bench.When(State::kWriting, [&](const std::string&) {
    bench.drive().AddFault(
        {.kind = FaultKind::kCheckCondition, .at = {.opcode = 0xdf}, .times = 0});
  });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.eeprom_check, "NOT_READ");
  EXPECT_EQ(job.row.error_reason, "EEPROM_NOT_READ");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

TEST(EepromCheck, AConnectionThatCannotReadItSaysSoBefore) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S"}, [](inventory::Attachment& attachment) {
    // A drive that does not know the command at all.
    attachment.connection.scsi = false;
  });
  const Plan plan =
      Must(bench.engine().MakePlanFor(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()))));
  std::vector<std::string> warnings;
  for (const auto& warning : plan.warnings) warnings.push_back(warning.reason);
  EXPECT_EQ(warnings, (std::vector<std::string>{"EEPROM_NOT_CHECKED", "BOOT_MAY_BE_WRITTEN",
                                                "IMAGE_NOT_APPROVED"}));
  for (const PlanStep& step : plan.steps) EXPECT_NE(step.memory, Memory::kEeprom);
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(job.row.result, "SUCCEEDED");
  EXPECT_EQ(job.row.eeprom_check, "NOT_READ");
}

class EepromRestore : public testing::Test {
 protected:
  // Backs the drive up, harms its EEPROM and looks at it again, so that its unit is known.
  void HarmAfterBackup() {
    good_ = bench_.drive().EepromBytes();
    dump_ = bench_.DumpsOf(bench_.Backup("bay 1", "eeprom"), "eeprom", "backup").at(0).id;
    bench_.drive().PokeEeprom(0x40, Bytes{9, 9, 9, 9});
    bad_ = bench_.drive().EepromBytes();
    ASSERT_NE(bad_, good_);
    ASSERT_EQ(bench_.Backup("bay 1", "eeprom").row.result, "SUCCEEDED");
  }

  BenchFixture bench_{
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "eeprom_write = true"},
                   {.model = "LTR-48246S", .bay = "bay 2", .keys = "eeprom_seed = 2"}}};
  Bytes good_;
  Bytes bad_;
  std::string dump_;
};

TEST_F(EepromRestore, OfItsOwnDumpBringsTheBytesBack) {
  HarmAfterBackup();
  const JobView job = bench_.Run(bench_.RestoreOf("bay 1", dump_));
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.kind, "eeprom_restore");
  EXPECT_EQ(job.row.memory, "eeprom");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(bench_.drive().EepromBytes(), good_);
  const auto counters = bench_.drive().counters();
  EXPECT_GT(counters.eeprom_writes, 0u);
  EXPECT_EQ(counters.erases + counters.bytes_programmed, 0u);
  EXPECT_EQ(counters.destructive_before_write_started, 0u);
  // What was there before is kept, too.
  const auto before = bench_.DumpsOf(job, "eeprom", "before_write");
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].sha256, Sha256Hex(bad_));
  EXPECT_EQ(before[0].agreeing_reads, 3);
}

TEST_F(EepromRestore, OfWhatIsThereWritesNothing) {
  const JobView backup = bench_.Backup("bay 1", "eeprom");
  const JobView job =
      bench_.Run(bench_.RestoreOf("bay 1", bench_.DumpsOf(backup, "eeprom", "backup").at(0).id));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
}

TEST_F(EepromRestore, OfAnotherUnitIsRefused) {
  const JobView other = bench_.Backup("bay 2", "eeprom");
  ASSERT_EQ(bench_.Backup("bay 1", "eeprom").row.result, "SUCCEEDED");
  JobSpec spec = bench_.RestoreOf("bay 1", bench_.DumpsOf(other, "eeprom", "backup").at(0).id);
  EXPECT_EQ(ReasonOf(bench_.Submit(spec)), "DUMP_OF_ANOTHER_UNIT");
  spec.kind = Kind::kEepromRestore;
  EXPECT_EQ(ReasonOf(bench_.Submit(spec)), "DUMP_OF_ANOTHER_UNIT");
  EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
}

TEST_F(EepromRestore, OfADriveThatIsNoUnitYetIsRefused) {
  const JobView other = bench_.Backup("bay 2", "eeprom");
  EXPECT_EQ(ReasonOf(bench_.Submit(
                bench_.RestoreOf("bay 1", bench_.DumpsOf(other, "eeprom", "backup").at(0).id))),
            "UNIT_LABEL_REQUIRED");
}

TEST_F(EepromRestore, TakesNoFirmwareDump) {
  const JobView backup = bench_.Backup("bay 1");
  JobSpec spec = bench_.RestoreOf("bay 1", bench_.DumpsOf(backup, "firmware", "backup").at(0).id);
  spec.kind = Kind::kEepromRestore;
  EXPECT_EQ(ReasonOf(bench_.Submit(spec)), "DUMP_MEMORY_WRONG");
}

TEST_F(EepromRestore, AWriteThatDoesNothingHasNoEffectAndHarmsNothing) {
  HarmAfterBackup();
  bench_.drive().AddFault({.kind = FaultKind::kDropWrite, .times = 0});
  const JobView job = bench_.Run(bench_.RestoreOf("bay 1", dump_));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(job.row.error_reason, "WRITE_NO_EFFECT");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(bench_.drive().EepromBytes(), bad_);
  EXPECT_TRUE(bench_.QuarantinesInForce().empty());
}

TEST_F(EepromRestore, AHalfWrittenOneIsSaidToBeSo) {
  HarmAfterBackup();
  bench_.When(State::kReadback,
              [&](const std::string&) { bench_.drive().PokeEeprom(0x80, Bytes{0xee}); });
  const JobView job = bench_.Run(bench_.RestoreOf("bay 1", dump_));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_EQ(job.row.error_reason, "WRITE_MISMATCH");
  EXPECT_EQ(job.row.eeprom_check, "CHANGED");
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_EQ(bench_.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
}

TEST_F(EepromRestore, NeedsADriveWhoseEepromCanBeWritten) {
  const JobView other = bench_.Backup("bay 2", "eeprom");
  const std::string dump = bench_.DumpsOf(other, "eeprom", "backup").at(0).id;
  bench_.drive("bay 2").PokeEeprom(0x40, Bytes{9, 9, 9, 9});
  ASSERT_EQ(bench_.Backup("bay 2", "eeprom").row.result, "SUCCEEDED");
  const Bytes before = bench_.drive("bay 2").EepromBytes();
  // The scenario's drive does not know the hypothetical command.
  const JobView job = bench_.Run(bench_.RestoreOf("bay 2", dump));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(bench_.drive("bay 2").EepromBytes(), before);
}

// Its content tells nothing any more; the label on it and a second person do.
TEST(EepromByLabel, ARuinedEepromComesBackByLabelAndASecondPerson) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S", .keys = "eeprom_write = true"});
  const JobView backup = bench.Backup();
  const Bytes good = bench.drive().EepromBytes();
  const std::string unit = backup.row.unit_id;
  Must(bench.ledger().Commit([&](storage::Transaction& tx) -> Status {
    storage::Unit row = Must(bench.ledger().GetUnit(unit));
    row.label = "FB-1";
    return tx.UpdateUnit(row);
  }));
  bench.drive().PokeEeprom(0, Bytes(good.size(), 0xff));
  // Another look at the content comes with the next plug-in.
  bench.drive().Unplug();
  bench.drive().Plug();
  ASSERT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
  ASSERT_NE(bench.snapshot()->unit.unit_id, unit);

  JobSpec spec = bench.RestoreOf("bay 1", bench.DumpsOf(backup, "eeprom", "backup").at(0).id);
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "UNIT_LABEL_REQUIRED");
  spec.label = "FB-2";
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "LABEL_OF_ANOTHER_UNIT");
  spec.label = "FB-1";
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "OVERRIDE_REASON_REQUIRED");
  spec.override_reason = "ruined by another tool";
  const JobView waiting = Must(bench.Submit(spec));
  EXPECT_EQ(waiting.row.state, "AWAITING_APPROVAL");
  EXPECT_EQ(waiting.row.unit_id, unit);
  EXPECT_EQ(bench.drive().EepromBytes(), Bytes(good.size(), 0xff));
  Must(bench.engine().Approve(waiting.row.id, waiting.row.plan_digest, "seen", "ben"));
  const JobView done = bench.WaitClosed(waiting.row.id);
  EXPECT_EQ(done.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().EepromBytes(), good);
  EXPECT_EQ(bench.snapshot()->unit.unit_id, unit);
  for (const std::string& id : done.dump_ids) {
    EXPECT_EQ(Must(bench.ledger().GetDump(id)).unit_id, unit);
  }
}

}  // namespace
}  // namespace firmbench::jobs
