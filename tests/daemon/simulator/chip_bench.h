// SPDX-License-Identifier: Apache-2.0
#pragma once

// One chip on a table, with a clock of its own: cycles a microsecond apart.

#include <chrono>
#include <vector>

#include "daemon/chips/rows/row.h"
#include "daemon/simulator/flash_chip.h"

namespace firmbench::simulator {

constexpr int64_t Ns(Nanos duration) { return duration.count(); }

struct ChipBench {
  explicit ChipBench(const chips::ChipRow& chip_row)
      : row(chip_row), array(row.size_bytes, 0xff), chip(row, array, state, watch) {
    if (row.unlock == chips::UnlockAddresses::k5555_2Aaa) first = 0x5555, second = 0x2aaa;
    if (row.unlock == chips::UnlockAddresses::k555_2Aa) first = 0x555, second = 0x2aa;
    if (row.unlock == chips::UnlockAddresses::kAaa_555) first = 0xaaa, second = 0x555;
  }

  void Write(uint32_t address, uint8_t data) { chip.Write(address, data, now += 1000); }
  uint8_t Read(uint32_t address) { return chip.Read(address, now += 1000); }
  void Unlock(uint8_t command) {
    Write(first, 0xaa);
    Write(second, 0x55);
    Write(first, command);
  }
  void Program(uint32_t address, uint8_t data) {
    Unlock(0xa0);
    Write(address, data);
  }
  void Erase(uint8_t command, uint32_t address) {
    Unlock(0x80);
    Write(first, 0xaa);
    Write(second, 0x55);
    Write(address, command);
  }
  void Wait(Nanos duration) { now += Ns(duration); }
  int64_t MiddleOfWork() const {
    return state.work_began + (state.busy_until - state.work_began) / 2;
  }
  void WaitProgrammed() { Wait(row.timings.program_maximum + row.timings.load_window * 2); }

  const chips::ChipRow& row;
  Bytes array;
  ChipState state;
  WriteWatch watch;
  FlashChip chip;
  uint32_t first = 0;
  uint32_t second = 0;
  int64_t now = 1'000'000;
};

inline std::vector<const chips::ChipRow*> Parts(bool page_write) {
  std::vector<const chips::ChipRow*> parts;
  for (const chips::ChipRow& row : chips::AllChips()) {
    if (FlashChip::Supports(row) && row.page_write() == page_write) parts.push_back(&row);
  }
  return parts;
}

}  // namespace firmbench::simulator
