// SPDX-License-Identifier: Apache-2.0
#pragma once

// A parallel NOR flash chip at its pins: it sees write and read cycles with their time and behaves
// as its row says (drive-protocols 4.2, 9.3 [C]; timings 4.3 [R]). Programs bits 1 to 0 only,
// erases whole units, is busy for its typical time, forgets everything but its array and its
// protection bits when power goes. Knows nothing of the algorithms that drive it. Under the
// drive's lock; cycles are inline because a full write is millions of them.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/chips/rows/row.h"
#include "daemon/simulator/defects.h"
#include "daemon/simulator/write_watch.h"

namespace firmbench::simulator {

// Largest page of any page-write part (256 bytes today).
inline constexpr uint32_t kMaxPageBytes = 512;

// All that a chip remembers besides its array. Plain: can be copied, and kept in a file.
struct ChipState {
  enum class Decode : uint8_t {
    kIdle,
    kUnlock1,   // AA seen
    kUnlock2,   // 55 seen, the command comes
    kProgram,   // A0 seen, byte part: the data comes
    kOpenPage,  // A0 seen, page part: the first load comes
    kErase,     // 80 seen
    kErase1,    // second AA seen
    kErase2,    // second 55 seen, the erase command comes
    kLockBoot,  // 40 seen, page part: the block's address comes
  };
  enum class Work : uint8_t { kNone, kProgramByte, kWritePage, kErase };

  Decode decode = Decode::kIdle;
  bool id_mode = false;
  bool sdp = true;                // software data protection; non-volatile
  bool boot_locked_low = false;   // non-volatile
  bool boot_locked_high = false;  // non-volatile
  bool loading = false;           // a page's load window is open
  bool load_counted = false;      // ... and it was counted as destructive
  Work work = Work::kNone;        // the internal operation of `busy_until`
  uint8_t busy_dq7 = 0;           // bit 7 as a read during the work shows it
  uint8_t busy_dq6 = 0;           // toggles
  uint32_t work_start = 0;        // what the work changes
  uint32_t work_bytes = 0;
  uint32_t page_base = 0;
  uint32_t cycles = 0;  // write cycles of the sequence under way, loads included; 0: none is
  int64_t last_cycle = 0;
  int64_t last_load = 0;
  int64_t work_began = 0;
  int64_t busy_until = 0;
  std::array<uint8_t, kMaxPageBytes> page{};    // being loaded; FF where nothing was
  std::array<uint8_t, kMaxPageBytes> before{};  // page or byte as it was before the work
};
static_assert(std::is_trivially_copyable_v<ChipState>);

class FlashChip {
 public:
  // Borrows all of them; `array` has row.size_bytes, a power of two. `row` must not be of the
  // kSst28Sector kind, and its page at most kMaxPageBytes: see Supports.
  FlashChip(const chips::ChipRow& row, std::span<uint8_t> array, ChipState& state,
            WriteWatch& watch);
  static bool Supports(const chips::ChipRow& row);

  const chips::ChipRow& row() const { return row_; }
  uint32_t size() const { return mask_ + 1; }
  ByteView array() const { return array_; }
  const ChipState& state() const { return state_; }

  // One write cycle at `now`. Times are nanoseconds on the drive's clock and never go back.
  void Write(uint32_t address, uint8_t data, int64_t now) {
    address &= mask_;
    if (page_part_) {
      WritePagePart(address, data, now);
      return;
    }
    CountCycle();
    if (now < state_.busy_until) return;  // a busy chip does not listen
    using Decode = ChipState::Decode;
    switch (state_.decode) {
      case Decode::kIdle:
        if (data == 0xaa && (address & unlock_mask_) == unlock1_) {
          state_.decode = Decode::kUnlock1;
        } else {
          WrongCycle();
        }
        return;
      case Decode::kUnlock1:
        if (data == 0x55 && (address & unlock_mask_) == unlock2_) {
          state_.decode = Decode::kUnlock2;
        } else {
          WrongCycle();
        }
        return;
      case Decode::kUnlock2:
        if (data == 0xa0 && (address & unlock_mask_) == unlock1_) {
          state_.decode = Decode::kProgram;
        } else {
          UnlockedCommand(address, data);
        }
        return;
      case Decode::kProgram:
        ProgramByte(address, data, now);
        return;
      default:
        EraseSequence(address, data, now);
        return;
    }
  }

  // One read cycle at `now`. `source` is what the array is read from: the array itself, or an
  // older copy of it.
  uint8_t Read(uint32_t address, int64_t now, const uint8_t* source) {
    address &= mask_;
    if (state_.loading) Settle(now);
    if (now < state_.busy_until || state_.loading) return BusyByte();
    if (state_.id_mode) return IdByte(address);
    return source[address];
  }
  uint8_t Read(uint32_t address, int64_t now) { return Read(address, now, array_.data()); }

  // Brings the chip up to `now`: a load window that has run out becomes a page write.
  void Settle(int64_t now) {
    if (state_.loading && now - state_.last_load > window_ns_) CommitPage();
  }

  // True when a read at `now` would show the array: neither at work nor in id mode.
  bool ShowsArray(int64_t now) {
    Settle(now);
    return now >= state_.busy_until && !state_.loading && !state_.id_mode;
  }

  // A command is half sent, or a page half loaded.
  bool InSequence() const { return state_.loading || state_.decode != ChipState::Decode::kIdle; }
  // Write cycles that the sequence under way has had so far, from its first unlock cycle; 0 when
  // none is.
  uint32_t CyclesInSequence() const { return InSequence() ? state_.cycles : 0; }

  // As if the host had been held up until now for longer than the load window, in a page's load or
  // on the way to it. Nothing on a byte part, which waits for ever.
  void HoldUp(int64_t now);

  // Power goes at `now`: the work under way stops half done (flash_power.cc says how).
  void CutPower(int64_t now);
  // A page's load under way becomes its write now, without another byte, at its due time.
  void CloseLoad() {
    if (state_.loading) CommitPage();
  }
  // What the unit that is being erased held before; empty when none is being erased.
  ByteView erasing() const {
    return state_.work == ChipState::Work::kErase ? ByteView(erase_before_) : ByteView();
  }
  void SetErasing(Bytes before) { erase_before_ = std::move(before); }

  void SetDefects(ChipDefects defects);

  uint64_t bytes_programmed() const { return bytes_programmed_; }
  uint64_t page_writes() const { return page_writes_; }
  uint64_t erases() const { return erases_; }
  // Erase cycles of the smallest erase unit that holds `address`; page parts: of its page.
  uint32_t Cycles(uint32_t address) const;

 private:
  struct Unit {
    uint32_t start = 0;
    uint32_t bytes = 0;
  };

  void ProgramByte(uint32_t address, uint8_t data, int64_t now) {
    state_.decode = ChipState::Decode::kIdle;
    watch_.Note();
    ++bytes_programmed_;
    uint8_t& cell = array_[address];
    state_.before[0] = cell;
    if (!watch_.Begin()) {
      cell &= data;
      if (defective_) ApplyStuckBits({address, 1});
    }
    state_.work = ChipState::Work::kProgramByte;
    state_.work_start = address;
    state_.work_bytes = 1;
    state_.work_began = now;
    state_.busy_until = now + program_ns_;
    state_.busy_dq7 = static_cast<uint8_t>(~data & 0x80);
  }
  uint8_t BusyByte() {
    state_.busy_dq6 ^= 0x40;
    return state_.busy_dq7 | state_.busy_dq6;
  }
  bool At1(uint32_t address) const { return (address & unlock_mask_) == unlock1_; }
  bool At2(uint32_t address) const { return (address & unlock_mask_) == unlock2_; }

  void CountCycle() { state_.cycles = InSequence() ? state_.cycles + 1 : 1; }
  void WrongCycle();
  void UnlockedCommand(uint32_t address, uint8_t data);
  void EraseSequence(uint32_t address, uint8_t data, int64_t now);
  void Erase(uint8_t command, uint32_t address, int64_t now);
  void EraseUnit(const Unit& unit, Nanos duration, int64_t now);
  void WritePagePart(uint32_t address, uint8_t data, int64_t now);
  bool DecodePageCommand(uint32_t address, uint8_t data, int64_t now);
  bool ActOnPageCommand(uint32_t address, uint8_t data);
  void ActOnPageErase(uint32_t address, uint8_t data, int64_t now);
  void LockBoot(uint32_t address, uint8_t data);
  void Load(uint32_t address, uint8_t data, int64_t now);
  void CommitPage();
  bool Locked(uint32_t address) const;
  uint8_t IdByte(uint32_t address) const;
  void LeaveHalfDone(int64_t now);
  void ApplyStuckBits(const Unit& unit);
  void Wear(const Unit& unit);
  bool Weak(const Unit& unit) const;
  std::optional<Unit> UnitAt(const chips::EraseMethod& method, uint32_t address) const;
  uint32_t SmallestUnit() const;

  const chips::ChipRow& row_;
  std::span<uint8_t> array_;
  ChipState& state_;
  WriteWatch& watch_;
  const uint32_t mask_;
  const bool page_part_;
  uint32_t unlock_mask_ = 0;
  uint32_t unlock1_ = 0;
  uint32_t unlock2_ = 0;
  const int64_t program_ns_;
  const int64_t window_ns_;
  bool defective_ = false;
  ChipDefects defects_;
  Bytes erase_before_;            // the unit being erased, as it was
  std::vector<uint32_t> cycles_;  // per smallest erase unit
  uint64_t bytes_programmed_ = 0;
  uint64_t page_writes_ = 0;
  uint64_t erases_ = 0;
};

}  // namespace firmbench::simulator
