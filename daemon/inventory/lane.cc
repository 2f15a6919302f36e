// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/lane.h"

#include <utility>

namespace firmbench::inventory {

Lane::Lane(std::string name) : name_(std::move(name)), thread_([this] { Loop(); }) {}

Lane::~Lane() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
}

bool Lane::Post(std::function<void()> task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    tasks_.push_back(std::move(task));
  }
  wake_.NotifyOne();
  return true;
}

void Lane::Loop() {
  for (;;) {
    std::function<void()> task;
    {
      MutexLock lock(mutex_);
      while (tasks_.empty() && !stopping_) wake_.Wait(mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace firmbench::inventory
