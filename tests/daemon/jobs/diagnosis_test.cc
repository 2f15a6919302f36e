// SPDX-License-Identifier: Apache-2.0
// What technicians know from old tools - a status that stays, a drive that is busy for ever - ends
// a job with its name and what to do, after minutes at most of the drive's own time.
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using simulator::FaultSpec;
using test::BenchFixture;
using test::Must;

constexpr uint8_t kIntro = 0x80, kReadByte = 0x00;
constexpr Nanos kLongest = std::chrono::minutes(10);

class Diagnosis : public testing::TestWithParam<std::string> {
 protected:
  Diagnosis() : bench_(GetParam()) {}

  // A flash of a drive that is struck so fails, with nothing written and no waiting for ever.
  JobView FailedFlash(const FaultSpec& fault) {
    bench_.drive().AddFault(fault);
    const Nanos start = bench_.drive().clock().Monotonic();
    JobView job = bench_.Flash("bay 1", bench_.NewFirmware());
    EXPECT_LT(bench_.drive().clock().Monotonic() - start, kLongest);
    EXPECT_EQ(job.row.result, "FAILED");
    EXPECT_EQ(job.row.outcome, "UNCHANGED");
    EXPECT_EQ(job.row.drive_state, "untouched");
    EXPECT_FALSE(job.row.error_message.empty());
    EXPECT_FALSE(job.row.error_remedy.empty()) << job.row.error_reason;
    EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
    return job;
  }

  BenchFixture bench_;
};
INSTANTIATE_TEST_SUITE_P(Models, Diagnosis, testing::Values("LTR-48246S", "LDW-451S", "SOHW-812S"),
                         test::TestName);

TEST_P(Diagnosis, AStatusThatStaysHasItsName) {
  const std::pair<uint8_t, const char*> statuses[] = {
      {0x52, "status = 52 should be 70: the drive answers as a normal drive"},
      {0x80, "status = 80 should be 70: the drive is busy"},
      {0xd1, "status = D1 should be 70: the drive is busy"},
      {0xff, "status = FF should be 70: nothing answers"},
      {0x73, "status = 73 should be 70: the drive reports a serial flash chip"},
  };
  for (const auto& [status, words] : statuses) {
    const JobView job = FailedFlash(
        {.kind = FaultKind::kStuckStatus, .at = {.opcode = kIntro}, .times = 0, .status = status});
    EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
    EXPECT_EQ(job.row.error_message.find(words), 0u) << job.row.error_message;
    bench_.drive().ClearFaults();
  }
}

TEST_P(Diagnosis, AnIntroThatNeedsMoreTriesIsRepeated) {
  bench_.drive().AddFault({.kind = FaultKind::kIgnoreIntro, .times = 7});
  const Bytes target = bench_.NewFirmware();
  const JobView job = bench_.Flash("bay 1", target);
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(bench_.drive().FlashBytes(), target);
}

TEST_P(Diagnosis, AnIntroThatIsNeverHeardEnds) {
  const JobView job = FailedFlash({.kind = FaultKind::kIgnoreIntro, .times = 0});
  EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
}

// In vendor mode the drive takes one more command and is busy from then on.
TEST_P(Diagnosis, ADriveThatIsBusyForEverEndsTheJob) {
  const JobView job =
      FailedFlash({.kind = FaultKind::kTimeout,
                   .at = {.opcode = kReadByte, .state = simulator::RunState::kVendor}});
  EXPECT_EQ(job.row.error_reason, "TASKFILE_WAIT_TIMEOUT");
  // The reset that ends vendor mode got it back.
  EXPECT_EQ(bench_.drive().state(), simulator::RunState::kRun);
  EXPECT_TRUE(bench_.QuarantinesInForce().empty());
}

TEST_P(Diagnosis, ADriveThatIsBusyForEverInAWriteIsToldAsItIs) {
  const Bytes before = bench_.drive().FlashBytes();
  bench_.drive().AddFault({.kind = FaultKind::kTimeout, .at = {.write = 2, .opcode = 0x01}});
  const Nanos start = bench_.drive().clock().Monotonic();
  const JobView job = bench_.Flash("bay 1", bench_.NewFirmware());
  EXPECT_LT(bench_.drive().clock().Monotonic() - start, kLongest);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED");
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_FALSE(job.row.error_remedy.empty()) << job.row.error_reason;
  EXPECT_TRUE(job.needs_recovery);
  bench_.drive().ClearFaults();
  const JobView back = bench_.Run(bench_.RecoverOf("bay 1", job.row.id));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  EXPECT_EQ(bench_.drive().FlashBytes(), before);
}

TEST_P(Diagnosis, AndSoDoesOneThatIsBusyAtOnce) {
  const JobView job =
      FailedFlash({.kind = FaultKind::kTimeout, .at = {.opcode = kIntro}, .times = 0});
  EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
}

// One wrong bit in what vendor mode reads: two reads tell, and both are kept.
TEST_P(Diagnosis, AWrongBitIsNoticedBeforeAnythingIsWritten) {
  const JobView job = FailedFlash({.kind = FaultKind::kNoisyRead, .times = 0, .one_in = 100'000});
  EXPECT_EQ(job.row.error_reason, "READS_DISAGREE");
  EXPECT_EQ(bench_.DumpsOf(job, "firmware", "disagreeing").size(), 2u);
}

// A dead drive: nothing answers but the status register, and a technician asks for its recovery.
class DeadStatus : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Statuses, DeadStatus, testing::Values(0x52, 0x80, 0xd1));

TEST_P(DeadStatus, IsNamedByARecovery) {
  BenchFixture bench("LTR-52327S");
  JobSpec spec;
  spec.kind = Kind::kRecover;
  spec.model = "LTR-52327S";
  spec.image_id = bench.AddImage(bench.NewFirmware());
  spec.drive_id = bench.drive_id();
  bench.drive().AddFault(
      {.kind = FaultKind::kStuckStatus, .times = 0, .status = static_cast<uint8_t>(GetParam())});
  bench.LookAgain();
  const auto drive = bench.snapshot();
  EXPECT_EQ(drive->condition, inventory::DriveCondition::kNotAnswering);
  ASSERT_EQ(drive->problems.size(), 2u);
  EXPECT_EQ(drive->problems[1].reason, "FIRMWARE_MAY_BE_GONE");
  EXPECT_NE(drive->problems[1].remedy.find("firmbench recover bay-1 --model"), std::string::npos);
  const Nanos start = bench.drive().clock().Monotonic();
  const JobView job = bench.Run(spec);
  EXPECT_LT(bench.drive().clock().Monotonic() - start, kLongest);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_FALSE(job.row.error_remedy.empty());
}

}  // namespace
}  // namespace firmbench::jobs
