// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/sim_clock.h"

#include <algorithm>

namespace firmbench::simulator {
namespace {

// Below this much real time a sleep overshoots by more than it waits; spinning is exact.
constexpr int64_t kSpinNs = 100'000;

}  // namespace

SimClock::SimClock(const TimeOptions& options, int64_t start_ns)
    : options_(options),
      start_ns_(start_ns),
      real_start_ns_(RealClock().Monotonic().count()),
      wall_start_micros_(options.wall_base_micros != 0 ? options.wall_base_micros
                                                       : RealClock().WallMicros()),
      virtual_ns_(start_ns) {}

int64_t SimClock::PacedNs() const {
  const int64_t real = RealClock().Monotonic().count() - real_start_ns_;
  return start_ns_ + static_cast<int64_t>(static_cast<double>(real) * options_.speed);
}

int64_t SimClock::NowNs() const {
  if (options_.mode == TimeMode::kPaced) return PacedNs();
  return virtual_ns_.load(std::memory_order_acquire);
}

int64_t SimClock::WallMicros() const { return wall_start_micros_ + (NowNs() - start_ns_) / 1000; }

void SimClock::AdvanceTo(int64_t ns) {
  if (options_.mode == TimeMode::kVirtual) {
    int64_t now = virtual_ns_.load(std::memory_order_relaxed);
    while (now < ns && !virtual_ns_.compare_exchange_weak(now, ns, std::memory_order_acq_rel)) {
    }
    return;
  }
  for (int64_t now = PacedNs(); now < ns; now = PacedNs()) {
    const double real_ns = static_cast<double>(ns - now) / options_.speed;
    if (real_ns > 2.0 * kSpinNs) {
      RealClock().SleepFor(Nanos(static_cast<int64_t>(real_ns) - kSpinNs));
    }
  }
}

void SimClock::SleepFor(Nanos duration) {
  const int64_t ns = std::max<int64_t>(duration.count(), 0);
  if (options_.mode == TimeMode::kVirtual) {
    virtual_ns_.fetch_add(ns, std::memory_order_acq_rel);
  } else {
    AdvanceTo(PacedNs() + ns);
  }
}

}  // namespace firmbench::simulator
