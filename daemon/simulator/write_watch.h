// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every memory of a drive reports its writes to: the count of destructive commands, and the
// fault that drops writes. Under the drive's lock.

#include <cstdint>

namespace firmbench::simulator {

struct WriteWatch {
  uint64_t destructive = 0;  // cycles that erased or programmed, or would have
  uint64_t early = 0;        // of these, before the start of a write was announced
  uint64_t begun = 0;        // writes whose work inside the memory has begun
  bool announced = false;
  uint32_t drop_next = 0;  // so many writes will be reported good and change nothing

  void Note() {
    ++destructive;
    if (!announced) ++early;
  }
  // Counts a write that begins now; true when it has to be dropped.
  bool Begin() {
    ++begun;
    if (drop_next == 0) return false;
    --drop_next;
    return true;
  }
};

}  // namespace firmbench::simulator
