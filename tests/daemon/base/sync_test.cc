// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "daemon/base/mutex.h"
#include "daemon/base/unique_fd.h"

namespace firmbench {
namespace {

struct Counter {
  Mutex mutex;
  CondVar changed;
  int value FB_GUARDED_BY(mutex) = 0;
};

TEST(Mutex, ExcludesOtherThreads) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) {
        const MutexLock lock(counter.mutex);
        ++counter.value;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const MutexLock lock(counter.mutex);
  EXPECT_EQ(counter.value, 4000);
}

TEST(CondVar, WakesItsWaiter) {
  Counter counter;
  std::thread other([&counter] {
    const MutexLock lock(counter.mutex);
    counter.value = 1;
    counter.changed.NotifyAll();
  });
  {
    const MutexLock lock(counter.mutex);
    while (counter.value == 0) counter.changed.Wait(counter.mutex);
    EXPECT_EQ(counter.value, 1);
  }
  other.join();
}

TEST(CondVar, WaitForEndsWhenTheTimeIsUp) {
  Counter counter;
  const MutexLock lock(counter.mutex);
  // Spurious wake-ups may come first, but not for ever.
  while (counter.changed.WaitFor(counter.mutex, std::chrono::milliseconds(1))) {
  }
  SUCCEED();
}

TEST(UniqueFd, ClosesWhatItOwns) {
  int raw = -1;
  {
    const UniqueFd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(fd.valid());
    raw = fd.get();
    EXPECT_GE(fcntl(raw, F_GETFD), 0);
  }
  EXPECT_LT(fcntl(raw, F_GETFD), 0);
}

TEST(UniqueFd, MovesAndReleases) {
  UniqueFd first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int raw = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first.valid());  // NOLINT: the moved-from state is the point
  EXPECT_EQ(second.get(), raw);
  const UniqueFd third(second.Release());
  EXPECT_FALSE(second.valid());
  EXPECT_EQ(third.get(), raw);
}

}  // namespace
}  // namespace firmbench
