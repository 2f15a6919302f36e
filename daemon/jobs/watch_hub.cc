// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/watch_hub.h"

#include <utility>

namespace firmbench::jobs {

void WatchHub::Subscription::Reset() {
  if (hub_ == nullptr) return;
  MutexLock lock(hub_->mutex_);
  hub_->watchers_.erase(id_);
  hub_ = nullptr;
}

WatchHub::Subscription WatchHub::Subscribe(Wake wake) {
  MutexLock lock(mutex_);
  const uint64_t id = next_++;
  watchers_.emplace(id, std::move(wake));
  return Subscription(this, id);
}

void WatchHub::Notify(const std::string& job_id) {
  MutexLock lock(mutex_);
  for (const auto& [id, wake] : watchers_) wake(job_id);
}

}  // namespace firmbench::jobs
