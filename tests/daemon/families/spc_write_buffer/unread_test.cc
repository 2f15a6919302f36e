// SPDX-License-Identifier: Apache-2.0
// Firmware that can be written and not read: what undoes the write, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/jobs/image_marks.h"
#include "tests/daemon/families/spc_write_buffer/files.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::families::spc_write_buffer {
namespace {

using jobs::JobView;
using test::BenchFixture;
using test::Must;
using testing::HasSubstr;

constexpr auto kBay = "bay 1";

test::DriveToml Scsi(const std::string& model) {
  return {.model = model, .keys = "connection = \"scsi\"\nserial = \"SPC00017\""};
}

Bytes FirmwareIn(BenchFixture& bench) {
  Bytes bytes = bench.drive().FlashBytes();
  bytes.resize(bench.drive().profile().firmware_bytes);
  return bytes;
}

std::vector<std::string> ReasonsOf(const jobs::Plan& plan) {
  std::vector<std::string> reasons;
  for (const auto& problem : plan.problems) reasons.push_back(problem.reason);
  return reasons;
}

std::string StepNote(const JobView& job, std::string_view name) {
  for (const auto& step : job.steps) {
    if (step.name == name) return step.note;
  }
  return {};
}

TEST(SpcUnread, NothingThatUndoesItIsRefusedWithoutAReason) {
  BenchFixture bench(Scsi("SPC-07"));
  const auto spec = bench.FlashOf(kBay, bench.AddImage(bench.NewFirmware()));
  const jobs::Plan plan = Must(bench.engine().MakePlanFor(spec));
  EXPECT_THAT(ReasonsOf(plan), testing::ElementsAre("IRREVERSIBLE"));
  EXPECT_THAT(plan.lines.front(), HasSubstr("cannot be undone"));
  EXPECT_FALSE(bench.Submit(spec));
}

TEST(SpcUnread, AReasonAndASecondPersonMayDoWhatNothingUndoes) {
  BenchFixture bench(Scsi("SPC-07"));
  const Bytes image = bench.NewFirmware();
  auto spec = bench.FlashOf(kBay, bench.AddImage(image));
  spec.override_reason = "the customer wants it";
  const JobView waiting = Must(bench.Submit(spec));
  EXPECT_EQ(waiting.row.state, "AWAITING_APPROVAL");
  EXPECT_FALSE(
      bench.engine().Approve(waiting.row.id, waiting.row.plan_digest, "fine", "user/anna"));
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  Must(bench.engine().Approve(waiting.row.id, waiting.row.plan_digest, "fine", "user/bert"));
  const JobView job = bench.WaitClosed(waiting.row.id);
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_THAT(StepNote(job, "look at what undoes it"), HasSubstr("the customer wants it"));
  EXPECT_EQ(FirmwareIn(bench), image);
}

TEST(SpcUnread, ALibraryImageOfTheDrivesOwnRevisionUndoesIt) {
  BenchFixture bench(Scsi("SPC-07"));
  const Bytes before = FirmwareIn(bench);
  const std::string own = bench.AddImage(before, "own.bin");
  const auto spec = bench.FlashOf(kBay, bench.AddImage(bench.NewFirmware()));
  const jobs::Plan plan = Must(bench.engine().MakePlanFor(spec));
  EXPECT_TRUE(plan.problems.empty());
  EXPECT_FALSE(plan.needs_approval);
  EXPECT_THAT(plan.lines.front(), HasSubstr("images/" + own));
  EXPECT_EQ(plan.undo, plan.lines.front());
  const JobView job = bench.Run(spec);
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.eeprom_check, "");
  EXPECT_THAT(StepNote(job, "look at what undoes it"), HasSubstr(plan.undo_sha256));
  // And it does.
  const JobView back = bench.Run(bench.FlashOf(kBay, own));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  EXPECT_EQ(FirmwareIn(bench), before);
}

TEST(SpcUnread, AnImageOfAnotherRevisionOrAKnownBadOneDoesNot) {
  BenchFixture bench(Scsi("SPC-07"));
  const std::string own = bench.AddImage(FirmwareIn(bench), "own.bin");
  const std::string other = bench.AddImage(WithText(FirmwareIn(bench), 0x28, "A099"), "other.bin");
  const auto spec = bench.FlashOf(kBay, other);
  EXPECT_TRUE(Must(bench.engine().MakePlanFor(spec)).problems.empty());
  Must(jobs::MarkImage(bench.ledger(), own, "known_bad", "burns", "user/anna"));
  EXPECT_THAT(ReasonsOf(Must(bench.engine().MakePlanFor(spec))),
              testing::ElementsAre("IRREVERSIBLE"));
}

TEST(SpcUnread, AnOlderDumpOfTheUnitComesBeforeTheLibrary) {
  BenchFixture bench(Scsi("SPC-07"));
  const Bytes before = FirmwareIn(bench);
  bench.AddImage(before, "own.bin");
  const JobView flash = bench.Flash(kBay, bench.NewFirmware());
  ASSERT_EQ(flash.row.result, "SUCCEEDED") << flash.row.error_message;
  ASSERT_FALSE(flash.row.unit_id.empty());
  // Somebody read the chip with a programmer.
  storage::Dump dump;
  Must(bench.ledger().Commit([&](storage::Transaction& tx) -> Status {
    dump.id = tx.NewId();
    dump.memory = "firmware";
    dump.purpose = "backup";
    dump.family = "spc_write_buffer";
    dump.model = "SPC-07";
    dump.revision = bench.snapshot()->identity.revision;
    dump.created_us = tx.now_us();
    dump.agreeing_reads = 2;
    dump.evidence = ToString(Evidence::kDocumented);
    const Bytes bytes = FirmwareIn(bench);
    dump.size_bytes = static_cast<int64_t>(bytes.size());
    ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(bytes));
    RETURN_IF_ERROR(tx.InsertDump(dump));
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = dump.id,
                                 .kind = "unit",
                                 .unit_id = flash.row.unit_id,
                                 .principal = "user/anna",
                                 .reason = "read with a programmer",
                                 .created_us = tx.now_us()});
  }));
  bench.AddImage(FirmwareIn(bench), "same.bin");
  const std::string older = bench.AddImage(before, "own.bin");
  const jobs::Plan plan = Must(bench.engine().MakePlanFor(bench.FlashOf(kBay, older)));
  EXPECT_EQ(bench.snapshot()->unit.unit_id, flash.row.unit_id) << bench.snapshot()->unit.why;
  EXPECT_THAT(plan.lines.front(), HasSubstr("dumps/" + dump.id));
}

TEST(SpcUnread, ARecoveryBringsTheOldFirmwareBack) {
  BenchFixture bench(Scsi("SPC-07"));
  const Bytes before = FirmwareIn(bench);
  bench.AddImage(before, "own.bin");
  bench.drive().AddFault({.kind = simulator::FaultKind::kPowerCut,
                          .at = {.write = 1},
                          .back_after = std::chrono::seconds(2)});
  const JobView cut = bench.Flash(kBay, bench.NewFirmware());
  ASSERT_EQ(cut.row.result, "FAILED");
  EXPECT_EQ(cut.row.outcome, "UNKNOWN");
  EXPECT_NE(FirmwareIn(bench), before);
  const JobView back = bench.Run(bench.RecoverOf(kBay, cut.row.id));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  EXPECT_EQ(FirmwareIn(bench), before);
}

TEST(SpcUnread, ADriveThatRefusesTheFirstPieceIsUntouched) {
  BenchFixture bench(Scsi("SPC-07"));
  const Bytes before = FirmwareIn(bench);
  bench.AddImage(before, "own.bin");
  bench.drive().AddFault({.kind = simulator::FaultKind::kCheckCondition,
                          .at = {.opcode = 0x3b},
                          .sense = {0x05, 0x26, 0x00, false}});
  const JobView job = bench.Flash(kBay, bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
  EXPECT_EQ(FirmwareIn(bench), before);
}

TEST(SpcUnread, GoodStatusAloneIsBelievedByNobody) {
  BenchFixture bench(Scsi("SPC-07"));
  bench.AddImage(FirmwareIn(bench), "own.bin");
  bench.drive().AddFault({.kind = simulator::FaultKind::kDropWrite});
  const JobView job = bench.Flash(kBay, bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "WRITE_NOT_SEEN");
  EXPECT_EQ(job.row.outcome, "UNKNOWN");
  EXPECT_FALSE(bench.QuarantinesInForce().empty());
}

TEST(SpcUnread, TheDrivesOwnWordIsPartOfTheProof) {
  for (const char* const model : {"SPC-04", "SPC-07", "SPC-0E"}) {
    BenchFixture bench(Scsi(model));
    bench.AddImage(FirmwareIn(bench), "own.bin");
    const JobView job = bench.Flash(kBay, bench.NewFirmware());
    ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
    EXPECT_THAT(StepNote(job, "ask for the revision"), HasSubstr("06/3F/01")) << model;
  }
}

TEST(SpcUnread, MicrocodeThatIsNotKeptIsGoneWithThePower) {
  BenchFixture bench(Scsi("SPC-06"));
  const std::string before = bench.snapshot()->identity.revision;
  bench.AddImage(FirmwareIn(bench), "own.bin");
  ASSERT_EQ(bench.Flash(kBay, bench.NewFirmware()).row.result, "SUCCEEDED");
  EXPECT_NE(bench.snapshot()->identity.revision, before);
  bench.drive().PowerCycle();
  bench.LookAgain();
  EXPECT_EQ(bench.snapshot()->identity.revision, before);
}

}  // namespace
}  // namespace firmbench::families::spc_write_buffer
