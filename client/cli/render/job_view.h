// SPDX-License-Identifier: Apache-2.0
#pragma once

// A job as it is watched: events in, text for stderr out. On a terminal the last line is a progress
// bar that is redrawn at most ten times a second; elsewhere every line is plain and stays. Time
// comes in with each event. Pure; for one thread.

#include <string>

#include "client/cli/render/text.h"
#include "daemon/base/clock.h"
#include "firmbench/v1/job.pb.h"

namespace firmbench::cli::render {

struct JobViewOptions {
  bool terminal = false;    // redraw one line
  bool can_answer = false;  // a person can type an answer right here
  unsigned width = 80;      // columns of the terminal
  Style style;
};

class JobView {
 public:
  explicit JobView(const JobViewOptions& options) : options_(options) {}

  // What to print for this event; often nothing.
  std::string OnEvent(const v1::JobEvent& event, Nanos now);
  // A line of the caller's own, put above the bar.
  std::string Line(const std::string& line);
  // Takes the bar away; call it before anything else is printed, and at the end.
  std::string Clear();

 private:
  std::string OnJob(const v1::Job& job);
  std::string OnStep(const v1::JobStep& step);
  std::string OnPrompt(const v1::Prompt& prompt);
  std::string OnAnswer(const v1::PromptAnswer& answer);
  std::string OnProgress(const v1::Progress& progress, Nanos now);
  std::string Bar() const;
  std::string PlainProgress();

  JobViewOptions options_;
  v1::Progress progress_;
  bool bar_shown_ = false;
  Nanos drawn_at_{0};
  v1::Job::State state_ = v1::Job::STATE_UNSPECIFIED;
  std::string prompt_shown_;
  std::string plain_phase_;
  int plain_percent_ = -1;
};

}  // namespace firmbench::cli::render
