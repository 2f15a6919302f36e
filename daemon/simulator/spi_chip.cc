// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/spi_chip.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "daemon/base/result.h"
#include "daemon/simulator/random.h"

namespace firmbench::simulator {
namespace {

using Work = SpiChipState::Work;
using chips::SpiProgram;
using chips::StatusWrite;

constexpr uint8_t kNobody = 0xff;  // a line that nobody drives, pulled up
constexpr uint8_t kAaiBit = 0x40;  // of SST parts' status register [R]
constexpr uint32_t kHeader = 4;    // a command and its address

// Each bit is that of `a` or that of `b`, as chance has it.
uint8_t Mix(Random& chance, uint8_t a, uint8_t b) {
  const uint8_t from_a = chance.NextByte();
  return static_cast<uint8_t>((a & from_a) | (b & ~from_a));
}

}  // namespace

SpiChip::SpiChip(const chips::SpiRow& row, std::span<uint8_t> array, SpiChipState& state,
                 WriteWatch& watch)
    : row_(row), array_(array), state_(state), watch_(watch), mask_(row.size_bytes - 1) {
  FB_CHECK(std::has_single_bit(row.size_bytes) && array.size() == row.size_bytes);
  if (row_.protected_at_power_up) state_.protection |= row_.protection_mask;
}

void SpiChip::Select(int64_t now) {
  selected_ = true;
  selected_at_ = now;
  count_ = 0;
  loaded_ = 0;
}

uint8_t SpiChip::Exchange(uint8_t in) {
  if (!selected_) return kNobody;
  const uint8_t out = count_ == 0 ? kNobody : Answer();
  if (count_ < head_.size()) head_[count_] = in;
  if (count_ >= kHeader && head_[0] == 0x02) {
    // More than a page: the first bytes are overwritten.
    page_[(head_[3] + loaded_) % page_.size()] = in;
    ++loaded_;
  }
  if (count_ != UINT32_MAX) ++count_;
  return out;
}

uint8_t SpiChip::StatusRegister() const {
  uint8_t status = state_.protection;
  if (Busy()) status |= chips::kSpiBusy;
  if (state_.write_enabled) status |= chips::kSpiWriteEnabled;
  if (state_.aai) status |= kAaiBit;
  return status;
}

// The byte that goes out while byte `count_` comes in.
uint8_t SpiChip::Answer() {
  if (state_.deep_sleep && head_[0] != 0xab) return kNobody;
  if (head_[0] == 0x05) return StatusRegister();
  if (Busy() || state_.aai) return kNobody;
  switch (head_[0]) {
    case 0x9f:
      return IdByte(count_ - 1);
    case 0x90:
      if (count_ < kHeader || !row_.answers_rems()) return kNobody;
      return ((count_ - kHeader + head_[3]) & 1) != 0 ? row_.rems_device : row_.rems_manufacturer;
    case 0xab:
      return count_ < kHeader || !row_.answers_rems() ? kNobody : row_.rems_device;
    case 0x03:
      if (count_ < kHeader) return kNobody;
      return array_[(LoadBe24(&head_[1]) + count_ - kHeader) & mask_];
    case 0x0b:  // fast read: one byte of nothing after the address
      if (count_ < kHeader + 1) return kNobody;
      return array_[(LoadBe24(&head_[1]) + count_ - kHeader - 1) & mask_];
    default:
      return kNobody;
  }
}

uint8_t SpiChip::IdByte(uint32_t index) const {
  const chips::JedecAnswer answer = chips::JedecAnswerOf(row_);
  return index < answer.count ? answer.bytes[index] : kNobody;
}

void SpiChip::Deselect(int64_t now) {
  if (!selected_) return;
  selected_ = false;
  if (count_ == 0 || Busy()) return;  // a busy chip only shows its status
  if (state_.deep_sleep) {
    if (head_[0] == 0xab) state_.deep_sleep = false;
    return;
  }
  if (state_.aai) {
    ActInAai(now);
  } else {
    Act(now);
  }
}

void SpiChip::Act(int64_t now) {
  const bool status_enabled = std::exchange(state_.status_enabled, false);
  switch (head_[0]) {
    case 0x06:
      if (count_ == 1) state_.write_enabled = true;
      return;
    case 0x04:
      state_.write_enabled = false;
      return;
    case 0x50:
      if (count_ == 1) state_.status_enabled = row_.status_write != StatusWrite::kWren;
      return;
    case 0x01: {
      const bool by_wren = row_.status_write != StatusWrite::kEwsr && state_.write_enabled;
      if (count_ == 2 && (by_wren || status_enabled)) WriteStatus(now);
      return;
    }
    case 0x02:
      if (MayWrite()) Program(now);
      return;
    case 0xaf:
      if (row_.program == SpiProgram::kAaiByte) StartAai(1, now);
      return;
    case 0xad:
      if (row_.program == SpiProgram::kAaiWord) StartAai(2, now);
      return;
    case 0xb9:
      state_.deep_sleep = row_.program == SpiProgram::kPage;
      return;
    default:
      TryErase(now);
      return;
  }
}

// While an AAI program is open the chip takes the next data, the end of it, and nothing else [R].
void SpiChip::ActInAai(int64_t now) {
  const uint32_t step = row_.program == SpiProgram::kAaiWord ? 2 : 1;
  const uint8_t command = step == 2 ? 0xad : 0xaf;
  if (head_[0] == 0x04) {
    state_.aai = false;
    state_.write_enabled = false;
  } else if (head_[0] == command && count_ == 1 + step) {
    AaiStep(ByteView(head_).subspan(1, step), now);
  }
}

void SpiChip::WriteStatus(int64_t now) {
  state_.write_enabled = false;
  if ((state_.protection & chips::kSpiStatusLocked) != 0 && state_.wp_low) return;
  watch_.Note();
  if (!watch_.Begin()) {
    state_.protection = head_[1] & (row_.protection_mask | chips::kSpiStatusLocked);
  }
  Begin(Work::kStatus, {}, row_.timings.status_typical, now);
}

// Which part of the array the bits protect: none, all, or from the top on a fraction that doubles
// with the bits' value, so that the largest values protect everything [R].
bool SpiChip::Protected(uint32_t address, uint32_t bytes) const {
  if (row_.protection_mask == 0) return false;
  const int shift = std::countr_zero(row_.protection_mask);
  const uint32_t level = (state_.protection & row_.protection_mask) >> shift;
  const uint32_t highest = uint32_t{row_.protection_mask} >> shift;
  if (level == 0) return false;
  const uint64_t open = row_.size_bytes - (uint64_t{row_.size_bytes} >> (highest - level));
  return address + uint64_t{bytes} > open;
}

void SpiChip::Program(int64_t now) {
  if (loaded_ == 0) return;
  const uint32_t address = LoadBe24(&head_[1]) & mask_;
  state_.write_enabled = false;
  if (row_.program != SpiProgram::kPage) {
    // One byte: what comes after it is not looked at.
    if (loaded_ != 1 || Protected(address, 1)) return;
    const uint8_t data = page_[head_[3]];
    ProgramCells(address, {&data, 1}, now);
    return;
  }
  const uint32_t start = address & ~(chips::kSpiPageBytes - 1);
  if (Protected(start, chips::kSpiPageBytes)) return;
  std::array<uint8_t, chips::kSpiPageBytes> data;
  data.fill(0xff);
  const uint32_t count = std::min<uint32_t>(loaded_, chips::kSpiPageBytes);
  for (uint32_t i = loaded_ - count; i < loaded_; ++i) {
    const uint32_t at = (head_[3] + i) % chips::kSpiPageBytes;
    data[at] = page_[at];
  }
  ProgramCells(start, data, now);
}

void SpiChip::StartAai(uint32_t step, int64_t now) {
  if (!MayWrite() || count_ != kHeader + step) return;
  state_.aai = true;
  state_.aai_next = LoadBe24(&head_[1]) & mask_ & ~(step - 1);
  AaiStep(ByteView(head_).subspan(kHeader, step), now);
}

void SpiChip::AaiStep(ByteView data, int64_t now) {
  const auto step = static_cast<uint32_t>(data.size());
  const uint32_t address = state_.aai_next;
  if (!Protected(address, step)) ProgramCells(address, data, now);
  state_.aai_next = (address + step) & mask_;
  // At the last address the program is over by itself [R].
  if (state_.aai_next == 0) {
    state_.aai = false;
    state_.write_enabled = false;
  }
}

void SpiChip::ProgramCells(uint32_t start, ByteView data, int64_t now) {
  watch_.Note();
  bytes_programmed_ += data.size();
  std::copy_n(&array_[start], data.size(), state_.before.begin());
  const bool dropped = watch_.Begin();
  for (size_t i = 0; i < data.size() && !dropped; ++i) array_[start + i] &= data[i];
  Begin(dropped ? Work::kNone : Work::kProgram, {start, static_cast<uint32_t>(data.size())},
        row_.timings.program_typical, now);
}

bool SpiChip::TryErase(int64_t now) {
  if (!MayWrite()) return false;
  for (const chips::EraseMethod& method : row_.erase) {
    if (method.command != head_[0]) continue;
    if (count_ != (method.whole_chip ? 1 : kHeader)) return false;
    const uint32_t address = method.whole_chip ? 0 : LoadBe24(&head_[1]) & mask_;
    const std::optional<Unit> unit = UnitAt(method, address);
    if (!unit) return false;
    state_.write_enabled = false;
    if (Protected(unit->start, unit->bytes)) return false;
    Erase(*unit, method.typical, now);
    return true;
  }
  return false;
}

void SpiChip::Erase(const Unit& unit, Nanos duration, int64_t now) {
  watch_.Note();
  ++erases_;
  const std::span<uint8_t> bytes = array_.subspan(unit.start, unit.bytes);
  erase_before_.assign(bytes.begin(), bytes.end());
  const bool dropped = watch_.Begin();
  if (!dropped) std::fill(bytes.begin(), bytes.end(), uint8_t{0xff});
  Begin(dropped ? Work::kNone : Work::kErase, unit, duration, now);
}

void SpiChip::Begin(Work work, const Unit& unit, Nanos duration, int64_t now) {
  state_.work = work;
  state_.work_start = unit.start;
  state_.work_bytes = unit.bytes;
  state_.work_began = now;
  state_.busy_until = now + duration.count();
}

std::optional<SpiChip::Unit> SpiChip::UnitAt(const chips::EraseMethod& method,
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

// As in flash_power.cc: bits are programmed one by one; a unit is first programmed to 00, then
// erased [R].
void SpiChip::LeaveHalfDone(int64_t now) {
  constexpr int64_t kErasePreprogram = 3;  // a third of the time
  const bool preprogramming =
      (now - state_.work_began) * kErasePreprogram < state_.busy_until - state_.work_began;
  Random chance(static_cast<uint64_t>(now));
  for (uint32_t i = 0; i < state_.work_bytes; ++i) {
    uint8_t& cell = array_[state_.work_start + i];
    if (state_.work == Work::kProgram) {
      cell = Mix(chance, state_.before[i], cell);
    } else {
      cell = Mix(chance, preprogramming ? erase_before_[i] : uint8_t{0xff}, 0x00);
    }
  }
}

void SpiChip::CutPower(int64_t now) {
  const bool erasing = state_.work == Work::kErase && erase_before_.size() == state_.work_bytes;
  if (now < state_.busy_until && (erasing || state_.work == Work::kProgram)) LeaveHalfDone(now);
  SpiChipState fresh;
  fresh.wp_low = state_.wp_low;
  fresh.protection = row_.protected_at_power_up ? row_.protection_mask : state_.protection;
  state_ = fresh;
  selected_ = false;
}

}  // namespace firmbench::simulator
