// SPDX-License-Identifier: Apache-2.0
#pragma once

// std::mutex with clang's thread-safety annotations, so that `-Wthread-safety` proves which lock
// guards which member. absl::Mutex is not used: Debian's build of it reports races under TSan on
// correctly locked code.

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define FB_TSA(x) __attribute__((x))
#else
#define FB_TSA(x)
#endif
#define FB_CAPABILITY(x) FB_TSA(capability(x))
#define FB_SCOPED_CAPABILITY FB_TSA(scoped_lockable)
#define FB_GUARDED_BY(x) FB_TSA(guarded_by(x))
#define FB_REQUIRES(...) FB_TSA(requires_capability(__VA_ARGS__))
#define FB_ACQUIRE(...) FB_TSA(acquire_capability(__VA_ARGS__))
#define FB_RELEASE(...) FB_TSA(release_capability(__VA_ARGS__))
#define FB_EXCLUDES(...) FB_TSA(locks_excluded(__VA_ARGS__))
#define FB_NO_TSA FB_TSA(no_thread_safety_analysis)

namespace firmbench {

class FB_CAPABILITY("mutex") Mutex {
 public:
  void Lock() FB_ACQUIRE() { mutex_.lock(); }
  void Unlock() FB_RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class FB_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) FB_ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() FB_RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for Mutex. Wait only with the mutex held; spurious wake-ups happen.
class CondVar {
 public:
  void Wait(Mutex& mutex) FB_REQUIRES(mutex) FB_NO_TSA {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time was up.
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds limit) FB_REQUIRES(mutex) FB_NO_TSA {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    // wait_until on the system clock is the form that ThreadSanitizer understands.
    const auto until = std::chrono::system_clock::now() +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(limit);
    const bool woken = condition_.wait_until(lock, until) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace firmbench
