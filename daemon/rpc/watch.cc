// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/watch.h"

#include <deque>
#include <map>

#include "daemon/rpc/convert.h"
#include "daemon/rpc/drive_service.h"
#include "daemon/rpc/job_service.h"
#include "daemon/rpc/watcher.h"

namespace firmbench::rpc {
namespace {

// Read from the ledger at a time.
constexpr int kEventsPerLook = 64;

bool IsClosed(const v1::Job& job) { return job.state() == v1::Job::STATE_CLOSED; }

// An event with its job, where it is one that changes the job's state.
Result<v1::JobEvent> ShowEvent(const Context& bench, const storage::JobEvent& event) {
  v1::JobEvent out = ToProto(event);
  if (event.type == "state") {
    ASSIGN_OR_RETURN(*out.mutable_job(), ShowJob(bench, event.job_id));
    // The job may be further on by now; the event says what it was then.
    v1::Job::State state = v1::Job::STATE_UNSPECIFIED;
    if (v1::Job::State_Parse("STATE_" + event.state, &state)) out.mutable_job()->set_state(state);
  }
  return out;
}

// Progress of a live job when it differs from what was last sent.
std::optional<v1::JobEvent> NewProgress(const Context& bench, const std::string& job_id,
                                        std::string& last_sent) {
  const auto live = bench.engine.Live(job_id);
  if (!live) return std::nullopt;
  const auto progress = live->progress();
  if (!progress) return std::nullopt;
  v1::JobEvent event;
  event.set_job_name(Name("jobs", job_id));
  *event.mutable_progress() = ToProto(*progress);
  std::string bytes = event.progress().SerializeAsString();
  if (bytes == last_sent) return std::nullopt;
  last_sent = std::move(bytes);
  SetTime(event.mutable_event_time(), bench.clock.WallMicros());
  return event;
}

// What happened after the sequence number the client has seen, then the job as it is, then what
// happens.
class JobWatcher final : public Watcher<v1::JobEvent> {
 public:
  JobWatcher(const Context& bench, const Caller& caller, std::string job_id, int64_t after)
      : Watcher(bench, caller), job_id_(std::move(job_id)), after_(after) {}

 private:
  Step Next() override {
    if (closed_) return {.finish = grpc::Status::OK};
    if (after_ == 0 && !snapshot_sent_) {
      if (const Status status = SkipHistory(); !status) return {.finish = ToGrpc(status.error())};
      return Snapshot();
    }
    const auto events = bench_.ledger.ListEvents(job_id_, after_, 1);
    if (!events) return {.finish = ToGrpc(events.error())};
    if (!events->empty()) {
      const storage::JobEvent& event = events->front();
      after_ = event.sequence;
      auto shown = ShowEvent(bench_, event);
      if (!shown) return {.finish = ToGrpc(shown.error())};
      closed_ = shown->has_job() && IsClosed(shown->job());
      return {.message = std::move(*shown)};
    }
    if (!snapshot_sent_) return Snapshot();
    return {.message = NewProgress(bench_, job_id_, last_progress_)};
  }

  // Who comes for the first time begins with now. Read before the snapshot, so that what happens
  // in between is sent twice rather than not at all.
  Status SkipHistory() {
    for (;;) {
      ASSIGN_OR_RETURN(const auto events,
                       bench_.ledger.ListEvents(job_id_, after_, kEventsPerLook));
      if (events.empty()) return Ok();
      after_ = events.back().sequence;
    }
  }

  Step Snapshot() {
    snapshot_sent_ = true;
    auto job = ShowJob(bench_, job_id_);
    if (!job) return {.finish = ToGrpc(job.error())};
    closed_ = IsClosed(*job);
    v1::JobEvent event;
    event.set_sequence(after_);
    event.set_job_name(job->name());
    SetTime(event.mutable_event_time(), bench_.clock.WallMicros());
    *event.mutable_job() = std::move(*job);
    return {.message = std::move(event)};
  }

  const std::string job_id_;
  int64_t after_;
  bool snapshot_sent_ = false;
  bool closed_ = false;
  std::string last_progress_;
};

class BenchWatcher final : public Watcher<v1::BenchEvent> {
 public:
  BenchWatcher(const Context& bench, const Caller& caller, int64_t after)
      : Watcher(bench, caller), after_(after) {}

 private:
  Step Next() override {
    if (waiting_.empty()) {
      if (const Status status = Look(); !status) return {.finish = ToGrpc(status.error())};
    }
    if (waiting_.empty()) return {};
    Step step{.message = std::move(waiting_.front())};
    waiting_.pop_front();
    return step;
  }

  // Fills the little queue with what is new; it holds one look's worth, whatever the client does.
  Status Look() {
    for (const inventory::Snapshot& drive : bench_.inventory.List()) {
      v1::Drive shown = ShowDrive(bench_, *drive);
      std::string bytes = shown.SerializeAsString();
      if (drives_[drive->id] == bytes) continue;
      drives_[drive->id] = std::move(bytes);
      v1::BenchEvent& event = Add();
      *event.mutable_drive() = std::move(shown);
    }
    ASSIGN_OR_RETURN(const auto events, bench_.ledger.ListEvents("", after_, kEventsPerLook));
    for (const storage::JobEvent& event : events) {
      after_ = event.sequence;
      v1::BenchEvent& out = Add();
      out.set_sequence(event.sequence);
      SetTime(out.mutable_event_time(), event.time_us);
      ASSIGN_OR_RETURN(*out.mutable_job_event(), ShowEvent(bench_, event));
      if (event.state == jobs::ToString(jobs::State::kClosed)) progress_.erase(event.job_id);
    }
    for (const inventory::Snapshot& drive : bench_.inventory.List()) {
      const std::string job = bench_.engine.CurrentJob(drive->id);
      if (job.empty()) continue;
      if (auto progress = NewProgress(bench_, job, progress_[job])) {
        *Add().mutable_job_event() = std::move(*progress);
      }
    }
    return Ok();
  }

  v1::BenchEvent& Add() {
    v1::BenchEvent& event = waiting_.emplace_back();
    SetTime(event.mutable_event_time(), bench_.clock.WallMicros());
    return event;
  }

  int64_t after_;
  std::deque<v1::BenchEvent> waiting_;
  std::map<std::string, std::string> drives_;    // by id: as last sent
  std::map<std::string, std::string> progress_;  // by job: as last sent
};

}  // namespace

grpc::ServerWriteReactor<v1::JobEvent>* StartJobWatch(const Context& bench, const Caller& caller,
                                                      const std::string& name,
                                                      int64_t after_sequence) {
  const auto id = IdFrom("jobs", name);
  if (!id) return new RefusedStream<v1::JobEvent>(id.error());
  auto watcher = std::make_shared<JobWatcher>(bench, caller, *id, after_sequence);
  watcher->Begin(*id);
  return watcher.get();
}

grpc::ServerWriteReactor<v1::BenchEvent>* StartBenchWatch(const Context& bench,
                                                          const Caller& caller,
                                                          int64_t after_sequence) {
  auto watcher = std::make_shared<BenchWatcher>(bench, caller, after_sequence);
  watcher->Begin("");
  return watcher.get();
}

}  // namespace firmbench::rpc
