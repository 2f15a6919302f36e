// SPDX-License-Identifier: Apache-2.0
#pragma once

// One IDE channel of a simulated bench: its clock, its lock and the one or two drives on its cable,
// which both see every register write. Thread-safe; the drives' controllers are used only through
// With(), Run() and Execute().

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/mutex.h"
#include "daemon/base/result.h"
#include "daemon/scsi/transport.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/sim_clock.h"
#include "daemon/simulator/task_file_port.h"

namespace firmbench::simulator {

// A handle of one drive as the channel knows it: good for one plug-in only.
struct Handle {
  Controller& drive;
  uint64_t generation = 0;
  Controller::HandleCache cache;
  Bytes stale;  // what an adapter's buffer still holds
};

class Channel {
 public:
  // `changed` is called without locks held after a drive was plugged in or unplugged.
  Channel(const TimeOptions& time, int64_t start_ns, std::function<void()> changed)
      : clock_(time, start_ns), changed_(std::move(changed)) {}

  SimClock& clock() { return clock_; }
  // Before the first use only; the controller must outlive the channel's use.
  void Add(Controller& drive) {
    ports_.push_back(std::make_unique<TaskFilePort>(drive));
    port_list_.push_back(ports_.back().get());
  }

  // Calls `work(now)` under the lock, with everything done that was due by then.
  template <typename Work>
  auto With(Work work) {
    mutex_.Lock();
    const int64_t now = Now();
    for (TaskFilePort* port : port_list_) port->drive().Tick(now);
    if constexpr (std::is_void_v<decltype(work(now))>) {
      work(now);
      Finish(now);
    } else {
      auto result = work(now);
      Finish(now);
      return result;
    }
  }

  Status Run(Handle& handle, std::span<ata::Access> script, const ata::WaitLimits& limits);
  Result<scsi::Completion> Execute(Handle& handle, const scsi::Command& command);

 private:
  // The bus may be ahead of a paced clock: what it did really takes its time after the lock is
  // given back.
  int64_t Now() const FB_REQUIRES(mutex_) { return std::max(clock_.NowNs(), bus_ns_); }
  void Finish(int64_t now) FB_RELEASE(mutex_);

  SimClock clock_;
  const std::function<void()> changed_;
  Mutex mutex_;
  int64_t bus_ns_ FB_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<TaskFilePort>> ports_;
  std::vector<TaskFilePort*> port_list_;
};

}  // namespace firmbench::simulator
