// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/sim_clock.h"

#include <gtest/gtest.h>

namespace firmbench::simulator {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(SimClock, MovesOnlyWhenSomebodySleeps) {
  SimClock clock({TimeMode::kVirtual, 1.0, 1'000'000}, 500);
  EXPECT_EQ(clock.Monotonic(), Nanos(500));
  EXPECT_EQ(clock.WallMicros(), 1'000'000);
  clock.SleepFor(hours(2));
  EXPECT_EQ(clock.Monotonic(), hours(2) + Nanos(500));
  EXPECT_EQ(clock.WallMicros(), 1'000'000 + 7'200'000'000);
}

TEST(SimClock, NeverGoesBack) {
  SimClock clock({}, 1000);
  clock.SleepFor(Nanos(-5));
  clock.AdvanceTo(900);
  EXPECT_EQ(clock.NowNs(), 1000);
  clock.AdvanceTo(1100);
  EXPECT_EQ(clock.NowNs(), 1100);
}

TEST(SimClock, PacesByTheMachinesTime) {
  SimClock clock({TimeMode::kPaced, 1000.0, 0}, 77);
  const Nanos real = RealClock().Monotonic();
  const Nanos before = clock.Monotonic();
  EXPECT_GE(before, Nanos(77));
  clock.SleepFor(milliseconds(1000));
  EXPECT_GE(clock.Monotonic() - before, milliseconds(1000));
  EXPECT_GE(RealClock().Monotonic() - real, milliseconds(1));
}

}  // namespace
}  // namespace firmbench::simulator
