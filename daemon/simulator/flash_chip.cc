// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/flash_chip.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "daemon/simulator/random.h"

namespace firmbench::simulator {
namespace {

using Decode = ChipState::Decode;
using Work = ChipState::Work;

struct UnlockPattern {
  uint32_t mask = 0;
  uint32_t first = 0;
  uint32_t second = 0;
};

// drive-protocols 4.2: some parts compare fewer address bits.
UnlockPattern PatternOf(chips::UnlockAddresses addresses) {
  switch (addresses) {
    case chips::UnlockAddresses::k5555_2Aaa:
      return {0x7fff, 0x5555, 0x2aaa};
    case chips::UnlockAddresses::k555_2Aa:
      return {0x7ff, 0x555, 0x2aa};
    case chips::UnlockAddresses::kAaa_555:
      return {0xfff, 0xaaa, 0x555};
  }
  return {};
}

}  // namespace

FlashChip::FlashChip(const chips::ChipRow& row, std::span<uint8_t> array, ChipState& state,
                     WriteWatch& watch)
    : row_(row),
      array_(array),
      state_(state),
      watch_(watch),
      mask_(row.size_bytes - 1),
      page_part_(row.page_write()),
      program_ns_(row.timings.program_typical.count()),
      window_ns_(row.timings.load_window.count()) {
  FB_CHECK(Supports(row) && array.size() == row.size_bytes);
  const UnlockPattern pattern = PatternOf(row.unlock);
  // A part compares only the address lines that it has.
  unlock_mask_ = pattern.mask & mask_;
  unlock1_ = pattern.first & mask_;
  unlock2_ = pattern.second & mask_;
  cycles_.resize(row.size_bytes / SmallestUnit());
}

bool FlashChip::Supports(const chips::ChipRow& row) {
  if (row.program == chips::ProgramMethod::kSst28Sector) return false;
  if (!std::has_single_bit(row.size_bytes)) return false;
  if (!row.page_write()) return true;
  return std::has_single_bit(row.page_bytes) && row.page_bytes <= kMaxPageBytes;
}

// A cycle that fits no sequence brings the chip back to reading its array. Parts that need the
// long exit stay in id mode (drive-protocols 4.2).
void FlashChip::WrongCycle() {
  state_.decode = Decode::kIdle;
  if (row_.id_exit == chips::IdExit::kShortF0) state_.id_mode = false;
}

void FlashChip::UnlockedCommand(uint32_t address, uint8_t data) {
  if (!At1(address)) {
    WrongCycle();
  } else if (data == 0x90) {
    state_.decode = Decode::kIdle;
    state_.id_mode = true;
  } else if (data == 0x80) {
    state_.decode = Decode::kErase;
  } else if (data == 0xf0) {
    state_.decode = Decode::kIdle;
    state_.id_mode = false;
  } else {
    WrongCycle();
  }
}

void FlashChip::EraseSequence(uint32_t address, uint8_t data, int64_t now) {
  if (state_.decode == Decode::kErase && data == 0xaa && At1(address)) {
    state_.decode = Decode::kErase1;
  } else if (state_.decode == Decode::kErase1 && data == 0x55 && At2(address)) {
    state_.decode = Decode::kErase2;
  } else if (state_.decode == Decode::kErase2) {
    state_.decode = Decode::kIdle;
    Erase(data, address, now);
  } else {
    WrongCycle();
  }
}

void FlashChip::Erase(uint8_t command, uint32_t address, int64_t now) {
  for (const chips::EraseMethod& method : row_.erase) {
    if (method.command != command) continue;
    if (method.whole_chip) {
      // The sixth cycle of a chip erase carries the unlock address; a sector erase that shares
      // its code (there is none in the table) would be told apart by that.
      if (!At1(address)) continue;
      EraseUnit({0, row_.size_bytes}, method.typical, now);
      return;
    }
    if (const std::optional<Unit> unit = UnitAt(method, address)) {
      EraseUnit(*unit, method.typical, now);
      return;
    }
  }
  WrongCycle();
}

void FlashChip::EraseUnit(const Unit& unit, Nanos duration, int64_t now) {
  watch_.Note();
  ++erases_;
  const std::span<uint8_t> bytes = array_.subspan(unit.start, unit.bytes);
  erase_before_.assign(bytes.begin(), bytes.end());
  const bool dropped = watch_.Begin();
  if (!dropped) {
    Wear(unit);
    for (uint32_t i = 0; i < unit.bytes; ++i) {
      if (!Locked(unit.start + i)) bytes[i] = 0xff;
    }
    if (Weak(unit)) {
      // A few cells of a weak unit keep some of their charge.
      Random random(unit.start + cycles_[unit.start / SmallestUnit()]);
      for (int i = 0; i < 4; ++i) {
        bytes[random.Next() % unit.bytes] &= static_cast<uint8_t>(~(1u << random.Next() % 8));
      }
    }
    if (defective_) ApplyStuckBits(unit);
  }
  state_.work = dropped ? Work::kNone : Work::kErase;
  state_.work_start = unit.start;
  state_.work_bytes = unit.bytes;
  state_.work_began = now;
  state_.busy_until = now + duration.count();
  state_.busy_dq7 = 0;  // the bit that will be read is 1
}

// Page-write parts: W29C, AT29C, SST29EE. A write cycle is the next step of a command, or a load of
// the open page, or both until it is clear which: without software data protection any write
// opens a page, also the first cycle of a command that never gets its third.
void FlashChip::WritePagePart(uint32_t address, uint8_t data, int64_t now) {
  Settle(now);
  if (now < state_.busy_until) return;
  if (state_.decode != Decode::kIdle && now - state_.last_cycle > window_ns_) {
    state_.decode = Decode::kIdle;
  }
  CountCycle();
  state_.last_cycle = now;
  if (state_.loading && state_.decode == Decode::kIdle) {
    Load(address, data, now);
    return;
  }
  if (state_.decode == Decode::kOpenPage) {
    state_.decode = Decode::kIdle;
    Load(address, data, now);
    return;
  }
  if (DecodePageCommand(address, data, now)) return;
  if (!state_.sdp) Load(address, data, now);
}

// True when the cycle was the end of a command, or a step that cannot be a load as well.
bool FlashChip::DecodePageCommand(uint32_t address, uint8_t data, int64_t now) {
  switch (state_.decode) {
    case Decode::kIdle:
      if (data == 0xaa && At1(address)) state_.decode = Decode::kUnlock1;
      return false;
    case Decode::kUnlock1:
      state_.decode = data == 0x55 && At2(address) ? Decode::kUnlock2 : Decode::kIdle;
      return false;
    case Decode::kUnlock2:
      state_.decode = Decode::kIdle;
      return At1(address) && ActOnPageCommand(address, data);
    case Decode::kErase:
      state_.decode = data == 0xaa && At1(address) ? Decode::kErase1 : Decode::kIdle;
      return true;
    case Decode::kErase1:
      state_.decode = data == 0x55 && At2(address) ? Decode::kErase2 : Decode::kIdle;
      return true;
    case Decode::kErase2:
      state_.decode = Decode::kIdle;
      ActOnPageErase(address, data, now);
      return true;
    case Decode::kLockBoot:
      state_.decode = Decode::kIdle;
      LockBoot(address, data);
      return true;
    default:
      return false;
  }
}

bool FlashChip::ActOnPageCommand(uint32_t /*address*/, uint8_t data) {
  switch (data) {
    case 0xa0:
      state_.sdp = true;
      state_.decode = Decode::kOpenPage;
      break;
    case 0x80:
      state_.decode = Decode::kErase;
      break;
    case 0x90:
      state_.id_mode = true;
      break;
    case 0xf0:
      state_.id_mode = false;
      break;
    default:
      return false;
  }
  state_.loading = false;  // the two unlock cycles were no loads after all
  return true;
}

void FlashChip::ActOnPageErase(uint32_t address, uint8_t data, int64_t now) {
  if (!At1(address)) return;
  if (data == 0x20) {  // software data protection off [R]
    state_.sdp = false;
    state_.work = Work::kNone;
    state_.work_began = now;
    state_.busy_until = now + program_ns_;
  } else if (data == 0x60) {  // the six-cycle way into id mode [R]
    state_.id_mode = true;
  } else if (data == 0x40 && row_.boot_block_bytes != 0) {
    state_.decode = Decode::kLockBoot;
  } else {
    Erase(data, address, now);
  }
}

// W29C: after AA/55/80/AA/55/40, data 00 at 0 locks the lower block for ever, FF at the last
// address the upper [R].
void FlashChip::LockBoot(uint32_t address, uint8_t data) {
  const bool low = address == 0 && data == 0x00;
  const bool high = address == mask_ && data == 0xff;
  if (!low && !high) return;
  watch_.Note();
  if (watch_.Begin()) return;
  state_.boot_locked_low |= low;
  state_.boot_locked_high |= high;
}

void FlashChip::Load(uint32_t address, uint8_t data, int64_t now) {
  const uint32_t in_page = row_.page_bytes - 1;
  if (!state_.loading) {
    state_.loading = true;
    state_.load_counted = false;
    state_.page_base = address & ~in_page;  // the page's address is latched once [R]
    state_.page.fill(0xff);
  }
  if (!state_.load_counted && state_.decode == Decode::kIdle) {
    state_.load_counted = true;
    watch_.Note();
  }
  state_.page[address & in_page] = data;
  state_.last_load = now;
  state_.busy_dq7 = static_cast<uint8_t>(~data & 0x80);
}

// The load window ran out: the page is erased and written in one go, and what was not loaded
// becomes FF [R].
void FlashChip::CommitPage() {
  state_.loading = false;
  state_.decode = Decode::kIdle;
  if (!state_.load_counted) watch_.Note();
  const Unit page{state_.page_base, row_.page_bytes};
  if (Locked(page.start)) return;
  ++page_writes_;
  uint8_t* cells = &array_[page.start];
  std::copy_n(cells, page.bytes, state_.before.begin());
  const bool dropped = watch_.Begin();
  if (!dropped) {
    Wear(page);
    std::copy_n(state_.page.begin(), page.bytes, cells);
    if (Weak(page)) cells[0] &= 0x7f;
    if (defective_) ApplyStuckBits(page);
  }
  state_.work = dropped ? Work::kNone : Work::kWritePage;
  state_.work_start = page.start;
  state_.work_bytes = page.bytes;
  state_.work_began = state_.last_load + window_ns_;
  state_.busy_until = state_.work_began + program_ns_;
}

bool FlashChip::Locked(uint32_t address) const {
  return (state_.boot_locked_low && address < row_.boot_block_bytes) ||
         (state_.boot_locked_high && address >= row_.size_bytes - row_.boot_block_bytes);
}

// Manufacturer at even, device at odd addresses; ids of two bytes show 7F first and the rest with
// A8 high (drive-protocols 4.1, 9.3 [C]). W29C shows its two lock bits at 00002 and 7FFF2 [R].
uint8_t FlashChip::IdByte(uint32_t address) const {
  if (row_.boot_block_bytes != 0) {
    if (address == 2) return state_.boot_locked_low ? 0xff : 0xfe;
    if (address == (mask_ & ~uint32_t{0xd})) return state_.boot_locked_high ? 0xff : 0xfe;
  }
  const uint16_t id = (address & 1) != 0 ? row_.device : row_.manufacturer;
  const bool first = (address & 0x100) == 0;
  return static_cast<uint8_t>(id > 0xff && first ? id >> 8 : id);
}

void FlashChip::SetDefects(ChipDefects defects) {
  defects_ = std::move(defects);
  std::erase_if(defects_.stuck_bits,
                [this](const ChipDefects::StuckBit& stuck) { return stuck.offset > mask_; });
  defective_ = !defects_.stuck_bits.empty();
  ApplyStuckBits({0, row_.size_bytes});
}

void FlashChip::ApplyStuckBits(const Unit& unit) {
  for (const ChipDefects::StuckBit& stuck : defects_.stuck_bits) {
    if (stuck.offset - unit.start >= unit.bytes) continue;
    const auto bit = static_cast<uint8_t>(1u << (stuck.bit & 7));
    uint8_t& cell = array_[stuck.offset];
    cell = static_cast<uint8_t>(stuck.value ? cell | bit : cell & ~bit);
  }
}

void FlashChip::Wear(const Unit& unit) {
  const uint32_t first = unit.start / SmallestUnit();
  const uint32_t last = (unit.start + unit.bytes - 1) / SmallestUnit();
  for (uint32_t i = first; i <= last && i < cycles_.size(); ++i) ++cycles_[i];
}

bool FlashChip::Weak(const Unit& unit) const {
  if (defects_.endurance != 0 && Cycles(unit.start) > defects_.endurance) return true;
  return std::any_of(defects_.weak_units.begin(), defects_.weak_units.end(),
                     [&unit](uint32_t at) { return at - unit.start < unit.bytes; });
}

uint32_t FlashChip::Cycles(uint32_t address) const {
  return cycles_[(address & mask_) / SmallestUnit()];
}

std::optional<FlashChip::Unit> FlashChip::UnitAt(const chips::EraseMethod& method,
                                                 uint32_t address) const {
  uint32_t start = 0;
  for (const chips::EraseBlock& block : method.layout) {
    const uint32_t bytes = block.unit_bytes * block.count;
    if (address - start < bytes) {
      return Unit{address - (address - start) % block.unit_bytes, block.unit_bytes};
    }
    start += bytes;
  }
  return std::nullopt;
}

uint32_t FlashChip::SmallestUnit() const {
  if (page_part_) return row_.page_bytes;
  uint32_t smallest = row_.size_bytes;
  for (const chips::EraseMethod& method : row_.erase) {
    for (const chips::EraseBlock& block : method.layout) {
      smallest = std::min(smallest, block.unit_bytes);
    }
  }
  return smallest;
}

}  // namespace firmbench::simulator
