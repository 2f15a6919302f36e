// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every watch stream has in common: one message under way at a time, woken by the hub, served
// on the watch lane. gRPC calls OnWriteDone, OnCancel and OnDone from its own threads; Next runs on
// the lane alone.

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <optional>
#include <string>

#include "daemon/base/mutex.h"
#include "daemon/rpc/context.h"

namespace firmbench::rpc {

template <typename Message>
class Watcher : public grpc::ServerWriteReactor<Message>,
                public std::enable_shared_from_this<Watcher<Message>> {
 public:
  Watcher(const Context& bench, Caller caller) : bench_(bench), caller_(std::move(caller)) {}

  // Call once, on an object that a shared_ptr owns: begins to listen and sends the first message.
  // The object then lives until gRPC is done with it.
  void Begin(const std::string& only_job) {
    self_ = this->shared_from_this();
    std::weak_ptr<Watcher> weak = self_;
    subscription_ = bench_.engine.hub().Subscribe([weak, only_job](const std::string& job_id) {
      // Without a name it may be about anything, the caller's credential included.
      if (!only_job.empty() && !job_id.empty() && only_job != job_id) return;
      if (auto watcher = weak.lock()) watcher->Wake();
    });
    Wake();
  }

  void OnWriteDone(bool ok) final {
    bool finish = false;
    {
      MutexLock lock(mutex_);
      writing_ = false;
      // A message may well have gone to a client that left meanwhile.
      finish = (!ok || cancelled_) && !ended_;
      if (finish) ended_ = true;
    }
    if (finish) {
      this->Finish(grpc::Status::CANCELLED);
    } else {
      Wake();
    }
  }

  void OnCancel() final {
    bool finish = false;
    {
      MutexLock lock(mutex_);
      cancelled_ = true;
      // A write that is under way ends the call.
      finish = !writing_ && !ended_;
      if (finish) ended_ = true;
    }
    if (finish) this->Finish(grpc::Status::CANCELLED);
  }

  void OnDone() final {
    subscription_.Reset();
    self_.reset();  // may delete this
  }

 protected:
  struct Step {
    std::optional<Message> message;      // to be sent now
    std::optional<grpc::Status> finish;  // or the end
  };
  // What comes next; neither: wait for the next wake-up. On the watch lane.
  virtual Step Next() = 0;

  const Context& bench_;

 private:
  // Asks the lane to look for something to send; several wake-ups become one look.
  void Wake() {
    {
      MutexLock lock(mutex_);
      if (posted_ || writing_ || ended_) {
        woken_ = true;
        return;
      }
      posted_ = true;
    }
    if (!bench_.watch.Post([self = this->shared_from_this()] { self->Serve(); }))
      EndWith(grpc::Status::CANCELLED);
  }

  void Serve() {
    for (;;) {
      {
        MutexLock lock(mutex_);
        woken_ = false;
        if (ended_) return;
      }
      const Status standing = bench_.access.CheckStanding(caller_);
      Step step = standing ? Next() : Step{.finish = ToGrpc(standing.error())};
      if (step.finish) {
        EndWith(*step.finish);
        return;
      }
      MutexLock lock(mutex_);
      if (ended_) return;
      if (step.message) {
        message_ = std::move(*step.message);
        posted_ = false;
        writing_ = true;
        break;
      }
      if (woken_) continue;
      posted_ = false;
      return;
    }
    this->StartWrite(&message_);
  }

  void EndWith(const grpc::Status& status) {
    {
      MutexLock lock(mutex_);
      if (ended_) return;
      ended_ = true;
    }
    this->Finish(status);
  }

  const Caller caller_;
  std::shared_ptr<Watcher> self_;
  jobs::WatchHub::Subscription subscription_;
  Message message_;
  Mutex mutex_;
  bool posted_ FB_GUARDED_BY(mutex_) = false;  // the lane has a look ahead of it
  bool woken_ FB_GUARDED_BY(mutex_) = false;   // something happened since the last look
  bool writing_ FB_GUARDED_BY(mutex_) = false;
  bool cancelled_ FB_GUARDED_BY(mutex_) = false;
  bool ended_ FB_GUARDED_BY(mutex_) = false;
};

}  // namespace firmbench::rpc
