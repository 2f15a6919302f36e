// SPDX-License-Identifier: Apache-2.0
// Promises 1 and 2 when the ledger's disk is full: before the first write a job stops there, after
// it the job goes on to its end whatever the ledger says.
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

class LedgerTrouble : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, LedgerTrouble, testing::ValuesIn(test::ThreeModels()),
                         test::TestName);

TEST(LedgerTrouble, Promise2WithoutAnAuditEntryNothingDestructiveHappens) {
  for (const char* entry :
       {"dump firmware before_write", "audit dump.commit", "event state DUMP_COMMITTED",
        "event state ENTERING", "event state ARMED", "audit job.write_started"}) {
    BenchFixture bench("LTR-48246S");
    const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()));
    bench.ledger().RefuseFrom(entry);
    const std::string id = Must(bench.Submit(spec)).row.id;
    bench.WaitClosed(id);
    EXPECT_EQ(bench.drive().counters().destructive_commands, 0u) << entry;
    EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun) << entry << ": left as a drive";
    bench.ledger().AskBefore({});
    bench.Restart();
    const JobView job = bench.WaitClosed(id);
    EXPECT_EQ(job.row.result, "SUCCEEDED") << entry << ": begun again by the next start";
    EXPECT_EQ(job.row.attempts, 1) << entry;
    EXPECT_TRUE(bench.QuarantinesInForce().empty()) << entry;
  }
}

TEST_P(LedgerTrouble, Promise2ARefusedStartOfTheWriteIsNotKeptAsOne) {
  BenchFixture bench(GetParam());
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()));
  bench.ledger().AskBefore([](const std::string& what) -> Status {
    if (what != "audit job.write_started") return Ok();
    return ResourceExhausted("LEDGER_FULL", "the disk of the ledger is full");
  });
  const JobView job = bench.Run(spec);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "LEDGER_FULL");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
}

TEST_P(LedgerTrouble, Promise2AfterWriteStartedTheJobFinishesWithoutTheLedger) {
  BenchFixture bench(GetParam());
  const Bytes target = bench.NewFirmware();
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(target));
  bench.When(State::kWriting, [&](const std::string&) {
    bench.ledger().AskBefore([](const std::string&) -> Status {
      return ResourceExhausted("LEDGER_FULL", "the disk of the ledger is full");
    });
  });
  const std::string id = Must(bench.Submit(spec)).row.id;
  EXPECT_EQ(bench.WaitClosed(id).row.state, "WRITING") << "the last thing that the ledger took";
  EXPECT_EQ(bench.drive().FlashBytes(), target) << "but the drive was not left half written";
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
  // What the ledger could not take is in the spill file, and the next start takes it in.
  bench.Restart();
  const JobView job = Must(bench.engine().Get(id));
  EXPECT_EQ(job.row.result, "SUCCEEDED");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "readback").size(), 1u);
  EXPECT_TRUE(bench.QuarantinesInForce().empty());
  EXPECT_TRUE(Must(bench.ledger().Verify()).problems.empty());
}

TEST_P(LedgerTrouble, WithoutASpillFileTheNextStartLooksAtTheDrive) {
  BenchFixture bench(GetParam());
  bench.adjust_services = [](Services& services) { services.spill_folder.clear(); };
  bench.Restart();
  const Bytes target = bench.NewFirmware();
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(target));
  bench.When(State::kWriting, [&](const std::string&) {
    bench.ledger().AskBefore([](const std::string&) -> Status {
      return ResourceExhausted("LEDGER_FULL", "the disk of the ledger is full");
    });
  });
  const std::string id = Must(bench.Submit(spec)).row.id;
  bench.WaitClosed(id);
  bench.Restart();
  const JobView job = Must(bench.engine().Get(id));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
}

TEST(LedgerTrouble, WithoutRoomForTheSpillFileNothingIsWritten) {
  BenchFixture bench("LTR-52327S");
  bench.adjust_services = [](Services& services) { services.spill_folder += "/missing"; };
  bench.Restart();
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "SPILL_FAILED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
}

TEST(LedgerTrouble, AJobThatCannotBeWrittenDownDoesNotBegin) {
  BenchFixture bench("LTR-48246S");
  const CreateRequest request = bench.Request(bench.BackupOf("bay 1", "eeprom"));
  const uint64_t commands = bench.drive().counters().scsi_commands;
  bench.ledger().RefuseFrom("job");
  EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "LEDGER_FULL");
  EXPECT_EQ(bench.engine().CurrentJob(bench.drive_id()), "");
  EXPECT_EQ(bench.drive().counters().scsi_commands, commands);
  EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "LEDGER_FULL") << "known without a try";
  bench.ledger().AskBefore({});
  bench.AddImage(bench.NewFirmware());  // a commit that succeeds says that there is room again
  const JobView job = bench.WaitClosed(Must(bench.engine().Create(request)).row.id);
  EXPECT_EQ(job.row.result, "SUCCEEDED") << "the same request, when there is room again";
}

TEST(LedgerTrouble, APromptThatCannotBeWrittenDownIsNotAsked) {
  BenchFixture bench(test::DriveToml{.model = "LDW-451S", .alone = true});
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()));
  bench.ledger().AskBefore([](const std::string& what) -> Status {
    if (what != "event prompt") return Ok();
    return ResourceExhausted("LEDGER_FULL", "the disk of the ledger is full");
  });
  const JobView job = bench.Run(spec);
  EXPECT_EQ(job.row.error_reason, "LEDGER_FULL");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
}

}  // namespace
}  // namespace firmbench::jobs
