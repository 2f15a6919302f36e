// SPDX-License-Identifier: Apache-2.0
#pragma once

// The time that simulated drives live in: one clock per IDE channel, since the drives on a channel
// share a lane. Virtual: time moves only when somebody sleeps on the clock or uses the bus. Paced:
// time is the machine's, times `speed`, and using the bus really takes as long. Thread-safe.

#include <atomic>
#include <cstdint>

#include "daemon/base/clock.h"

namespace firmbench::simulator {

enum class TimeMode : uint8_t { kVirtual, kPaced };

struct TimeOptions {
  TimeMode mode = TimeMode::kVirtual;
  double speed = 1.0;            // simulated time per real time; paced only; > 0
  int64_t wall_base_micros = 0;  // the wall clock at start; 0: the machine's own
};

class SimClock final : public Clock {
 public:
  // `start_ns` is what Monotonic() shows first: a bench that continues an older one goes on there.
  explicit SimClock(const TimeOptions& options = {}, int64_t start_ns = 0);

  Nanos Monotonic() const override { return Nanos(NowNs()); }
  int64_t WallMicros() const override;
  // Virtual: moves the hands at once. Paced: blocks duration / speed of real time. A negative
  // duration counts as none.
  void SleepFor(Nanos duration) override;

  // Nanoseconds on this clock; never going back.
  int64_t NowNs() const;
  // Returns when the clock shows at least `ns`: at once when virtual, really waiting when paced.
  void AdvanceTo(int64_t ns);

  const TimeOptions& options() const { return options_; }

 private:
  int64_t PacedNs() const;

  const TimeOptions options_;
  const int64_t start_ns_;
  const int64_t real_start_ns_;
  const int64_t wall_start_micros_;
  std::atomic<int64_t> virtual_ns_;
};

}  // namespace firmbench::simulator
