// SPDX-License-Identifier: Apache-2.0
#pragma once

// Time comes in through this interface and nowhere else, so that a test can own it. Thread-safe.

#include <chrono>
#include <cstdint>
#include <string>

namespace firmbench {

using Nanos = std::chrono::nanoseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  // Time since an arbitrary start, never going back.
  virtual Nanos Monotonic() const = 0;
  // Microseconds since 1970-01-01T00:00:00Z, as the ledger stores them.
  virtual int64_t WallMicros() const = 0;
  // Returns when `duration` has passed on this clock; a virtual clock only moves its hands.
  virtual void SleepFor(Nanos duration) = 0;
};

// The machine's own clock. Static storage; never destroyed.
Clock& RealClock();

// "2026-11-22T15:49:07.123456Z".
std::string FormatRfc3339(int64_t wall_micros);
// For people: "2026-11-22 20:52 UTC".
std::string FormatMinute(int64_t wall_micros);

}  // namespace firmbench
