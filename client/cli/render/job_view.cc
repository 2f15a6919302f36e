// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/job_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace firmbench::cli::render {
namespace {

constexpr Nanos kRedraw = std::chrono::milliseconds(100);
constexpr int kPlainStepPercent = 10;
constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string_view StateInWords(v1::Job::State state) {
  switch (state) {
    case v1::Job::STATE_QUEUED:
      return "waits for its drive";
    case v1::Job::STATE_AWAITING_APPROVAL:
      return "waits for a second person to approve it";
    case v1::Job::STATE_PREFLIGHT:
      return "checks who the drive is and whether anything is in the way";
    case v1::Job::STATE_DUMPING:
      return "reads the memories";
    case v1::Job::STATE_DUMP_COMMITTED:
      return "the backup is safe: stored and read back";
    case v1::Job::STATE_ENTERING:
      return "brings the drive into its update mode";
    case v1::Job::STATE_ARMED:
      return "everything is ready for the first write";
    case v1::Job::STATE_WRITING:
      return "writes; from here on the job finishes by itself. Leave the drive powered";
    case v1::Job::STATE_RESETTING:
      return "resets the drive and finds it again";
    case v1::Job::STATE_READBACK:
      return "reads the memories back and compares";
    default:
      return "";
  }
}

// 100 belongs to a job that is closed, and NaN to nobody.
int Percent(const v1::Progress& progress) {
  if (!(progress.percent() > 0)) return 0;
  return static_cast<int>(std::min(progress.percent(), 99.0));
}

std::string Amount(const v1::Progress& progress) {
  if (progress.total_bytes() <= 0) return "";
  return fmt::format("  {} of {}", Bytes(progress.done_bytes()), Bytes(progress.total_bytes()));
}

std::string Speed(const v1::Progress& progress) {
  const double speed = progress.bytes_per_second();
  if (!(speed >= 1) || speed > 1e15) return "";
  return fmt::format("  {}/s", Bytes(static_cast<int64_t>(speed)));
}

std::string Remaining(const v1::Progress& progress) {
  if (!progress.has_remaining_duration()) return "";
  return "  " + Clock(Seconds(progress.remaining_duration())) + " left";
}

}  // namespace

std::string JobView::OnEvent(const v1::JobEvent& event, Nanos now) {
  switch (event.event_case()) {
    case v1::JobEvent::kJob:
      return OnJob(event.job());
    case v1::JobEvent::kStep:
      return OnStep(event.step());
    case v1::JobEvent::kPrompt:
      return OnPrompt(event.prompt());
    case v1::JobEvent::kPromptAnswer:
      return OnAnswer(event.prompt_answer());
    case v1::JobEvent::kProgress:
      return OnProgress(event.progress(), now);
    case v1::JobEvent::kMessage:
      return Line(Clean(event.message()));
    case v1::JobEvent::EVENT_NOT_SET:
      return "";
  }
  return "";
}

std::string JobView::Line(const std::string& line) {
  // The bar comes back with the next progress, or at once when it was there.
  if (!bar_shown_) return line + "\n";
  return std::string(kEraseLine) + line + "\n" + Bar();
}

std::string JobView::Clear() {
  if (!bar_shown_) return "";
  bar_shown_ = false;
  return std::string(kEraseLine);
}

std::string JobView::OnJob(const v1::Job& job) {
  std::string text;
  if (job.state() != state_) {
    state_ = job.state();
    const std::string_view words = StateInWords(state_);
    if (state_ == v1::Job::STATE_CLOSED) {
      text += Clear();
    } else {
      text += Line(words.empty() ? Word(state_) : fmt::format("{}: {}", Word(state_), words));
    }
  }
  if (job.has_prompt()) text += OnPrompt(job.prompt());
  return text;
}

std::string JobView::OnStep(const v1::JobStep& step) {
  if (!step.has_end_time()) return "";
  std::string line = "  " + Clean(step.name());
  const std::string outcome = Word(step.outcome());
  if (!outcome.empty()) line += ": " + outcome;
  if (!step.note().empty()) line += ", " + Clean(step.note());
  return Line(line);
}

std::string JobView::OnPrompt(const v1::Prompt& prompt) {
  if (prompt.prompt_id() == prompt_shown_) return "";
  prompt_shown_ = prompt.prompt_id();
  const std::string frame(72, '*');
  std::string text = "\n" + Paint(options_.style, Color::kYellow, frame) + "\n\n    " +
                     Paint(options_.style, Color::kBold, Wrap(Clean(prompt.text()), 4, 4)) + "\n\n";
  if (options_.can_answer) {
    text += "    press Enter when it is done, or type cancel and press Enter\n";
  }
  if (prompt.has_expire_time()) {
    text += fmt::format("    the job waits until {}\n", Time(prompt.expire_time()));
  }
  text += "\n" + Paint(options_.style, Color::kYellow, frame) + "\n";
  return Clear() + text;
}

std::string JobView::OnAnswer(const v1::PromptAnswer& answer) {
  if (answer.answer() == "expired") return Line("nobody answered in time");
  const std::string by = answer.principal().empty() ? "" : " by " + Clean(answer.principal());
  return Line(fmt::format("answered{}: {}", by, Clean(answer.answer())));
}

std::string JobView::OnProgress(const v1::Progress& progress, Nanos now) {
  const bool new_phase = progress.phase() != progress_.phase();
  progress_ = progress;
  if (!options_.terminal) return PlainProgress();
  if (bar_shown_ && !new_phase && now - drawn_at_ < kRedraw) return "";
  bar_shown_ = true;
  drawn_at_ = now;
  return std::string(kEraseLine) + Bar();
}

std::string JobView::Bar() const {
  constexpr int kCells = 24;
  const int percent = Percent(progress_);
  std::string bar(static_cast<size_t>(percent * kCells / 100), '#');
  bar.resize(kCells, '-');
  // What does not fit is left out, least important last, so that the line never wraps.
  std::string line = fmt::format("[{}] {:>2} %", bar, percent);
  const std::string parts[] = {"  " + Clean(progress_.phase()), Remaining(progress_),
                               Amount(progress_), Speed(progress_)};
  for (const std::string& part : parts) {
    if (Columns(line) + Columns(part) < options_.width) line += part;
  }
  return Columns(line) < options_.width ? line : fmt::format("{} %", percent);
}

std::string JobView::PlainProgress() {
  const int percent = Percent(progress_);
  const bool new_phase = progress_.phase() != plain_phase_;
  if (!new_phase && percent / kPlainStepPercent == plain_percent_ / kPlainStepPercent) return "";
  plain_phase_ = progress_.phase();
  plain_percent_ = percent;
  return fmt::format("  {} %  {}{}{}{}\n", percent, Clean(progress_.phase()), Amount(progress_),
                     Speed(progress_), Remaining(progress_));
}

}  // namespace firmbench::cli::render
