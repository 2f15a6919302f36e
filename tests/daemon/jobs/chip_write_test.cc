// SPDX-License-Identifier: Apache-2.0
// Writing and erasing the chip in a drive's socket.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/jobs/chip_plan.h"
#include "tests/daemon/jobs/sample_drive.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using simulator::FaultSpec;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

struct Socket {
  std::string model;
  std::string part;
  int board_mv = kBoard5V;
};

JobSpec OnTheChip(BenchFixture& bench, Kind kind, const Socket& socket) {
  JobSpec spec;
  spec.kind = kind;
  spec.drive_id = bench.drive_id();
  spec.chip_part = socket.part;
  spec.board_mv = socket.board_mv;
  return spec;
}

JobSpec WriteOf(BenchFixture& bench, const Socket& socket, ByteView bytes) {
  JobSpec spec = OnTheChip(bench, Kind::kChipWrite, socket);
  spec.image_id = bench.ForceImage(bytes);
  return spec;
}

// Where `what` stands in `list` for the first time; its end when it does not.
size_t At(const std::vector<std::string>& list, const std::string& what) {
  return static_cast<size_t>(std::find(list.begin(), list.end(), what) - list.begin());
}

const Socket kPage{"LTR-48246S", "W29C040"};
const Socket kByte{"LTR-52327S", "SST39VF040", kBoard3V3};
const Socket kLarge{"LDW-451S", "Am29F080"};

class ChipWrite : public testing::TestWithParam<Socket> {};
INSTANTIATE_TEST_SUITE_P(Parts, ChipWrite, testing::Values(kPage, kByte, kLarge),
                         [](const auto& socket) { return socket.param.part; });

TEST_P(ChipWrite, StoresWhatUndoesItBeforeTheFirstDestructiveCommand) {
  BenchFixture bench(GetParam().model);
  const Bytes before = bench.drive().FlashBytes();
  const Bytes target = bench.NewFirmware();
  uint64_t destructive_at_start = 1;
  std::vector<std::string> at_start;
  Bytes in_ledger;
  bench.When(State::kWriting, [&](const std::string& id) {
    at_start = bench.ledger().committed();
    destructive_at_start = bench.drive().counters().destructive_commands;
    const JobView job = Must(bench.engine().Get(id));
    in_ledger =
        Must(bench.ledger().ReadBlob(bench.DumpsOf(job, "firmware", "before_write").at(0).sha256));
  });
  const JobSpec spec = WriteOf(bench, GetParam(), target);
  bench.ledger().Forget();
  const JobView job = bench.Run(spec);
  ASSERT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.unit_id, "");
  EXPECT_EQ(job.row.eeprom_check, "");
  EXPECT_EQ(bench.drive().FlashBytes(), target);

  EXPECT_EQ(destructive_at_start, 0u);
  EXPECT_EQ(in_ledger, before);
  EXPECT_LT(At(at_start, "audit dump.commit"), At(at_start, "event state DUMP_COMMITTED"));
  // The ids are asked for only after that: a page-write part may take the question for data.
  EXPECT_LT(At(at_start, "event state DUMP_COMMITTED"), At(at_start, "audit chip.identify"));
  EXPECT_LT(At(at_start, "audit chip.identify"), At(at_start, "audit job.write_started"));
  for (const char* purpose : {"before_write", "readback"}) {
    const auto dumps = bench.DumpsOf(job, "firmware", purpose);
    ASSERT_EQ(dumps.size(), 1u) << purpose;
    EXPECT_EQ(dumps[0].attribution, "chip");
    EXPECT_EQ(dumps[0].model, GetParam().part);
    EXPECT_EQ(dumps[0].unit_id, "");
  }
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "before_write")[0].agreeing_reads, 2);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

TEST_P(ChipWrite, AnErasedChipIsWrittenBackThroughADriveThatDoesNotAnswer) {
  BenchFixture bench(GetParam().model);
  const Bytes before = bench.drive().FlashBytes();
  const JobView erased = bench.Run(OnTheChip(bench, Kind::kChipErase, GetParam()));
  ASSERT_EQ(erased.row.result, "SUCCEEDED") << erased.row.error_message;
  EXPECT_EQ(erased.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), Bytes(before.size(), 0xff));
  EXPECT_TRUE(bench.QuarantinesInForce().empty());

  JobSpec back = OnTheChip(bench, Kind::kChipWrite, GetParam());
  back.dump_id = bench.DumpsOf(erased, "firmware", "before_write").at(0).id;
  back.model = GetParam().model;
  const JobView written = bench.Run(back);
  EXPECT_EQ(written.row.result, "SUCCEEDED") << written.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), before);
  EXPECT_EQ(bench.snapshot()->condition, inventory::DriveCondition::kReady);
}

TEST(ChipWriteJob, WritesNothingWhereNothingDiffers) {
  BenchFixture bench(kByte.model);
  const JobView job = bench.Run(WriteOf(bench, kByte, bench.drive().FlashBytes()));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

TEST(ChipWriteJob, TakesASmallerFileByAnExplicitRuleOnly) {
  BenchFixture bench(kByte.model);
  const Bytes whole = bench.NewFirmware();
  const Bytes half(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(whole.size() / 2));
  JobSpec spec = WriteOf(bench, kByte, half);
  const Plan refused = Must(bench.engine().MakePlanFor(spec));
  ASSERT_FALSE(refused.problems.empty());
  EXPECT_EQ(refused.problems[0].reason, "CHIP_SIZE_MISMATCH");
  EXPECT_NE(refused.problems[0].remedy.find("--fill repeat"), std::string::npos);
  spec.chip_fill = "twice";
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "CHIP_FILL_UNKNOWN");

  spec.chip_fill = "repeat";
  Bytes twice = half;
  twice.insert(twice.end(), half.begin(), half.end());
  EXPECT_EQ(bench.Run(spec).row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), twice);
  spec.chip_fill = "blank";
  std::fill(twice.begin() + static_cast<ptrdiff_t>(half.size()), twice.end(), uint8_t{0xff});
  EXPECT_EQ(bench.Run(spec).row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), twice);
  JobSpec verify = spec;
  verify.kind = Kind::kChipVerify;
  EXPECT_EQ(bench.Run(verify).row.result, "SUCCEEDED");
}

TEST(ChipWriteJob, TheFillsAreThoseOfTheChipsSize) {
  const auto chip = families::FindChipFacts("W29C010");
  ASSERT_TRUE(chip);
  JobSpec spec;
  spec.kind = Kind::kChipWrite;
  spec.chip_fill = "repeat";
  EXPECT_EQ(ReasonOf(ComposeChip(spec, *chip, Bytes(3000, 1))), "CHIP_FILL_IMPOSSIBLE");
  EXPECT_EQ(ReasonOf(ComposeChip(spec, *chip, Bytes(chip->size_bytes + 1, 1))),
            "CHIP_SIZE_MISMATCH");
  EXPECT_EQ(ReasonOf(ComposeChip(spec, *chip, Bytes())), "CHIP_SIZE_MISMATCH");
  EXPECT_EQ(Must(ComposeChip(spec, *chip, Bytes(0x8000, 1))), Bytes(chip->size_bytes, 1));
  spec.chip_fill = "blank";
  const Bytes blank = Must(ComposeChip(spec, *chip, Bytes(3000, 1)));
  EXPECT_EQ(blank[2999], 1);
  EXPECT_EQ(blank[3000], 0xff);
  EXPECT_EQ(blank.size(), chip->size_bytes);
}

TEST(ChipWriteJob, NeedsThePartAndItsSupply) {
  BenchFixture bench(kByte.model);
  JobSpec spec = WriteOf(bench, kByte, bench.NewFirmware());
  spec.chip_part.clear();
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "CHIP_PART_REQUIRED");
  spec.chip_part = "sst39vf040";
  const Plan plan = Must(bench.engine().MakePlanFor(spec));
  EXPECT_TRUE(plan.problems.empty());
  EXPECT_EQ(plan.spec.chip_part, "SST39VF040");
  const std::string text = fmt::format("{}", fmt::join(plan.lines, "\n"));
  EXPECT_NE(text.find("2.7 to 3.6 V"), std::string::npos) << text;
  EXPECT_NE(text.find("3.3 V, as you said"), std::string::npos) << text;
  EXPECT_EQ(Must(ParsePlan(plan.json)).json, plan.json);
  spec.board_mv = kBoard5V;
  const Plan wrong = Must(bench.engine().MakePlanFor(spec));
  ASSERT_FALSE(wrong.problems.empty());
  EXPECT_EQ(wrong.problems[0].reason, "CHIP_VOLTAGE_WRONG");
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "CHIP_VOLTAGE_WRONG");
  spec.board_mv = kBoard3V3;
  spec.chip_part = "X1";
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "CHIP_UNKNOWN");
}

TEST(ChipWriteJob, EndsBeforeTheFirstWriteWhenAnotherPartAnswers) {
  BenchFixture bench(kPage.model);
  const Socket other{"", "SST39SF040"};
  const Bytes before = bench.drive().FlashBytes();
  const JobView job = bench.Run(WriteOf(bench, other, bench.NewFirmware()));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "CHIP_NOT_AS_NAMED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().FlashBytes(), before);
  // What was read is kept, and is not said to be of the part that it is not of.
  const auto dumps = bench.DumpsOf(job, "firmware", "before_write");
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].attribution, "unidentified");
}

TEST(ChipWriteJob, ReportsLockedBootBlocksBeforeTheFirstWrite) {
  BenchFixture bench(test::DriveToml{.model = kPage.model, .keys = "boot_block_locked = true\n"});
  Bytes target = bench.drive().FlashBytes();
  target[0x100] ^= 0x5a;
  const JobView job = bench.Run(WriteOf(bench, kPage, target));
  EXPECT_EQ(job.row.error_reason, "CHIP_BOOT_LOCKED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  const auto said = [](const JobView& view) {
    return std::any_of(view.steps.begin(), view.steps.end(), [](const storage::JobStep& step) {
      return step.note.find("its lower 16 KB are locked for ever") != std::string::npos;
    });
  };
  EXPECT_TRUE(said(job));
  // What lies outside of them is written.
  target = bench.drive().FlashBytes();
  target[0x20100] ^= 0x5a;
  const JobView outside = bench.Run(WriteOf(bench, kPage, target));
  EXPECT_EQ(outside.row.outcome, "CHANGED_VERIFIED") << outside.row.error_message;
  EXPECT_TRUE(said(outside));
}

TEST(ChipWriteJob, DoesNotWriteWhatItCannotReadTwiceTheSame) {
  BenchFixture bench(kByte.model);
  FaultSpec noise;
  noise.kind = FaultKind::kNoisyRead;
  noise.times = 0;
  noise.one_in = 4096;
  bench.drive().AddFault(noise);
  const JobView job = bench.Run(WriteOf(bench, kByte, bench.NewFirmware()));
  EXPECT_EQ(job.row.error_reason, "READS_DISAGREE");
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "disagreeing").size(), 2u);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

TEST(ChipWriteJob, CanBeCancelledBeforeTheFirstWriteOnly) {
  for (const bool late : {false, true}) {
    BenchFixture bench(kByte.model);
    const Bytes before = bench.drive().FlashBytes();
    const Bytes target = bench.NewFirmware();
    std::string answer;
    bench.When(late ? State::kWriting : State::kArmed, [&](const std::string& id) {
      const Status cancelled = bench.engine().Cancel(id, "user/anna");
      answer = cancelled ? "OK" : cancelled.error().reason();
    });
    const JobView job = bench.Run(WriteOf(bench, kByte, target));
    EXPECT_EQ(answer, late ? "PAST_POINT_OF_NO_RETURN" : "OK");
    EXPECT_EQ(job.row.result, late ? "SUCCEEDED" : "CANCELLED");
    EXPECT_EQ(bench.drive().FlashBytes(), late ? target : before);
  }
}

// The bench loses its power in the third write of the chip.
struct Cut {
  Cut(BenchFixture& bench, const Socket& socket) : before(bench.drive().FlashBytes()) {
    target = bench.NewFirmware();
    const JobSpec spec = WriteOf(bench, socket, target);
    FaultSpec fault;
    fault.kind = FaultKind::kPowerCut;
    fault.at.write = 3;
    bench.drive().AddFault(fault);
    bench.adjust_services = [](Services& services) { services.spill_folder.clear(); };
    bench.Restart();
    bench.ledger().RefuseFrom("event state READBACK");
    job = Must(bench.Submit(spec)).row.id;
    bench.WaitClosed(job);
    bench.drive().ClearFaults();
    bench.drive().RestorePower();
    bench.Restart();
  }
  Bytes before, target;
  std::string job;
};

TEST_P(ChipWrite, AWriteThatWasCutIsToldAsTheChipHasIt) {
  BenchFixture bench(GetParam().model);
  const Cut cut(bench, GetParam());
  const JobView job = Must(bench.engine().Get(cut.job));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "DAEMON_STOPPED");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED") << job.row.error_message;
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_EQ(job.row.eeprom_check, "");
  EXPECT_NE(job.row.error_message.find("hold the new content"), std::string::npos)
      << job.row.error_message;
  EXPECT_NE(job.row.error_remedy.find("firmbench chip write"), std::string::npos);
  // It is no drive that is to be brought back, but nothing else is written through the port.
  EXPECT_FALSE(job.needs_recovery);
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(bench.RecoverOf("bay 1", cut.job))), "JOB_ON_CHIP");
  EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive"}));
  ASSERT_FALSE(bench.snapshot()->problems.empty());
  EXPECT_EQ(bench.snapshot()->problems.front().reason, "CHIP_HALF_WRITTEN");
  EXPECT_FALSE(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(cut.target))));

  JobSpec again = OnTheChip(bench, Kind::kChipWrite, GetParam());
  again.model = GetParam().model;
  // It may be in the middle of a command, and would take the question for its ids for data.
  JobSpec look = OnTheChip(bench, Kind::kChipIdentify, GetParam());
  look.model = GetParam().model;
  for (const JobSpec& spec : {again, look}) {
    const Plan plan = Must(bench.engine().MakePlanFor([&] {
      JobSpec full = spec;
      if (spec.kind == Kind::kChipWrite) full.image_id = bench.AddImage(cut.target);
      return full;
    }()));
    ASSERT_FALSE(plan.steps.empty());
    EXPECT_EQ(plan.steps.front().id, StepId::kPowerCycle);
  }
  again.dump_id = bench.DumpsOf(job, "firmware", "before_write").at(0).id;
  const JobView whole = bench.Run(again);
  EXPECT_EQ(whole.row.result, "SUCCEEDED") << whole.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), cut.before);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
  EXPECT_EQ(bench.snapshot()->condition, inventory::DriveCondition::kReady);
}

// What the planner says of drives that are no simulation.
PlanInputs RealInputs(const std::string& model) {
  inventory::DriveSnapshot drive = test::SampleDrive(model, model == kPage.model ? "SS0B" : "QS04");
  drive.connection = {.scsi = true, .task_file = true, .simulated = false};
  return test::InputsOf(std::move(drive));
}

JobSpec RealErase(const Socket& socket) {
  JobSpec spec = test::Spec(Kind::kChipErase);
  spec.chip_part = socket.part;
  spec.board_mv = socket.board_mv;
  return spec;
}

TEST(ChipWriteOnRealDrives, PageWritePartsAreForTheSimulatorOnly) {
  const Plan plan = MakePlan(RealErase(kPage), RealInputs(kPage.model));
  ASSERT_FALSE(plan.problems.empty());
  EXPECT_EQ(plan.problems[0].reason, "CHIP_NOT_WRITABLE");
  EXPECT_NE(plan.problems[0].text.find("simulator only"), std::string::npos);
  // Whatever chip the drive has itself.
  EXPECT_EQ(MakePlan(RealErase(kPage), RealInputs(kByte.model)).problems[0].reason,
            "CHIP_NOT_WRITABLE");
}

TEST(ChipWriteOnRealDrives, BytePartsNeedAReasonAndASecondPerson) {
  JobSpec spec = RealErase(kByte);
  const Plan plan = MakePlan(spec, RealInputs(kPage.model));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].reason, "OVERRIDE_REASON_REQUIRED");
  spec.override_reason = "a chip that nobody needs";
  const Plan allowed = MakePlan(spec, RealInputs(kPage.model));
  EXPECT_TRUE(allowed.problems.empty());
  EXPECT_TRUE(allowed.needs_approval);
}

TEST(ChipWriteOnRealDrives, WithoutRegistersThereIsNoWay) {
  inventory::DriveSnapshot drive = test::SampleDrive();
  drive.connection = {.scsi = true, .task_file = false, .simulated = false};
  const Plan plan = MakePlan(RealErase(kByte), test::InputsOf(std::move(drive)));
  ASSERT_FALSE(plan.problems.empty());
  EXPECT_EQ(plan.problems[0].reason, "CHIP_NOT_REACHABLE");
}

}  // namespace
}  // namespace firmbench::jobs
