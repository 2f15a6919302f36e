// SPDX-License-Identifier: Apache-2.0
// Promise 3 as far as one process can show it: whatever a stopped daemon left behind is settled by
// the next one, by looking at the drive.
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using simulator::FaultSpec;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

FaultSpec PowerCutAtWrite(uint64_t write) {
  FaultSpec fault;
  fault.kind = FaultKind::kPowerCut;
  fault.at.write = write;
  return fault;
}

bool HasProblem(const inventory::Snapshot& drive, const std::string& reason) {
  return !drive->problems.empty() && drive->problems.front().reason == reason;
}

class Recovery : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Recovery, testing::ValuesIn(test::ThreeModels()), test::TestName);

// A flash whose drive loses its power in the third write, and whose ledger takes nothing any more
// from then on: what a power cut of the whole bench leaves behind.
struct Cut {
  explicit Cut(BenchFixture& bench, const std::function<void(Services&)>& at_restart = {})
      : before(bench.drive().FlashBytes()) {
    eeprom = bench.drive().EepromBytes();
    target = bench.NewFirmware();
    const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(target));
    bench.drive().AddFault(PowerCutAtWrite(3));
    bench.adjust_services = [](Services& services) { services.spill_folder.clear(); };
    bench.Restart();
    bench.ledger().RefuseFrom("event state RESETTING");
    job = Must(bench.Submit(spec)).row.id;
    bench.WaitClosed(job);
    bench.drive().ClearFaults();
    bench.drive().RestorePower();
    if (at_restart) bench.adjust_services = at_restart;
    bench.Restart();
  }
  Bytes before, target, eeprom;
  std::string job;
};

TEST_P(Recovery, AWriteThatWasCutOffIsClosedWithWhatTheDriveHolds) {
  BenchFixture bench(GetParam());
  const Cut cut(bench);
  const JobView job = Must(bench.engine().Get(cut.job));
  EXPECT_EQ(job.row.state, "CLOSED");
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "CHANGED_UNVERIFIED") << job.row.error_message;
  EXPECT_EQ(job.row.drive_state, "partly_written");
  EXPECT_EQ(job.row.error_reason, "DAEMON_STOPPED");
  EXPECT_NE(job.row.error_message.find("blocks that were to change hold the new"), std::string::npos)
      << job.row.error_message;
  EXPECT_NE(job.row.error_remedy.find("firmbench job recover jobs/" + cut.job), std::string::npos);
  EXPECT_TRUE(job.needs_recovery);
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "readback").size(), 1u);
  EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"}));
  ASSERT_TRUE(HasProblem(bench.snapshot(), "RECOVERY_NEEDED"));
  EXPECT_EQ(bench.snapshot()->problems.front().remedy, "firmbench job recover jobs/" + cut.job);
  const auto next = bench.Submit(bench.FlashOf("bay 1", bench.AddImage(cut.target)));
  EXPECT_FALSE(next);
}

TEST_P(Recovery, BringsTheOldFirmwareBack) {
  BenchFixture bench(GetParam());
  const Cut cut(bench);
  const JobView job = bench.Run(bench.RecoverOf("bay 1", cut.job));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(job.row.recovers, cut.job);
  EXPECT_EQ(bench.drive().FlashBytes(), cut.before);
  EXPECT_EQ(bench.drive().EepromBytes(), cut.eeprom);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
  EXPECT_FALSE(HasProblem(bench.snapshot(), "RECOVERY_NEEDED"));
  const JobView old = Must(bench.engine().Get(cut.job));
  EXPECT_FALSE(old.needs_recovery);
  EXPECT_EQ(old.recovered_by, job.row.id);
}

TEST_P(Recovery, FinishesWithTheNewFirmware) {
  BenchFixture bench(GetParam());
  const Cut cut(bench);
  const JobView job = bench.Run(bench.RecoverOf("bay 1", cut.job, "new"));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), cut.target);
  EXPECT_EQ(bench.drive().EepromBytes(), cut.eeprom);
}

TEST_P(Recovery, ADriveThatIsDeadComesBackAfterAPowerCycle) {
  BenchFixture bench(GetParam());
  const Cut cut(bench);
  // The cut also took what the firmware needs to start.
  bench.drive().PokeFlash(0x4000, Bytes(0x100, 0xff));
  bench.drive().PowerCycle();
  bench.LookAgain();
  const JobView job = bench.Run(bench.RecoverOf("bay 1", cut.job));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), cut.before);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
}

TEST_P(Recovery, AnotherDriveOnThatPortIsNotWritten) {
  BenchFixture bench(GetParam());
  const Cut cut(bench);
  Bytes other(cut.before.size());
  for (size_t i = 0; i < other.size(); ++i) other[i] = static_cast<uint8_t>(i * 7 + i / 251);
  bench.drive().PokeFlash(0, other);
  bench.drive().PowerCycle();
  bench.LookAgain();
  const JobView job = bench.Run(bench.RecoverOf("bay 1", cut.job));
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "TARGET_CHANGED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().FlashBytes(), other);
  EXPECT_FALSE(bench.QuarantinesInForce().empty());
}

TEST_P(Recovery, ByItselfWhereTheOwnerSaidSo) {
  BenchFixture bench(GetParam());
  Cut cut(bench, [](Services& services) { services.finish_cut_writes = "new"; });
  const JobView left = Must(bench.engine().Get(cut.job));
  EXPECT_EQ(left.row.result, "FAILED");
  std::string recovery;
  for (const auto& job : Must(bench.ledger().ListJobs({}, {})).rows) {
    if (job.recovers == cut.job) recovery = job.id;
  }
  ASSERT_FALSE(recovery.empty());
  EXPECT_EQ(bench.WaitClosed(recovery).row.result, "SUCCEEDED");
  EXPECT_EQ(bench.drive().FlashBytes(), cut.target);
  EXPECT_EQ(Must(bench.engine().Get(cut.job)).recovered_by, recovery);
}

TEST_P(Recovery, ADeadDriveThatNobodyKnowsIsWrittenByItsSticker) {
  BenchFixture bench(GetParam());
  const Bytes good = bench.drive().FlashBytes();
  const std::string image = bench.AddImage(good);
  bench.drive().PokeFlash(0, Bytes(good.size(), 0xff));
  bench.drive().PowerCycle();
  bench.LookAgain();
  JobSpec spec;
  spec.kind = Kind::kRecover;
  spec.drive_id = bench.drive_id();
  spec.model = GetParam();
  spec.image_id = image;
  const JobView job = bench.Run(spec);
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), good);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "before_write").size(), 1u) << "even what was dead";
}

TEST(Recovery, RefusesWhatMakesNoSense) {
  BenchFixture bench("LTR-48246S");
  const JobView backup = bench.Backup("bay 1", "eeprom");
  const auto reason = [&](const JobSpec& spec) { return ReasonOf(bench.Submit(spec)); };
  EXPECT_EQ(reason(bench.RecoverOf("bay 1", backup.row.id)), "JOB_WROTE_NOTHING");
  EXPECT_EQ(reason(bench.RecoverOf("bay 1", "01hgw2bbg0000000000000000a")), "JOB_NOT_FOUND");
  JobSpec spec = bench.RecoverOf("bay 1", backup.row.id, "sideways");
  EXPECT_EQ(reason(spec), "RECOVER_TO_UNKNOWN");
  spec = bench.RecoverOf("bay 1", "");
  EXPECT_EQ(reason(spec), "MODEL_REQUIRED");
  spec.model = "LTR-48246S";
  EXPECT_EQ(reason(spec), "REFERENCE_REQUIRED");
  spec.image_id = bench.AddImage(bench.NewFirmware());
  EXPECT_EQ(reason(spec), "DRIVE_ANSWERS");
  JobSpec flash = bench.FlashOf("bay 1", spec.image_id);
  flash.model = "LTR-48246S";
  EXPECT_EQ(reason(flash), "REFERENCE_UNEXPECTED");
}

// A job that an earlier process left in this state, before it wrote anything.
std::string LeaveOpen(BenchFixture& bench, State state, int64_t attempts = 0,
                      const std::string& cancelled_by = {}) {
  const storage::Job made = bench.Backup("bay 1", "eeprom").row;
  storage::Job row = made;
  bench.Restart([&](storage::Ledger& ledger) {
    Must(ledger.Commit([&](storage::Transaction& tx) -> Status {
      row.id = tx.NewId();
      row.request_id = "left over " + row.id;
      row.state = ToString(state);
      row.result.clear();
      row.outcome.clear();
      row.ended_us = 0;
      row.attempts = attempts;
      row.cancelled_by = cancelled_by;
      if (state == State::kQueued) row.started_us = 0;
      return tx.InsertJob(row);
    }));
  });
  if (bench.engine().Live(row.id)) bench.WaitClosed(row.id);
  return row.id;
}

class Left : public testing::TestWithParam<State> {};
INSTANTIATE_TEST_SUITE_P(States, Left,
                         testing::Values(State::kQueued, State::kPreflight, State::kDumping,
                                         State::kDumpCommitted, State::kEntering, State::kArmed),
                         [](const auto& made) {
                           std::string name(ToString(made.param));
                           std::erase(name, '_');
                           return name;
                         });

TEST_P(Left, AJobThatHadNotWrittenBeginsAgainByItself) {
  BenchFixture bench("LTR-52327S");
  const std::string id = LeaveOpen(bench, GetParam());
  const JobView job = Must(bench.engine().Get(id));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.attempts, GetParam() == State::kQueued ? 0 : 1);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

TEST_P(Left, OnlySoOften) {
  BenchFixture bench("LTR-52327S");
  const std::string id = LeaveOpen(bench, GetParam(), 2);
  const JobView job = Must(bench.engine().Get(id));
  if (GetParam() == State::kQueued) {
    EXPECT_EQ(job.row.result, "SUCCEEDED");
    return;
  }
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.error_reason, "DAEMON_STOPPED");
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
}

TEST_P(Left, AndNotWhenSomebodyHadCancelledIt) {
  BenchFixture bench("LTR-52327S");
  const std::string id = LeaveOpen(bench, GetParam(), 0, "user/bert");
  const JobView job = Must(bench.engine().Get(id));
  EXPECT_EQ(job.row.result, "CANCELLED");
  EXPECT_EQ(job.row.error_reason, "JOB_CANCELLED");
}

TEST(Recovery, KeepsTheOrderOfTheQueue) {
  BenchFixture bench("LTR-48246S");
  storage::Job row = bench.Backup("bay 1", "eeprom").row;
  std::vector<std::string> ids;
  bench.Restart([&](storage::Ledger& ledger) {
    Must(ledger.Commit([&](storage::Transaction& tx) -> Status {
      for (int i = 0; i < 5; ++i) {
        row.id = tx.NewId();
        row.request_id.clear();
        row.state = "QUEUED";
        row.result.clear();
        row.outcome.clear();
        row.started_us = row.ended_us = 0;
        ids.push_back(row.id);
        RETURN_IF_ERROR(tx.InsertJob(row));
      }
      return Ok();
    }));
  });
  int64_t ended = 0;
  for (const std::string& id : ids) {
    const JobView job = bench.WaitClosed(id);
    EXPECT_EQ(job.row.result, "SUCCEEDED");
    EXPECT_GE(job.row.started_us, ended);
    ended = job.row.ended_us;
  }
}

TEST(Recovery, AFinishedJobIsLeftAlone) {
  BenchFixture bench("LTR-52327S");
  const JobView before = bench.Backup("bay 1", "eeprom");
  bench.Restart();
  const JobView after = Must(bench.engine().Get(before.row.id));
  EXPECT_EQ(after.row.result, "SUCCEEDED");
  EXPECT_EQ(after.row.ended_us, before.row.ended_us);
  EXPECT_EQ(after.last_sequence, before.last_sequence);
  // And the drive is known again.
  EXPECT_EQ(bench.snapshot()->unit.unit_id, before.row.unit_id);
}

}  // namespace
}  // namespace firmbench::jobs
