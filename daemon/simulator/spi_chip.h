// SPDX-License-Identifier: Apache-2.0
#pragma once

// A serial NOR flash chip at its pins: it is selected, sees bytes with their time, and behaves as
// its row says (drive-protocols 1.4 and 4.4 [C]; timings 4.3 [R]). Programs bits 1 to 0 only, wraps
// inside a page, erases whole units, is busy for its typical time, honours write enable and block
// protection, forgets everything but its array and its protection bits when power goes. Knows
// nothing of the algorithms that drive it. Under the drive's lock.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/simulator/write_watch.h"

namespace firmbench::simulator {

// All that a serial chip remembers besides its array. Plain: can be copied, and kept in a file.
struct SpiChipState {
  enum class Work : uint8_t { kNone, kProgram, kErase, kStatus };

  uint8_t protection = 0;  // BP bits and SRWD; non-volatile unless the row says otherwise
  bool wp_low = false;     // the WP pin as the board ties it
  bool write_enabled = false;
  bool status_enabled = false;  // EWSR was the last command
  bool aai = false;             // an AAI program is open
  bool deep_sleep = false;
  Work work = Work::kNone;  // the internal operation of `busy_until`
  uint32_t aai_next = 0;
  uint32_t work_start = 0;  // what the work changes
  uint32_t work_bytes = 0;
  int64_t work_began = 0;
  int64_t busy_until = 0;
  std::array<uint8_t, chips::kSpiPageBytes> before{};  // the page as it was before the work
};
static_assert(std::is_trivially_copyable_v<SpiChipState>);

class SpiChip {
 public:
  // Borrows all of them; `array` has row.size_bytes.
  SpiChip(const chips::SpiRow& row, std::span<uint8_t> array, SpiChipState& state,
          WriteWatch& watch);

  const chips::SpiRow& row() const { return row_; }
  ByteView array() const { return array_; }
  const SpiChipState& state() const { return state_; }

  // The chip is selected at `now`, takes and gives a byte at a time, and acts on what it was told
  // when it is deselected. Times are nanoseconds on the drive's clock and never go back.
  void Select(int64_t now);
  // One byte in both directions. What comes out while a command is still coming in is FF: nobody
  // drives the line.
  uint8_t Exchange(uint8_t in);
  void Deselect(int64_t now);

  // Power goes at `now`: the work under way stops half done.
  void CutPower(int64_t now);
  void TieWp(bool low) { state_.wp_low = low; }

  // What the unit that is being erased held before; for a drive that is taken over.
  ByteView erasing() const { return erase_before_; }
  void SetErasing(Bytes before) { erase_before_ = std::move(before); }

  uint64_t bytes_programmed() const { return bytes_programmed_; }
  uint64_t erases() const { return erases_; }

 private:
  struct Unit {
    uint32_t start = 0;
    uint32_t bytes = 0;
  };

  bool Busy() const { return selected_at_ < state_.busy_until; }
  uint8_t StatusRegister() const;
  uint8_t Answer();
  uint8_t IdByte(uint32_t index) const;
  bool Protected(uint32_t address, uint32_t bytes) const;
  bool MayWrite() const { return state_.write_enabled && !Busy(); }
  void Act(int64_t now);
  void ActInAai(int64_t now);
  void WriteStatus(int64_t now);
  void Program(int64_t now);
  void StartAai(uint32_t step, int64_t now);
  void AaiStep(ByteView data, int64_t now);
  void ProgramCells(uint32_t start, ByteView data, int64_t now);
  bool TryErase(int64_t now);
  void Erase(const Unit& unit, Nanos duration, int64_t now);
  void Begin(SpiChipState::Work work, const Unit& unit, Nanos duration, int64_t now);
  std::optional<Unit> UnitAt(const chips::EraseMethod& method, uint32_t address) const;
  void LeaveHalfDone(int64_t now);

  const chips::SpiRow& row_;
  std::span<uint8_t> array_;
  SpiChipState& state_;
  WriteWatch& watch_;
  const uint32_t mask_;
  // The transaction under way.
  bool selected_ = false;
  int64_t selected_at_ = 0;
  uint32_t count_ = 0;                                // bytes taken since the select
  std::array<uint8_t, 6> head_{};                     // the first of them
  std::array<uint8_t, chips::kSpiPageBytes> page_{};  // data of 02, wrapped inside the page
  uint32_t loaded_ = 0;                               // bytes of data of 02
  Bytes erase_before_;                                // the unit being erased, as it was
  uint64_t bytes_programmed_ = 0;
  uint64_t erases_ = 0;
};

}  // namespace firmbench::simulator
