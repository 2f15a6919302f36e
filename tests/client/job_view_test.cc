// SPDX-License-Identifier: Apache-2.0
// A watched job: what is printed, when, and that the bar never lies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "client/cli/render/job_view.h"
#include "tests/client/golden.h"
#include "tests/client/samples.h"

namespace firmbench::cli::render {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

v1::JobEvent PromptEvent() {
  v1::JobEvent event;
  event.mutable_prompt()->set_prompt_id("p1");
  event.mutable_prompt()->set_text("Hold the eject button, and switch the drive on.");
  event.mutable_prompt()->mutable_expire_time()->set_seconds(1795348800);
  return event;
}

TEST(JobView, TellsAWholeJobInPlainLines) {
  JobView view({});
  v1::JobEvent step;
  *step.mutable_step() = SampleJob().steps(0);
  v1::JobEvent answer;
  answer.mutable_prompt_answer()->set_answer("done");
  answer.mutable_prompt_answer()->set_principal("uid:1000");
  std::string text;
  int64_t now = 0;
  for (const v1::JobEvent& event :
       {StateEvent(1, v1::Job::STATE_QUEUED), StateEvent(2, v1::Job::STATE_DUMPING),
        ProgressEvent("reading firmware", 1, 4096, 524288),
        ProgressEvent("reading firmware", 5, 262144, 524288),
        ProgressEvent("reading firmware", 12, 524288, 524288), step, PromptEvent(), answer,
        StateEvent(3, v1::Job::STATE_WRITING), ProgressEvent("writing firmware", 50, 0, 3072),
        StateEvent(4, v1::Job::STATE_CLOSED)}) {
    text += view.OnEvent(event, milliseconds(now += 50));
  }
  text += view.Clear();
  ExpectGolden("watch_plain.txt", text);
}

TEST(JobView, RedrawsAtMostTenTimesASecond) {
  JobView view({.terminal = true});
  int drawn = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto event = ProgressEvent("writing", i / 10.0, i, 1000);
    if (!view.OnEvent(event, milliseconds(i)).empty()) ++drawn;
  }
  EXPECT_EQ(drawn, 10);
}

TEST(JobView, DrawsABarThatFitsTheTerminal) {
  for (const unsigned width : {10u, 40u, 60u, 80u, 200u}) {
    JobView view({.terminal = true, .width = width});
    const auto event = ProgressEvent("writing firmware", 50, 1536, 3072);
    const std::string bar = view.OnEvent(event, milliseconds(1));
    EXPECT_LT(Columns(bar) - Columns("\r\x1b[K"), width) << bar;
  }
  JobView view({.terminal = true, .width = 120});
  EXPECT_EQ(view.OnEvent(ProgressEvent("writing firmware", 50, 1536, 3072), milliseconds(1)),
            "\r\x1b[K[############------------] 50 %  writing firmware  1:15 left"
            "  1.5 KB of 3 KB  21.5 KB/s");
}

TEST(JobView, NeverShowsHundredPercentBeforeTheEnd) {
  JobView view({.terminal = true, .width = 120});
  for (const double percent : {100.0, 1e9, std::numeric_limits<double>::infinity()}) {
    JobView fresh({.terminal = true});
    const std::string bar = fresh.OnEvent(ProgressEvent("x", percent, 1, 1), milliseconds(1));
    EXPECT_THAT(bar, HasSubstr("99 %"));
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(view.OnEvent(ProgressEvent("x", nan, 1, 1), milliseconds(1)), HasSubstr(" 0 %"));
}

TEST(JobView, PutsLinesAboveTheBar) {
  JobView view({.terminal = true});
  const std::string bar = view.OnEvent(ProgressEvent("x", 1, 1, 2), milliseconds(1));
  EXPECT_EQ(view.Line("hello"), "\r\x1b[Khello\n" + bar.substr(4));
  EXPECT_EQ(view.Clear(), "\r\x1b[K");
  EXPECT_EQ(view.Line("hello"), "hello\n");
}

TEST(JobView, ShowsAPromptOnce) {
  JobView view({.can_answer = true});
  EXPECT_THAT(view.OnEvent(PromptEvent(), milliseconds(1)), HasSubstr("press Enter"));
  v1::JobEvent snapshot = StateEvent(5, v1::Job::STATE_ENTERING);
  *snapshot.mutable_job()->mutable_prompt() = PromptEvent().prompt();
  EXPECT_THAT(view.OnEvent(snapshot, milliseconds(2)), Not(HasSubstr("eject")));
}

}  // namespace
}  // namespace firmbench::cli::render
