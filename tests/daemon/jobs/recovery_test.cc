// SPDX-License-Identifier: Apache-2.0
// Promise 3 as far as one process can show it: whatever a killed daemon left behind is closed with
// the truth by the next one.
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

struct LeftOver {
  State state;
  bool wrote;
  const char* result;
  const char* outcome;
};

class Promise3 : public testing::TestWithParam<LeftOver> {};

TEST_P(Promise3, AJobThatWasLeftOpenIsClosedWithTheTruth) {
  const LeftOver& left = GetParam();
  BenchFixture bench("LTR-52327S");
  storage::Job row = bench.Backup("bay 1", "eeprom").row;
  const Bytes target = bench.NewFirmware();
  bench.Restart([&](storage::Ledger& ledger) {
    Must(ledger.Commit([&](storage::Transaction& tx) -> Status {
      row.id = tx.NewId();
      row.kind = "flash";
      row.request_id = "left over";
      row.state = ToString(left.state);
      row.result.clear();
      row.outcome = left.wrote ? "UNKNOWN" : "";
      row.ended_us = 0;
      if (left.state == State::kQueued || left.state == State::kAwaitingApproval) {
        row.started_us = 0;
      }
      row.write_started_us = left.wrote ? tx.now_us() : 0;
      row.drive_state = left.wrote ? "unknown" : "untouched";
      return tx.InsertJob(row);
    }));
  });
  const JobView job = Must(bench.engine().Get(row.id));
  EXPECT_EQ(job.row.state, "CLOSED");
  EXPECT_EQ(job.row.result, left.result);
  EXPECT_EQ(job.row.outcome, left.outcome);
  EXPECT_EQ(job.row.error_reason, "DAEMON_STOPPED");
  EXPECT_FALSE(job.row.error_remedy.empty());
  EXPECT_EQ(job.row.drive_state, left.wrote ? "unknown" : "untouched");
  EXPECT_EQ(job.row.eeprom_check, left.wrote ? "NOT_READ" : "");
  EXPECT_NE(job.row.ended_us, 0);
  EXPECT_EQ(bench.Audit().back().action, left.wrote ? "drive.quarantine" : "job.close");
  const auto events = Must(bench.ledger().ListEvents(row.id, 0, 100));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].state, "CLOSED");
  EXPECT_TRUE(Must(bench.ledger().ListJobs({.open_only = true}, {})).rows.empty());

  const std::vector<std::string> both = {"drive", "unit"};
  EXPECT_EQ(bench.QuarantinesInForce(), left.wrote ? both : std::vector<std::string>{});
  const auto next = bench.Submit(bench.FlashOf("bay 1", bench.AddImage(target)));
  EXPECT_EQ(ReasonOf(next), left.wrote ? "DRIVE_QUARANTINED" : "OK");
  if (next) bench.WaitClosed(next->row.id);
}

INSTANTIATE_TEST_SUITE_P(
    States, Promise3,
    testing::Values(LeftOver{State::kQueued, false, "CANCELLED", "NOT_STARTED"},
                    LeftOver{State::kAwaitingApproval, false, "CANCELLED", "NOT_STARTED"},
                    LeftOver{State::kPreflight, false, "CANCELLED", "UNCHANGED"},
                    LeftOver{State::kDumping, false, "CANCELLED", "UNCHANGED"},
                    LeftOver{State::kDumpCommitted, false, "CANCELLED", "UNCHANGED"},
                    LeftOver{State::kEntering, false, "CANCELLED", "UNCHANGED"},
                    LeftOver{State::kArmed, false, "CANCELLED", "UNCHANGED"},
                    LeftOver{State::kWriting, true, "FAILED", "UNKNOWN"},
                    LeftOver{State::kResetting, true, "FAILED", "UNKNOWN"},
                    LeftOver{State::kReadback, true, "FAILED", "UNKNOWN"}),
    [](const auto& made) {
      std::string name(ToString(made.param.state));
      std::erase(name, '_');
      return name;
    });

TEST(Recovery, ClosesManyJobsAndTellsADriveThatIsAlreadyThere) {
  BenchFixture bench("LTR-52327S");
  storage::Job row = bench.Backup("bay 1", "eeprom").row;
  constexpr int kMany = 150;  // more than a page
  Must(bench.ledger().Commit([&](storage::Transaction& tx) -> Status {
    for (int i = 0; i < kMany; ++i) {
      row.id = tx.NewId();
      row.request_id.clear();
      row.state = "WRITING";
      row.result.clear();
      row.write_started_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertJob(row));
    }
    return Ok();
  }));
  const std::string etag = bench.snapshot()->etag;
  Must(bench.engine().RecoverOpenJobs());
  EXPECT_TRUE(Must(bench.ledger().ListJobs({.open_only = true}, {})).rows.empty());
  EXPECT_FALSE(bench.snapshot()->quarantine.empty());
  EXPECT_NE(bench.snapshot()->etag, etag);
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
