// SPDX-License-Identifier: Apache-2.0
// What a flash chip is left as when its power fails, or when its host falls asleep. Datasheets only
// say that the unit's contents are then undefined; the phases are how such cells work [R].
#include <algorithm>

#include "daemon/simulator/flash_chip.h"
#include "daemon/simulator/random.h"

namespace firmbench::simulator {
namespace {

// Each bit is that of `a` or that of `b`, as chance has it.
uint8_t Mix(Random& chance, uint8_t a, uint8_t b) {
  const uint8_t from_a = chance.NextByte();
  return static_cast<uint8_t>((a & from_a) | (b & ~from_a));
}

}  // namespace

void FlashChip::HoldUp(int64_t now) {
  if (!page_part_ || !InSequence()) return;
  const int64_t long_ago = now - window_ns_ - 1;
  state_.last_cycle = std::min(state_.last_cycle, long_ago);
  state_.last_load = std::min(state_.last_load, long_ago);
  Settle(now);
}

// A byte is programmed bit by bit. A page is erased, then programmed. A sector is first programmed
// to 00 throughout, so that no cell is erased more than another, then erased.
void FlashChip::LeaveHalfDone(int64_t now) {
  constexpr int64_t kErasePreprogram = 3;  // a third of the time
  const int64_t total = state_.busy_until - state_.work_began;
  const int64_t done = std::max<int64_t>(now - state_.work_began, 0);
  Random chance(static_cast<uint64_t>(now));
  for (uint32_t i = 0; i < state_.work_bytes; ++i) {
    uint8_t& cell = array_[state_.work_start + i];
    const uint8_t final = cell;
    if (Locked(state_.work_start + i)) continue;
    if (state_.work == ChipState::Work::kProgramByte) {
      cell = Mix(chance, state_.before[i], final);
    } else if (state_.work == ChipState::Work::kWritePage) {
      const bool erasing = done * 2 <= total;
      cell = Mix(chance, erasing ? state_.before[i] : final, 0xff);
    } else {
      const bool preprogramming = done * kErasePreprogram < total;
      cell = Mix(chance, preprogramming ? erase_before_[i] : uint8_t{0xff}, 0x00);
    }
  }
  if (defective_) ApplyStuckBits({state_.work_start, state_.work_bytes});
}

void FlashChip::CutPower(int64_t now) {
  Settle(now);
  const bool known =
      state_.work != ChipState::Work::kErase || erase_before_.size() == state_.work_bytes;
  if (now < state_.busy_until && state_.work != ChipState::Work::kNone && known) {
    LeaveHalfDone(now);
  }
  ChipState fresh;
  fresh.sdp = state_.sdp;
  fresh.boot_locked_low = state_.boot_locked_low;
  fresh.boot_locked_high = state_.boot_locked_high;
  state_ = fresh;
}

}  // namespace firmbench::simulator
