// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/lane.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace firmbench::inventory {
namespace {

TEST(Lane, RunsInOrderOnOneThreadAndFinishesWhatWasPosted) {
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  {
    Lane lane("sim/ide");
    EXPECT_EQ(lane.name(), "sim/ide");
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(lane.Post([&, i] {
        order.push_back(i);
        threads.push_back(std::this_thread::get_id());
      }));
    }
  }
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
  for (const auto& thread : threads) EXPECT_EQ(thread, threads.front());
  EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST(Lane, TakesTasksFromManyThreads) {
  int ran = 0;
  {
    Lane lane("busy");
    std::vector<std::jthread> posters;
    for (int t = 0; t < 4; ++t) {
      posters.emplace_back([&] {
        for (int i = 0; i < 250; ++i) lane.Post([&ran] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 1000);
}

TEST(Lane, ATaskMayPostAndIsRefusedOnceTheLaneStops) {
  Mutex mutex;
  CondVar changed;
  bool posted = false;
  bool second_ran = false;
  std::optional<bool> late;
  {
    Lane lane("stopping");
    lane.Post([&] {
      EXPECT_TRUE(lane.Post([&] { second_ran = true; }));
      EXPECT_TRUE(lane.Post([&] {
        // Until the destructor has begun.
        do {
          late = lane.Post([] {});
        } while (*late);
      }));
      MutexLock lock(mutex);
      posted = true;
      changed.NotifyAll();
    });
    MutexLock lock(mutex);
    while (!posted) changed.Wait(mutex);
  }
  EXPECT_TRUE(second_ran);
  EXPECT_FALSE(*late);
}

}  // namespace
}  // namespace firmbench::inventory
