// SPDX-License-Identifier: Apache-2.0
// Who works alone: says yes to what nothing can undo themselves, but not at once, and for ever
// marked as alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

constexpr Nanos kWait = std::chrono::minutes(15);

// The machine's clock, with the wall clock put as far ahead as the test says.
class ShiftedClock final : public Clock {
 public:
  Nanos Monotonic() const override { return RealClock().Monotonic(); }
  int64_t WallMicros() const override { return RealClock().WallMicros() + ahead_us_; }
  void SleepFor(Nanos duration) override { RealClock().SleepFor(duration); }
  void Pass(Nanos duration) {
    ahead_us_ += std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  }

 private:
  std::atomic<int64_t> ahead_us_ = 0;
};

// An engine of its own on a bench whose drive takes microcode and gives none back.
class Solo : public testing::Test {
 protected:
  Services ServicesWith(std::optional<Nanos> wait) {
    Services services{.ledger = bench_.ledger(),
                      .inventory = bench_.inventory(),
                      .hub = bench_.hub(),
                      .clock = clock_};
    services.spill_folder = folder_.Path(".");
    services.solo_wait = wait;
    return services;
  }
  // The id of a job that waits for somebody.
  std::string Ask(Engine& engine) {
    JobSpec spec = bench_.FlashOf("bay 1", bench_.AddImage(bench_.NewFirmware()));
    spec.override_reason = "no copy of it anywhere";
    const JobView job = Must(engine.Create(bench_.Request(spec)));
    EXPECT_EQ(job.row.state, "AWAITING_APPROVAL");
    digest_ = job.row.plan_digest;
    requester_ = job.row.principal;
    return job.row.id;
  }
  std::string Approve(Engine& engine, const std::string& job, const std::string& principal) {
    return ReasonOf(engine.Approve(job, digest_, "looked at it again", principal));
  }

  BenchFixture bench_{test::DriveToml{.model = "SPC-07",
                                      .bay = "bay 1",
                                      .keys = "connection = \"scsi\"\nserial = \"SPC00017\"",
                                      .tables = "",
                                      .alone = false}};
  test::TempFolder folder_;
  ShiftedClock clock_;
  std::string digest_;
  std::string requester_;
};

TEST_F(Solo, OnlyAfterTheWaitAndMarkedForEver) {
  std::string job;
  {
    Engine engine(ServicesWith(kWait));
    job = Ask(engine);
    EXPECT_EQ(Approve(engine, job, requester_), "SOLO_WAIT");
    clock_.Pass(kWait - std::chrono::minutes(1));
    EXPECT_EQ(Approve(engine, job, requester_), "SOLO_WAIT");
    EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
    clock_.Pass(std::chrono::minutes(1));
    EXPECT_EQ(Approve(engine, job, requester_), "OK");
    EXPECT_TRUE(bench_.WaitUntil([&] { return engine.Live(job) == nullptr; }));
  }
  EXPECT_EQ(Must(bench_.ledger().GetJob(job)).result, "SUCCEEDED");
  const auto approval = Must(bench_.ledger().FindApproval(job));
  ASSERT_TRUE(approval);
  EXPECT_TRUE(approval->solo);
  EXPECT_EQ(approval->principal, requester_);
  const auto audit = bench_.Audit();
  const auto entry = std::find_if(audit.begin(), audit.end(),
                                  [](const auto& fact) { return fact.action == "job.approve"; });
  ASSERT_NE(entry, audit.end());
  EXPECT_NE(entry->json.find("\"solo\""), std::string::npos) << entry->json;
}

TEST_F(Solo, SomebodyElseNeedNotWaitAndIsNotMarked) {
  std::string job;
  {
    Engine engine(ServicesWith(kWait));
    job = Ask(engine);
    EXPECT_EQ(Approve(engine, job, "user/bert"), "OK");
    EXPECT_TRUE(bench_.WaitUntil([&] { return engine.Live(job) == nullptr; }));
  }
  EXPECT_FALSE(Must(bench_.ledger().FindApproval(job))->solo);
}

TEST_F(Solo, WhatNobodyApprovedWithinADayIsCancelled) {
  std::string late;
  std::string in_time;
  {
    Engine engine(ServicesWith(kWait));
    late = Ask(engine);
    clock_.Pass(kWait + kApprovalTime + std::chrono::seconds(1));
    EXPECT_EQ(Approve(engine, late, "user/bert"), "APPROVAL_EXPIRED");
    EXPECT_TRUE(bench_.WaitUntil([&] { return engine.Live(late) == nullptr; }));
    in_time = Ask(engine);
    clock_.Pass(kWait + kApprovalTime - std::chrono::minutes(1));
    EXPECT_EQ(Approve(engine, in_time, "user/bert"), "OK");
    EXPECT_TRUE(bench_.WaitUntil([&] { return engine.Live(in_time) == nullptr; }));
  }
  EXPECT_EQ(Must(bench_.ledger().GetJob(late)).result, "CANCELLED");
  EXPECT_FALSE(Must(bench_.ledger().FindApproval(late)));
  EXPECT_EQ(Must(bench_.ledger().GetJob(in_time)).result, "SUCCEEDED");
}

// Both at the same moment: the cancelling was written down while the approval was on its way.
TEST_F(Solo, WhatSomebodyCancelledIsNotApproved) {
  std::string job;
  {
    Engine engine(ServicesWith(kWait));
    job = Ask(engine);
    engine.Live(job)->Update([](storage::Job& row) { row.cancelled_by = "user/ann"; });
    EXPECT_EQ(Approve(engine, job, "user/bert"), "NOT_AWAITING_APPROVAL");
    Must(engine.Cancel(job, "user/ann"));
    EXPECT_TRUE(bench_.WaitUntil([&] { return engine.Live(job) == nullptr; }));
  }
  EXPECT_EQ(Must(bench_.ledger().GetJob(job)).cancelled_by, "user/ann");
  EXPECT_FALSE(Must(bench_.ledger().FindApproval(job)));
}

TEST_F(Solo, IsRefusedForEverWhereTheBenchDoesNotAllowIt) {
  Engine engine(ServicesWith(std::nullopt));
  const std::string job = Ask(engine);
  clock_.Pass(std::chrono::hours(24 * 365));
  EXPECT_EQ(Approve(engine, job, requester_), "APPROVER_IS_REQUESTER");
  // The engine ends at once, and not before the job's turn on its lane has come.
  Must(engine.Cancel(job, requester_));
}

}  // namespace
}  // namespace firmbench::jobs
