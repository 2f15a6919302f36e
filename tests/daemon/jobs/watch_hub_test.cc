// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/watch_hub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace firmbench::jobs {
namespace {

TEST(WatchHub, WakesEverySubscriber) {
  WatchHub hub;
  std::vector<std::string> first;
  std::vector<std::string> second;
  const auto a = hub.Subscribe([&](const std::string& job) { first.push_back(job); });
  hub.Notify("one");
  {
    const auto b = hub.Subscribe([&](const std::string& job) { second.push_back(job); });
    hub.Notify("two");
  }
  hub.Notify("");
  EXPECT_EQ(first, (std::vector<std::string>{"one", "two", ""}));
  EXPECT_EQ(second, std::vector<std::string>{"two"});
}

TEST(WatchHub, ASubscriptionMovesWithoutEnding) {
  WatchHub hub;
  int woken = 0;
  WatchHub::Subscription kept;
  {
    WatchHub::Subscription made = hub.Subscribe([&](const std::string&) { ++woken; });
    kept = std::move(made);
  }
  hub.Notify("x");
  EXPECT_EQ(woken, 1);
  WatchHub::Subscription other(std::move(kept));
  hub.Notify("x");
  EXPECT_EQ(woken, 2);
  // Another one in its place ends the first.
  other = hub.Subscribe([&](const std::string&) { woken += 10; });
  hub.Notify("x");
  EXPECT_EQ(woken, 12);
  other.Reset();
  other.Reset();
  hub.Notify("x");
  EXPECT_EQ(woken, 12);
}

TEST(WatchHub, NoCallbackRunsAfterItsSubscriptionEnded) {
  WatchHub hub;
  std::atomic<bool> stop{false};
  std::jthread notifier([&] {
    while (!stop) hub.Notify("job");
  });
  for (int i = 0; i < 500; ++i) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto subscription = hub.Subscribe([raw = alive.get()](const std::string&) { ++*raw; });
    subscription.Reset();
    alive.reset();  // a late callback would touch freed memory
  }
  stop = true;
}

}  // namespace
}  // namespace firmbench::jobs
