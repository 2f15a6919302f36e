// SPDX-License-Identifier: Apache-2.0
// Cancelling and answering: what is possible until the first write, and what never is after it.
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

constexpr const char* kBert = "user/bert";

class Cancel : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Cancel, testing::ValuesIn(test::ThreeModels()), test::TestName);

TEST_P(Cancel, WhileDumpingLeavesEverythingAsItIs) {
  BenchFixture bench(GetParam());
  Status cancelled = Internal("NOT_REACHED", "");
  bench.When(State::kDumping,
             [&](const std::string& id) { cancelled = bench.engine().Cancel(id, kBert); });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(ReasonOf(cancelled), "OK");
  EXPECT_EQ(job.row.result, "CANCELLED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.error_reason, "JOB_CANCELLED");
  EXPECT_TRUE(job.dump_ids.empty());
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(ReasonOf(bench.engine().Cancel(job.row.id, kBert)), "JOB_CLOSED");
  EXPECT_EQ(ReasonOf(bench.engine().Answer(job.row.id, "x", "done", kBert)), "JOB_CLOSED");
}

TEST_P(Cancel, JustBeforeTheWriteResetsTheDrive) {
  BenchFixture bench(GetParam());
  bench.When(State::kArmed, [&](const std::string& id) { Must(bench.engine().Cancel(id, kBert)); });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "CANCELLED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun);
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "before_write").size(), 1u) << "backups stay";
}

TEST_P(Cancel, AfterTheWriteHasBegunIsTooLate) {
  BenchFixture bench(GetParam());
  const Bytes target = bench.NewFirmware();
  Status cancelled = Ok();
  bench.When(State::kWriting,
             [&](const std::string& id) { cancelled = bench.engine().Cancel(id, kBert); });
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(ReasonOf(cancelled), "PAST_POINT_OF_NO_RETURN");
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), target);
}

TEST(Cancel, AnUnknownJobIsNotThere) {
  BenchFixture bench("LTR-48246S");
  const std::string nobody = "01hgw2bbg0000000000000000a";
  EXPECT_EQ(ReasonOf(bench.engine().Cancel(nobody, kBert)), "JOB_NOT_FOUND");
  EXPECT_EQ(ReasonOf(bench.engine().Answer(nobody, "x", "done", kBert)), "JOB_NOT_FOUND");
  EXPECT_EQ(ReasonOf(bench.engine().Approve(nobody, "x", "y", kBert)), "JOB_NOT_FOUND");
}

// An LDW-451S with nobody at the bench: its jobs stop at the first prompt.
class Prompts : public testing::Test {
 protected:
  // Starts a flash job and waits for its prompt of this kind; hands do what earlier ones asked.
  void ReachPrompt(const std::string& kind) {
    target_ = bench_.NewFirmware();
    job_ = Must(bench_.Submit(bench_.FlashOf("bay 1", bench_.AddImage(target_)))).row.id;
    std::string answered;
    ASSERT_TRUE(bench_.WaitUntil([&] {
      const auto live = bench_.engine().Live(job_);
      if (live == nullptr) return true;
      prompt_ = live->prompt();
      if (!prompt_ || prompt_->id == answered) return false;
      if (prompt_->kind == kind) return true;
      bench_.drive().HoldEject(prompt_->kind == "hold_eject");
      Must(bench_.engine().Answer(job_, prompt_->id, "done", kBert));
      answered = prompt_->id;
      return false;
    }));
    ASSERT_TRUE(prompt_);
    ASSERT_EQ(prompt_->kind, kind);
  }
  void ExpectNothingHappened(const JobView& job) {
    EXPECT_EQ(job.row.result, "CANCELLED");
    EXPECT_EQ(job.row.outcome, "UNCHANGED");
    EXPECT_EQ(bench_.drive().counters().destructive_commands, 0u);
    EXPECT_EQ(bench_.drive().state(), simulator::RunState::kRun);
  }

  BenchFixture bench_{test::DriveToml{.model = "LDW-451S", .alone = true}};
  Bytes target_;
  std::string job_;
  std::optional<OpenPrompt> prompt_;
};

TEST_F(Prompts, AreShownWithTheirJob) {
  ReachPrompt("hold_eject");
  const JobView view = Must(bench_.engine().Get(job_));
  ASSERT_TRUE(view.prompt);
  EXPECT_EQ(view.prompt->id, prompt_->id);
  EXPECT_EQ(view.row.state, "ENTERING");
  EXPECT_GT(view.prompt->expires_us, RealClock().WallMicros());
  EXPECT_FALSE(view.prompt->text.empty());
  Must(bench_.engine().Cancel(job_, kBert));
  EXPECT_FALSE(bench_.WaitClosed(job_).prompt);
}

TEST_F(Prompts, ACancelledJobStopsWaiting) {
  ReachPrompt("hold_eject");
  Must(bench_.engine().Cancel(job_, kBert));
  ExpectNothingHappened(bench_.WaitClosed(job_));
}

TEST_F(Prompts, TheAnswerCancelIsACancellation) {
  ReachPrompt("hold_eject");
  EXPECT_EQ(ReasonOf(bench_.engine().Answer(job_, prompt_->id, "perhaps", kBert)),
            "PROMPT_ANSWER_INVALID");
  EXPECT_EQ(ReasonOf(bench_.engine().Answer(job_, "another", "done", kBert)), "PROMPT_NOT_OPEN");
  Must(bench_.engine().Answer(job_, prompt_->id, "cancel", kBert));
  ExpectNothingHappened(bench_.WaitClosed(job_));
}

TEST_F(Prompts, CancellingInVendorModeLeavesItFirst) {
  ReachPrompt("release_eject");
  EXPECT_EQ(bench_.drive().state(), simulator::RunState::kVendor);
  bench_.drive().HoldEject(false);
  Must(bench_.engine().Answer(job_, prompt_->id, "cancel", kBert));
  ExpectNothingHappened(bench_.WaitClosed(job_));
}

TEST_F(Prompts, DoneWithoutHandsDoesNotOpenTheDoor) {
  ReachPrompt("hold_eject");
  Must(bench_.engine().Answer(job_, prompt_->id, "done", kBert));
  const JobView job = bench_.WaitClosed(job_);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "VENDOR_MODE_NOT_ENTERED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
}

}  // namespace
}  // namespace firmbench::jobs
