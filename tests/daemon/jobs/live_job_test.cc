// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/live_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace firmbench::jobs {
namespace {

std::string ReasonOf(const Status& status) { return status ? "OK" : status.error().reason(); }

const OpenPrompt kPrompt{"p1", "hold_eject", "Hold the button.", 0};

TEST(LiveJob, IsCancelledUntilTheWriteBegins) {
  LiveJob job({}, {});
  EXPECT_FALSE(job.cancelled());
  EXPECT_EQ(ReasonOf(job.RequestCancel()), "OK");
  EXPECT_EQ(ReasonOf(job.RequestCancel()), "OK");
  EXPECT_TRUE(job.cancelled());
  EXPECT_FALSE(job.PassPointOfNoReturn());
}

TEST(LiveJob, CannotBeCancelledAfterThePointOfNoReturn) {
  LiveJob job({}, {});
  EXPECT_TRUE(job.PassPointOfNoReturn());
  EXPECT_EQ(ReasonOf(job.RequestCancel()), "PAST_POINT_OF_NO_RETURN");
  EXPECT_FALSE(job.cancelled());
  job.Update([](storage::Job& row) { row.result = "SUCCEEDED"; });
  EXPECT_EQ(ReasonOf(job.RequestCancel()), "JOB_CLOSED");
}

TEST(LiveJob, CancelAndPointOfNoReturnNeverBothWin) {
  for (int i = 0; i < 200; ++i) {
    LiveJob job({}, {});
    std::atomic<bool> cancelled{false};
    std::jthread other([&] { cancelled = job.RequestCancel().has_value(); });
    const bool passed = job.PassPointOfNoReturn();
    other.join();
    EXPECT_NE(passed, cancelled);
  }
}

TEST(LiveJob, TakesTheFirstAnswerOfAnOpenPrompt) {
  LiveJob job({}, {});
  EXPECT_EQ(ReasonOf(job.Answer("p1", "done", "anna")), "PROMPT_NOT_OPEN");
  job.Open(kPrompt);
  EXPECT_EQ(job.prompt()->id, "p1");
  EXPECT_EQ(ReasonOf(job.Answer("p2", "done", "anna")), "PROMPT_NOT_OPEN");
  EXPECT_EQ(ReasonOf(job.Answer("p1", "yes", "anna")), "PROMPT_ANSWER_INVALID");
  EXPECT_EQ(ReasonOf(job.Answer("p1", "done", "anna")), "OK");
  EXPECT_EQ(ReasonOf(job.Answer("p1", "cancel", "bert")), "PROMPT_NOT_OPEN");
  const auto answered = job.WaitForAnswer(std::chrono::minutes(1));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answer, "done");
  EXPECT_EQ(answered->principal, "anna");
  EXPECT_FALSE(job.prompt());
}

TEST(LiveJob, AnAnswerToNoPromptInParticularMeansTheOpenOne) {
  LiveJob job({}, {});
  EXPECT_EQ(ReasonOf(job.Answer("", "done", "anna")), "PROMPT_NOT_OPEN");
  job.Open(kPrompt);
  EXPECT_EQ(ReasonOf(job.Answer("", "done", "anna")), "OK");
}

TEST(LiveJob, AnswersOfAnEarlierPromptAreForgotten) {
  LiveJob job({}, {});
  job.Open(kPrompt);
  ASSERT_TRUE(job.Answer("p1", "done", "anna"));
  ASSERT_TRUE(job.WaitForAnswer(std::chrono::minutes(1)));
  job.Open({"p2", "release_eject", "Let go.", 0});
  const auto answered = job.WaitForAnswer(Nanos{0});
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().reason(), "PROMPT_EXPIRED");
}

TEST(LiveJob, APromptThatNobodyAnswersExpires) {
  LiveJob job({}, {});
  job.Open(kPrompt);
  const auto answered = job.WaitForAnswer(std::chrono::milliseconds(1));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().reason(), "PROMPT_EXPIRED");
  EXPECT_EQ(answered.error().code(), Code::kDeadlineExceeded);
  EXPECT_FALSE(job.prompt());
  EXPECT_EQ(ReasonOf(job.Answer("p1", "done", "anna")), "PROMPT_NOT_OPEN");
}

TEST(LiveJob, APromptIsAnsweredFromAnotherThread) {
  LiveJob job({}, {});
  job.Open(kPrompt);
  std::jthread hands([&] { EXPECT_TRUE(job.Answer("p1", "cancel", "bert")); });
  const auto answered = job.WaitForAnswer(std::chrono::minutes(1));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->answer, "cancel");
}

TEST(LiveJob, CancellingWakesWhoWaits) {
  LiveJob job({}, {});
  job.Open(kPrompt);
  std::jthread other([&] { EXPECT_TRUE(job.RequestCancel()); });
  const auto answered = job.WaitForAnswer(std::chrono::minutes(1));
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().reason(), "JOB_CANCELLED");
  EXPECT_FALSE(job.prompt());
}

TEST(LiveJob, IsDeclinedByTheAnswerToAnOpenPromptOnly) {
  LiveJob job({}, {});
  EXPECT_FALSE(job.declined());
  job.Open(kPrompt);
  EXPECT_FALSE(job.declined());
  EXPECT_EQ(ReasonOf(job.Answer("p1", "cancel", "anna")), "OK");
  EXPECT_TRUE(job.declined());
  EXPECT_FALSE(job.cancelled());
  job.Withdraw();
  EXPECT_FALSE(job.declined());
  job.Open(kPrompt);
  EXPECT_EQ(ReasonOf(job.Answer("p1", "done", "anna")), "OK");
  EXPECT_FALSE(job.declined());
}

TEST(LiveJob, AWithdrawnPromptTakesNoAnswer) {
  LiveJob job({}, {});
  job.Open(kPrompt);
  job.Withdraw();
  EXPECT_FALSE(job.prompt());
  EXPECT_EQ(ReasonOf(job.Answer("p1", "done", "anna")), "PROMPT_NOT_OPEN");
}

TEST(LiveJob, IsReadAndChangedByManyThreads) {
  storage::Job row;
  row.id = "job";
  LiveJob job(row, {});
  std::atomic<bool> stop{false};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        EXPECT_EQ(job.row().id, "job");
        if (const auto progress = job.progress()) {
          EXPECT_EQ(progress->done_bytes, progress->total_bytes);
        }
        if (const auto prompt = job.prompt()) {
          EXPECT_EQ(prompt->kind, "hold_eject");
        }
      }
    });
  }
  for (int64_t i = 0; i < 2000; ++i) {
    job.Update([i](storage::Job& changed) { changed.started_us = i; });
    job.SetProgress({"phase", 1.0, i, i, 0, Nanos{0}});
    job.Open(kPrompt);
    job.Withdraw();
  }
  stop = true;
}

}  // namespace
}  // namespace firmbench::jobs
