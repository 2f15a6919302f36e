// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/clock.h"

#include <fmt/format.h>

#include <ctime>
#include <thread>

namespace firmbench {
namespace {

class SystemClock final : public Clock {
 public:
  Nanos Monotonic() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  int64_t WallMicros() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  void SleepFor(Nanos duration) override { std::this_thread::sleep_for(duration); }
};

}  // namespace

Clock& RealClock() {
  static SystemClock* clock = new SystemClock;
  return *clock;
}

std::string FormatRfc3339(int64_t wall_micros) {
  constexpr int64_t kMicrosPerSecond = 1'000'000;
  int64_t seconds = wall_micros / kMicrosPerSecond;
  int64_t micros = wall_micros % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, micros);
}

std::string FormatMinute(int64_t wall_micros) {
  constexpr size_t kDate = 10;
  const std::string text = FormatRfc3339(wall_micros);
  return fmt::format("{} {} UTC", text.substr(0, kDate), text.substr(kDate + 1, 5));
}

}  // namespace firmbench
