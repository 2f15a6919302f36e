// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thread that owns every descriptor of the drives on one channel: whatever touches hardware is
// posted here and runs in order. Post and the queries may be called from any thread.

#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "daemon/base/mutex.h"

namespace firmbench::inventory {

class Lane {
 public:
  explicit Lane(std::string name);
  // Runs what was posted to its end, then joins.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // False when the lane is stopping; the task is then dropped without running.
  bool Post(std::function<void()> task);

  const std::string& name() const { return name_; }

 private:
  void Loop();

  const std::string name_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::function<void()>> tasks_ FB_GUARDED_BY(mutex_);
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: starts when everything above exists
};

}  // namespace firmbench::inventory
