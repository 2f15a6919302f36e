// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/poll.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace firmbench::chips {
namespace {

constexpr uint32_t kMaxLooks = 0x50000;  // drive-protocols 1.2 [read in code]
// Operations shorter than this are polled back to back: a sleeping thread wakes up too late.
constexpr Nanos kSpinBelow = std::chrono::milliseconds(1);
// The rows' maxima are remembered figures and parts age, so they are doubled.
constexpr int kMaximumFactor = 2;
constexpr Nanos kSlack = std::chrono::milliseconds(1);
constexpr Nanos kSmallestPause{100};
// Four equal reads are two toggle periods: DQ6 stands still.
constexpr int kSettledReads = 4;

}  // namespace

Status WaitUntilDone(ByteBus& bus, uint32_t address, uint8_t expected, const BusyTimes& times) {
  Clock& clock = bus.clock();
  const Nanos start = clock.Monotonic();
  const bool spin = times.typical < kSpinBelow;
  const Nanos first_pause = times.settle + (spin ? Nanos{0} : times.typical / 2);
  const Nanos step = std::max(times.typical / 64, kSmallestPause);
  const Nanos limit = times.settle + kMaximumFactor * times.maximum + kSlack;
  if (first_pause > Nanos{0}) clock.SleepFor(first_pause);

  std::array<uint8_t, 2> seen{};
  int previous = -1;
  int equal_reads = 0;
  for (uint32_t looks = 0; looks < kMaxLooks; looks += seen.size()) {
    const Nanos before = clock.Monotonic();
    RETURN_IF_ERROR(bus.ReadRepeated(address, seen));
    if (seen[0] == expected && seen[1] == expected) return Ok();
    for (const uint8_t value : seen) {
      equal_reads = value == previous ? equal_reads + 1 : 1;
      previous = value;
    }
    // The part stands still with something else. While DQ7 denies that it is done, that is only
    // believed when the operation must be over: the toggle could be hidden by an even number of
    // read cycles per read.
    const bool done_by_dq7 = ((previous ^ expected) & 0x80) == 0;
    const bool overdue = before - start > times.settle + times.maximum;
    if (equal_reads >= kSettledReads && (done_by_dq7 || overdue)) return Ok();
    // Judged by the time before the look, so that a thread that was held up does not give up on a
    // part that it has not looked at since.
    if (before - start > limit) break;
    const Nanos now = clock.Monotonic();
    if (!spin) {
      clock.SleepFor(step);
    } else if (now == before) {
      // Reading costs nothing on this clock: move it, first to when the part should be done.
      clock.SleepFor(std::max(times.settle + times.typical - (now - start), step));
    }
  }
  return DeadlineExceeded("CHIP_TIMEOUT", "the flash chip stays busy")
      .With("address", fmt::format("{:06x}", address))
      .With("last_read", fmt::format("{:02x}{:02x}", seen[0], seen[1]))
      .WithRemedy("power cycle the drive and start again; if it happens again the chip is worn");
}

}  // namespace firmbench::chips
