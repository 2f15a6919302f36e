// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/chips/fake_chip.h"

namespace firmbench::chips {

Status FakeChip::Read(uint32_t address, std::span<uint8_t> out) {
  for (uint8_t& byte : out) byte = ReadCycle(address++);
  return Ok();
}

Status FakeChip::ReadRepeated(uint32_t address, std::span<uint8_t> out) {
  for (uint8_t& byte : out) byte = ReadCycle(address);
  return Ok();
}

Status FakeChip::Write(std::span<const BusWrite> cycles) {
  ++write_calls;
  if (write_calls == fail_write_call) return Unavailable("CABLE_PULLED", "the cable was pulled");
  for (const BusWrite& cycle : cycles) {
    ++write_cycles;
    if (delay) fake_clock.SleepFor(delay(write_cycles));
    fake_clock.SleepFor(write_cycle);
    WriteCycle(cycle.address, cycle.data);
  }
  return Ok();
}

uint8_t FakeChip::ReadCycle(uint32_t address) {
  fake_clock.SleepFor(read_cycle);
  ++read_cycles;
  FinishDueWork();
  if (address >= memory.size()) return 0xFF;
  if (Busy()) {
    toggle_ = !toggle_;
    return static_cast<uint8_t>((~busy_data_ & 0x80) | (toggle_ ? 0x40 : 0x00));
  }
  const uint8_t value = in_id_mode ? IdByte(address) : memory[address];
  return read_cycles == noisy_read ? value ^ 0x10 : value;
}

uint8_t FakeChip::IdByte(uint32_t address) const {
  const bool second_code = (address & 0x100) != 0;
  auto byte_of = [&](uint16_t id) {
    if (id <= 0xFF) return static_cast<uint8_t>(id);
    return static_cast<uint8_t>(second_code ? id : id >> 8);
  };
  if (ids_read) return static_cast<uint8_t>((address & 1) == 0 ? *ids_read >> 8 : *ids_read);
  if (unstable_ids) return static_cast<uint8_t>(read_cycles * 37);
  switch (address & 3) {
    case 0:
      return byte_of(row.manufacturer);
    case 1:
      return byte_of(row.device);
    default:
      return 0x00;  // not protected
  }
}

void FakeChip::FinishDueWork() {
  if (loaded_.empty() || fake_clock.Monotonic() - last_cycle_ <= row.timings.load_window) return;
  // The window has passed: the page is erased and written, what was not loaded becomes FF.
  const uint32_t page = loaded_.begin()->first / row.page_bytes * row.page_bytes;
  const uint8_t last = loaded_.rbegin()->second;
  programmed_pages.push_back(page / 256);
  if (!Locked(page)) {
    std::fill_n(memory.begin() + page, row.page_bytes, 0xFF);
    for (const auto& [address, data] : loaded_) {
      auto failing = failing_bytes.find(address);
      if (failing != failing_bytes.end() && failing->second-- > 0) continue;
      memory[address] = data;
    }
  }
  loaded_.clear();
  busy_until_ = last_cycle_ + row.timings.load_window + row.timings.program_typical;
  busy_total += row.timings.program_typical;
  if (stuck_busy) busy_until_ = Nanos::max();
  busy_data_ = last;
}

void FakeChip::StartBusy(Nanos duration, uint8_t last_data) {
  busy_until_ = stuck_busy ? Nanos::max() : fake_clock.Monotonic() + duration;
  busy_total += duration;
  busy_data_ = last_data;
}

void FakeChip::WriteCycle(uint32_t address, uint8_t data) {
  FinishDueWork();
  const Nanos gap = fake_clock.Monotonic() - last_cycle_;
  last_cycle_ = fake_clock.Monotonic();
  // What exceeded its time limit waits for a reset (AMD class).
  if (stuck_busy && data == 0xF0 && !row.page_write()) busy_until_ = Nanos{0};
  if (dead || Busy() || address >= memory.size()) return;
  if (row.page_write() && gap > row.timings.load_window) {
    // Command cycles too have to come inside the window.
    step_ = 0;
    erase_armed_ = program_armed_ = false;
  }
  if (!loaded_.empty()) return LoadByte(address, data);
  if (program_armed_) {
    program_armed_ = false;
    return row.page_write() ? LoadByte(address, data) : ProgramByte(address, data);
  }
  if (step_ == 2) return Command(address, data);
  if (FeedUnlock(address, data)) return;
  if (row.page_write() && !protection_on) return LoadByte(address, data);
  if (!row.page_write() && data == 0xF0) in_id_mode = false;
}

// True when the cycle is the next one of AA, 55.
bool FakeChip::FeedUnlock(uint32_t address, uint8_t data) {
  uint32_t mask = 0x7FFF, first = 0x5555, second = 0x2AAA;
  if (row.unlock == UnlockAddresses::k555_2Aa) mask = 0x7FF, first = 0x555, second = 0x2AA;
  if (row.unlock == UnlockAddresses::kAaa_555) mask = 0xFFF, first = 0xAAA, second = 0x555;
  if (step_ == 0 && data == 0xAA && (address & mask) == first) {
    step_ = 1;
    return true;
  }
  if (step_ == 1 && data == 0x55 && (address & mask) == second) {
    step_ = 2;
    return true;
  }
  step_ = 0;
  erase_armed_ = false;
  return false;
}

void FakeChip::Command(uint32_t address, uint8_t data) {
  step_ = 0;
  const bool erase = erase_armed_;
  erase_armed_ = false;
  if (erase) return Erase(address, data);
  switch (data) {
    case 0x90:
      in_id_mode = true;
      break;
    case 0xF0:
      in_id_mode = in_id_mode && ignores_long_exit;
      break;
    case 0xA0:
      program_armed_ = true;
      break;
    case 0x80:
      erase_armed_ = true;
      break;
    default:
      break;
  }
}

void FakeChip::ProgramByte(uint32_t address, uint8_t data) {
  auto failing = failing_bytes.find(address);
  const bool fails = failing != failing_bytes.end() && failing->second > 0;
  if (fails) --failing->second;
  if (!fails && !Locked(address)) memory[address] &= data;
  programmed_pages.push_back(address / 256);
  StartBusy(row.timings.program_typical, data);
}

void FakeChip::LoadByte(uint32_t address, uint8_t data) {
  if (!loaded_.empty() && loaded_.begin()->first / row.page_bytes != address / row.page_bytes) {
    return;
  }
  loaded_[address] = data;
}

void FakeChip::Erase(uint32_t address, uint8_t command) {
  for (const EraseMethod& method : row.erase) {
    if (method.command != command) continue;
    uint32_t from = 0;
    for (const EraseBlock& block : method.layout) {
      for (uint32_t i = 0; i < block.count; ++i, from += block.unit_bytes) {
        const bool chosen =
            method.whole_chip || (address >= from && address - from < block.unit_bytes);
        if (chosen) EraseRange(from, block.unit_bytes);
      }
    }
    erased_at.push_back(method.whole_chip ? row.size_bytes : address);
    StartBusy(method.typical, 0xFF);
    return;
  }
}

void FakeChip::EraseRange(uint32_t from, uint32_t length) {
  const bool fails = failing_erases > 0;
  failing_erases -= fails;
  const uint8_t survivor = memory[from];
  for (uint32_t i = from; i < from + length; ++i) {
    if (!Locked(i)) memory[i] = 0xFF;
  }
  if (fails) memory[from] = survivor & 0x7F;
}

}  // namespace firmbench::chips
