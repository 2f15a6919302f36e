// SPDX-License-Identifier: Apache-2.0
// Drives, cables and chips that do not do what they should: the job ends with the truth.
#include <fmt/format.h>

#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

class Faults : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Faults, testing::ValuesIn(test::ThreeModels()), test::TestName);

TEST_P(Faults, ReadsThatDisagreeAreAllKeptAndNothingIsWritten) {
  BenchFixture bench(GetParam());
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()));
  bench.When(State::kDumping, [&](const std::string&) {
    bench.drive().AddFault({.kind = FaultKind::kNoisyRead, .times = 0, .one_in = 50000});
  });
  const JobView job = bench.Run(spec);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "READS_DISAGREE");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  const auto firmware = bench.DumpsOf(job, "firmware", "disagreeing");
  ASSERT_EQ(firmware.size(), 2u);
  EXPECT_NE(firmware[0].sha256, firmware[1].sha256);
  EXPECT_EQ(firmware[0].agreeing_reads, 1);
  EXPECT_TRUE(bench.DumpsOf(job, "firmware", "before_write").empty());
  // What was read so badly is never written back.
  bench.drive().ClearFaults();
  EXPECT_EQ(ReasonOf(bench.Submit(bench.RestoreOf("bay 1", firmware[0].id))), "DUMP_UNRELIABLE");
}

TEST_P(Faults, AWriteThatWasDroppedIsWrittenAgain) {
  BenchFixture bench(GetParam());
  const Bytes target = bench.NewFirmware();
  bench.drive().AddFault({.kind = FaultKind::kDropWrite, .at = {.write = 2}, .times = 1});
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(job.row.result, "SUCCEEDED");
  EXPECT_EQ(bench.drive().FlashBytes(), target);
}

TEST_P(Faults, WritesThatAreAllDroppedHaveNoEffect) {
  BenchFixture bench(GetParam());
  const Bytes before = bench.drive().FlashBytes();
  bench.drive().AddFault({.kind = FaultKind::kDropWrite, .times = 0});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(job.row.error_reason, "WRITE_NO_EFFECT");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
  EXPECT_EQ(bench.drive().FlashBytes(), before);
}

TEST_P(Faults, APowerCutInTheMiddleOfAWriteEndsWithTheTruth) {
  BenchFixture bench(GetParam());
  const Bytes before = bench.drive().FlashBytes();
  const Bytes target = bench.NewFirmware();
  bench.drive().AddFault(
      {.kind = FaultKind::kPowerCut, .at = {.write = 3}, .back_after = std::chrono::seconds(2)});
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_NE(job.row.write_started_us, 0);
  const Bytes after = bench.drive().FlashBytes();
  ASSERT_NE(after, before);
  ASSERT_NE(after, target);
  EXPECT_TRUE(
      (job.row.outcome == "CHANGED_UNVERIFIED" && job.row.drive_state == "partly_written") ||
      (job.row.outcome == "UNKNOWN" && job.row.drive_state == "unknown"))
      << job.row.outcome << " " << job.row.drive_state;
  EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
  EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(target)))),
            bench.snapshot()->model != nullptr ? "DRIVE_QUARANTINED"
                                               : bench.snapshot()->problems.at(0).reason);
  // What undoes it is there.
  EXPECT_EQ(
      Must(bench.ledger().ReadBlob(bench.DumpsOf(job, "firmware", "before_write").at(0).sha256)),
      before);
}

TEST_P(Faults, APowerCutForGoodLeavesTheOutcomeUnknown) {
  BenchFixture bench(GetParam());
  bench.drive().AddFault({.kind = FaultKind::kPowerCut, .at = {.write = 3}});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "UNKNOWN");
  EXPECT_EQ(job.row.eeprom_check, "NOT_READ");
  EXPECT_EQ(job.row.drive_state, "unknown");
  EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
}

TEST_P(Faults, ATimeOutInADumpChangesNothing) {
  BenchFixture bench(GetParam());
  bench.When(State::kDumping, [&](const std::string&) {
    bench.drive().AddFault({.kind = FaultKind::kTimeout, .at = {.opcode = 0xdf}});
  });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_FALSE(job.row.error_reason.empty());
  EXPECT_FALSE(job.row.error_message.empty());
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  // The step that failed carries why.
  EXPECT_TRUE(std::any_of(job.steps.begin(), job.steps.end(),
                          [&](const auto& step) { return step.note == job.row.error_message; }));
}

TEST_P(Faults, VendorModeThatStaysShutChangesNothing) {
  BenchFixture bench(test::DriveToml{.model = GetParam(), .keys = "gate = \"never\""});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
}

TEST_P(Faults, AnAliasedReadCannotUndoAndIsNotTrusted) {
  BenchFixture bench(GetParam());
  bench.When(State::kDumping, [&](const std::string&) {
    bench.drive().AddFault({.kind = FaultKind::kAliasedRead, .times = 0, .window_bytes = 0x10000});
  });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "DUMP_CANNOT_UNDO");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

TEST(FaultyChip, AnotherOneThanTheRowSaysIsNotTouched) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S", .keys = "chip = \"SST39VF040\""});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "CHIP_NOT_AS_EXPECTED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun) << "it was reset";
  // Both the step that failed and the reset after it are told.
  const auto note = [&](const std::string& name) {
    for (const auto& step : job.steps) {
      if (step.name == name) return step.note;
    }
    return std::string("no such step");
  };
  EXPECT_EQ(note("arm"), job.row.error_message);
  for (const auto& step : job.steps) {
    if (step.name == "reset the drive") {
      EXPECT_EQ(step.outcome, "UNCHANGED");
    }
  }
}

TEST(FaultyChip, AnAssumedOneMayTurnOutToBeAnother) {
  BenchFixture bench(test::DriveToml{.model = "LTR-52327S", .keys = "chip = \"W29C040\""});
  const Bytes target = bench.NewFirmware();
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), target);
}

TEST(FaultyChip, ABitThatDoesNotChangeIsFoundOut) {
  const uint8_t old_byte = BenchFixture("LTR-52327S").drive().FlashBytes()[0x50003];
  BenchFixture worn(test::DriveToml{
      .model = "LTR-52327S",
      .tables = fmt::format(
          "[[drives.faults]]\nkind = \"stuck_bit\"\noffset = 0x50003\nbit = 1\nvalue = {}",
          old_byte >> 1 & 1)});
  const JobView job = worn.Flash("bay 1", worn.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_EQ(job.row.error_reason, "WRITE_MISMATCH");
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(worn.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
}

TEST(SecondDrive, OnTheChannelRefusesTheWriteOfBoth) {
  BenchFixture bench(
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "channel = \"ide0\""},
                   {.model = "LTR-52327S",
                    .bay = "bay 2",
                    .keys = "channel = \"ide0\"\ndevice = 1\neeprom_seed = 2"}});
  for (const char* bay : {"bay 1", "bay 2"}) {
    const JobView job = bench.Flash(bay, bench.NewFirmware(bay));
    EXPECT_EQ(job.row.result, "FAILED") << bay;
    EXPECT_EQ(job.row.error_reason, "SECOND_DRIVE_ON_CHANNEL") << bay;
    EXPECT_EQ(job.row.outcome, "UNCHANGED") << bay;
  }
  EXPECT_EQ(bench.drive("bay 1").counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive("bay 2").counters().destructive_commands, 0u);
}

}  // namespace
}  // namespace firmbench::jobs
