// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/progress_meter.h"

#include <algorithm>

namespace firmbench::jobs {
namespace {

constexpr Nanos kBetweenWakes = std::chrono::milliseconds(100);
// Steps whose time nobody estimates still count for something, so that the bar never stands still.
constexpr Nanos kLeastWeight = std::chrono::milliseconds(1);
constexpr double kMostBeforeTheEnd = 99.0;

Nanos Weight(const PlanStep& step) { return std::max(step.estimate, kLeastWeight); }

double Seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

ProgressMeter::ProgressMeter(LiveJob& job, Clock& drive_clock, std::function<void()> wake)
    : job_(job), drive_clock_(drive_clock), wake_(std::move(wake)) {
  for (const PlanStep& step : job.plan().steps) total_ += Weight(step);
  total_ = std::max(total_, kLeastWeight);
}

void ProgressMeter::BeginStep(size_t plan_index) {
  const auto& steps = job_.plan().steps;
  finished_ = Nanos{0};
  for (size_t i = 0; i < std::min(plan_index, steps.size()); ++i) finished_ += Weight(steps[i]);
  current_ = plan_index < steps.size() ? Weight(steps[plan_index]) : Nanos{0};
  now_.phase = plan_index < steps.size() ? steps[plan_index].name : std::string();
  now_.done_bytes = 0;
  now_.total_bytes = plan_index < steps.size() ? steps[plan_index].bytes : 0;
  now_.bytes_per_second = 0;
  step_done_ = false;
  step_start_ = drive_clock_.Monotonic();
  Publish(true);
}

void ProgressMeter::Report(uint64_t done_bytes, uint64_t total_bytes) {
  now_.done_bytes = static_cast<int64_t>(done_bytes);
  now_.total_bytes = static_cast<int64_t>(total_bytes);
  const double elapsed = Seconds(drive_clock_.Monotonic() - step_start_);
  now_.bytes_per_second = elapsed > 0 ? static_cast<double>(done_bytes) / elapsed : 0;
  Publish(false);
}

void ProgressMeter::EndStep() {
  now_.done_bytes = now_.total_bytes;
  step_done_ = true;
  Publish(true);
}

void ProgressMeter::EndJob() {
  job_done_ = true;
  Publish(true);
}

void ProgressMeter::Publish(bool at_once) {
  const double fraction = step_done_ ? 1.0
                          : now_.total_bytes > 0
                              ? std::min(1.0, static_cast<double>(now_.done_bytes) /
                                                  static_cast<double>(now_.total_bytes))
                              : 0.0;
  const double behind = Seconds(finished_) + fraction * Seconds(current_);
  const double percent = std::min(kMostBeforeTheEnd, 100.0 * behind / Seconds(total_));
  now_.percent = job_done_ ? 100.0 : std::max(now_.percent, percent);
  // From the percentage, so that neither goes back.
  now_.remaining = std::chrono::duration_cast<Nanos>(
      std::chrono::duration<double>((1.0 - now_.percent / 100.0) * Seconds(total_)));
  const Nanos real = RealClock().Monotonic();
  if (!at_once && real - last_wake_ < kBetweenWakes) return;
  last_wake_ = real;
  job_.SetProgress(now_);
  wake_();
}

}  // namespace firmbench::jobs
