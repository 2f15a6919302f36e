// SPDX-License-Identifier: Apache-2.0
#pragma once

// Wakes whoever watches jobs. Nothing is queued per watcher: a watcher that wakes reads what is new
// from the ledger, from the sequence number it has seen, so a slow one costs no memory.
// Thread-safe.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemon/base/mutex.h"

namespace firmbench::jobs {

class WatchHub {
 public:
  // Called with the job's id ("" for changes of drives) from any thread; must be quick and must
  // not call back into the hub.
  using Wake = std::function<void(const std::string& job_id)>;

  // Ends the subscription when it is destroyed; the callback does not run afterwards.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(WatchHub* hub, uint64_t id) : hub_(hub), id_(id) {}
    Subscription(Subscription&& other) noexcept : hub_(other.hub_), id_(other.id_) {
      other.hub_ = nullptr;
    }
    Subscription& operator=(Subscription&& other) noexcept {
      if (this != &other) {
        Reset();
        std::swap(hub_, other.hub_);
        id_ = other.id_;
      }
      return *this;
    }
    ~Subscription() { Reset(); }
    void Reset();

   private:
    WatchHub* hub_ = nullptr;
    uint64_t id_ = 0;
  };

  Subscription Subscribe(Wake wake);
  void Notify(const std::string& job_id);

 private:
  Mutex mutex_;
  uint64_t next_ FB_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, Wake> watchers_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::jobs
