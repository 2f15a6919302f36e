// SPDX-License-Identifier: Apache-2.0
#include "client/cli/watch.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "client/cli/interrupts.h"
#include "client/cli/render/job.h"
#include "client/cli/render/job_view.h"
#include "client/cli/render/problem.h"
#include "client/cli/render/records.h"
#include "client/cli/watch_input.h"
#include "daemon/base/mutex.h"

namespace firmbench::cli {
namespace {

using std::chrono::milliseconds;

// A daemon that is being restarted comes back within it.
constexpr std::chrono::minutes kPatience{1};
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5000};

bool MayComeBack(const Error& error) {
  // A bench that is sent too much ends calls for want of memory, whosever they are; gRPC does that,
  // so it comes without a reason of the bench's own.
  const bool for_memory =
      error.code() == Code::kResourceExhausted && error.reason() == "UNEXPLAINED";
  return error.code() == Code::kUnavailable || for_memory;
}

// One watch. Run() is called once, by the main thread; OnLine and OnInterrupt come from the
// input's.
class Watch {
 public:
  Watch(Context& context, std::string job_name)
      : context_(context),
        job_name_(std::move(job_name)),
        answers_here_(context.console.interactive()),
        view_({.terminal = context.console.err_terminal(),
               .can_answer = answers_here_,
               .width = context.console.width(),
               .style = context.err_style()}) {}

  // The closed job; nullopt when the person let go of it.
  Result<std::optional<v1::Job>> Run() {
    WatchInput::Callbacks callbacks{.interrupted = [this] { OnInterrupt(); }, .line = nullptr};
    if (answers_here_) callbacks.line = [this](const std::string& line) { OnLine(line); };
    const WatchInput input(interrupts_, std::move(callbacks));
    auto ended = Loop();
    const MutexLock lock(mutex_);
    Print(view_.Clear());
    return ended;
  }

 private:
  Result<std::optional<v1::Job>> Loop() {
    milliseconds pause = kFirstPause;
    int attempts = 0;
    Nanos since = RealClock().Monotonic();  // of the first attempt that brought nothing
    for (;;) {
      const int64_t before = after_sequence_;
      const grpc::Status status = Stream();
      if (closed_.has_value()) return std::move(closed_);
      if (interrupts_.triggered()) return std::optional<v1::Job>();
      // A stream that ends well without the closing event is a daemon on its way down.
      if (after_sequence_ != before || attempts == 0) since = RealClock().Monotonic();
      const bool too_long = RealClock().Monotonic() - since >= kPatience;
      if (!status.ok()) {
        Error error = FromStatus(status);
        if (!MayComeBack(error) || too_long) return error;
      } else if (too_long) {
        return Unavailable(kReasonUnreachable, "the bench ends the watch again and again");
      }
      if (after_sequence_ != before) {
        attempts = 0;
        pause = kFirstPause;
      }
      if (attempts++ == 1) {
        const MutexLock lock(mutex_);
        Print(view_.Line("the bench does not answer; trying again"));
      }
      if (Pause(pause)) return std::optional<v1::Job>();
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  // Reads events until the stream ends.
  grpc::Status Stream() {
    grpc::ClientContext call;
    {
      const MutexLock lock(mutex_);
      call_ = &call;
    }
    // A signal that came before call_ was set found nothing to cancel.
    if (interrupts_.triggered()) call.TryCancel();
    v1::WatchJobRequest request;
    request.set_name(job_name_);
    request.set_after_sequence(after_sequence_);
    const auto reader = context_.client.jobs().WatchJob(&call, request);
    v1::JobEvent event;
    while (!closed_.has_value() && reader->Read(&event)) OnEvent(event);
    // After the closing event nothing more is wanted.
    if (closed_.has_value()) call.TryCancel();
    const grpc::Status status = reader->Finish();
    const MutexLock lock(mutex_);
    call_ = nullptr;
    return status;
  }

  void OnEvent(const v1::JobEvent& event) {
    after_sequence_ = std::max(after_sequence_, event.sequence());
    if (event.has_job()) {
      after_sequence_ = std::max(after_sequence_, event.job().last_sequence());
      if (event.job().state() == v1::Job::STATE_CLOSED) closed_ = event.job();
      context_.last_known.KeepJob(event.job());
    }
    const MutexLock lock(mutex_);
    if (event.has_prompt()) prompt_id_ = event.prompt().prompt_id();
    if (event.has_job()) prompt_id_ = event.job().prompt().prompt_id();
    if (event.has_prompt_answer()) prompt_id_.clear();
    Print(view_.OnEvent(event, RealClock().Monotonic()));
  }

  // Text of the view, which is shared with the input's thread, in the order it was made.
  void Print(const std::string& text) FB_REQUIRES(mutex_) {
    if (!text.empty()) context_.console.Err(text);
  }

  void OnInterrupt() {
    const MutexLock lock(mutex_);
    if (call_ != nullptr) call_->TryCancel();
  }

  void OnLine(const std::string& line) {
    v1::AnswerPromptRequest request;
    request.set_name(job_name_);
    request.set_answer(line.empty() ? "done" : line);
    {
      const MutexLock lock(mutex_);
      request.set_prompt_id(prompt_id_);
    }
    if (request.prompt_id().empty()) return;
    const auto answered =
        Call(context_.client.jobs(), &v1::JobService::Stub::AnswerPrompt, request);
    if (answered.has_value()) return;
    const MutexLock lock(mutex_);
    Print(view_.Clear() + render::ErrorText(answered.error(), context_.err_style()));
  }

  // Until the bench is there again, or the time is over. True when a signal came meanwhile.
  bool Pause(milliseconds duration) {
    constexpr milliseconds kLook{200};
    const auto signal_within = [this](milliseconds limit) {
      pollfd fd{interrupts_.fd(), POLLIN, 0};
      return poll(&fd, 1, static_cast<int>(limit.count())) > 0;
    };
    // It is there, and ended the stream by itself.
    if (context_.client.Reconnect(milliseconds(0))) return signal_within(duration);
    for (milliseconds waited{0}; waited < duration; waited += kLook) {
      if (context_.client.Reconnect(kLook) || interrupts_.triggered()) break;
    }
    return interrupts_.triggered();
  }

  Context& context_;
  const std::string job_name_;
  const bool answers_here_;
  InterruptScope interrupts_;
  int64_t after_sequence_ = 0;
  std::optional<v1::Job> closed_;

  Mutex mutex_;
  render::JobView view_ FB_GUARDED_BY(mutex_);
  std::string prompt_id_ FB_GUARDED_BY(mutex_);
  grpc::ClientContext* call_ FB_GUARDED_BY(mutex_) = nullptr;
};

// The error, then the advice without what the error says already.
std::string WhyAndWhatNow(const v1::Job& job, render::Style style) {
  v1::Job shown = job;
  auto& advice = *shown.mutable_advice();
  advice.erase(std::remove_if(advice.begin(), advice.end(),
                              [](const auto& line) { return line.rfind("What happened", 0) == 0; }),
               advice.end());
  if (!advice.empty()) {
    v1::JobError& error = *shown.mutable_error();
    error.clear_remedy();
    error.set_message(error.message().substr(0, error.message().find("; ")));
  }
  return render::JobErrorText(shown.error(), style) + render::AdviceText(shown, style);
}

// The closed job with everything it has: the event that closed it may carry less.
v1::Job Whole(Context& context, const v1::Job& closed) {
  v1::GetJobRequest request;
  request.set_name(closed.name());
  return Call(context.client.jobs(), &v1::JobService::Stub::GetJob, request).value_or(closed);
}

}  // namespace

Result<std::optional<v1::Job>> WatchQuietly(Context& context, const std::string& job_name) {
  Watch watch(context, job_name);
  ASSIGN_OR_RETURN(const std::optional<v1::Job> closed, watch.Run());
  if (closed.has_value()) {
    v1::Job whole = Whole(context, *closed);
    context.last_known.KeepJob(whole);
    return std::optional<v1::Job>(std::move(whole));
  }
  context.console.Err(fmt::format(
      "\nyou no longer watch {0}; the job goes on. `firmbench job watch {0}` watches it again\n",
      render::Clean(job_name)));
  return std::optional<v1::Job>();
}

Ending WatchToEnd(Context& context, const std::string& job_name) {
  ASSIGN_OR_RETURN(const std::optional<v1::Job> closed, WatchQuietly(context, job_name));
  return closed.has_value() ? PrintClosedJob(context, *closed) : ExitCode::kInterrupted;
}

Ending PrintClosedJob(Context& context, const v1::Job& job) {
  if (job.has_error()) context.console.Err(WhyAndWhatNow(job, context.err_style()));
  v1::ListDumpsResponse dumps;
  if (!context.json() && job.dumps_size() > 0) {
    v1::ListDumpsRequest request;
    request.set_job(job.name());
    ASSIGN_OR_RETURN(dumps, CallList(context.client.dumps(), &v1::DumpService::Stub::ListDumps,
                                     request, &v1::ListDumpsResponse::mutable_dumps, 1000));
  }
  context.Print(job, [&] {
    const std::string table =
        dumps.dumps().empty() ? "" : render::DumpTable(dumps, context.wide()).Render() + "\n";
    return table + render::OutcomeLine(job, context.out_style());
  });
  if (job.result() == v1::Job::RESULT_SUCCEEDED) return ExitCode::kOk;
  return job.error().reason() == "VERIFY_MISMATCH" ? ExitCode::kDiffer : ExitCode::kJobUnsuccessful;
}

}  // namespace firmbench::cli
