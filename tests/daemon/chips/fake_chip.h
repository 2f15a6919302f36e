// SPDX-License-Identifier: Apache-2.0
#pragma once

// A flash part that behaves: decodes unlock cycles, programs from 1 to 0 only, is busy for a time,
// toggles DQ6 and inverts DQ7, loads pages inside its window, and can be made to fail. Written from
// drive-protocols 4.2 and 9.3 and from nothing in daemon/chips but the rows, so that algorithms
// and fake do not agree with themselves. Its clock moves only with its cycles and with sleeps.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/chips/byte_bus.h"
#include "daemon/chips/rows/row.h"

namespace firmbench::chips {

class FakeClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return now_.count() / 1000; }
  void SleepFor(Nanos duration) override {
    if (!frozen) now_ += std::max(duration, Nanos{0});
  }
  bool frozen = false;

 private:
  Nanos now_{std::chrono::seconds(1)};
};

class FakeChip final : public ByteBus {
 public:
  explicit FakeChip(const ChipRow& part) : row(part), memory(part.size_bytes, 0xFF) {}

  Status Read(uint32_t address, std::span<uint8_t> out) override;
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override;
  Status Write(std::span<const BusWrite> cycles) override;
  Clock& clock() override { return fake_clock; }

  // --- the part -------------------------------------------------------------------------------
  ChipRow row;
  Bytes memory;
  FakeClock fake_clock;
  Nanos write_cycle{200};
  Nanos read_cycle{100};

  // --- faults ---------------------------------------------------------------------------------
  bool dead = false;                 // decodes nothing
  bool stuck_busy = false;           // an operation never ends
  bool protection_on = true;         // software data protection of page-write parts
  bool ignores_long_exit = false;    // stays in id mode after AA/55/F0
  std::optional<uint16_t> ids_read;  // both ids on the bus instead of the row's
  bool unstable_ids = false;
  uint32_t locked_from = 0, locked_to = 0;  // ignores program and erase here
  std::map<uint32_t, int> failing_bytes;    // address -> how many program attempts do nothing
  int failing_erases = 0;                   // erases that leave one byte as it was
  uint64_t noisy_read = 0;                  // the number of one read cycle with a flipped bit
  std::function<Nanos(uint64_t)> delay;     // extra time before write cycle n, counted from 1
  uint64_t fail_write_call = 0;             // the number of a Write() call that returns an error

  // --- what happened --------------------------------------------------------------------------
  uint64_t write_calls = 0, write_cycles = 0, read_cycles = 0;
  Nanos busy_total{0};
  std::vector<uint32_t> erased_at;         // sector addresses; size_bytes for the whole chip
  std::vector<uint32_t> programmed_pages;  // 256-byte page of every program, in order
  bool in_id_mode = false;

 private:
  uint8_t ReadCycle(uint32_t address);
  void WriteCycle(uint32_t address, uint8_t data);
  void Command(uint32_t address, uint8_t data);
  bool FeedUnlock(uint32_t address, uint8_t data);
  void FinishDueWork();
  void StartBusy(Nanos duration, uint8_t last_data);
  void ProgramByte(uint32_t address, uint8_t data);
  void LoadByte(uint32_t address, uint8_t data);
  void Erase(uint32_t address, uint8_t command);
  void EraseRange(uint32_t from, uint32_t length);
  bool Busy() const { return fake_clock.Monotonic() < busy_until_; }
  bool Locked(uint32_t address) const { return address >= locked_from && address < locked_to; }
  uint8_t IdByte(uint32_t address) const;

  int step_ = 0;              // unlock cycles seen
  bool erase_armed_ = false;  // 80 was seen
  bool program_armed_ = false;
  Nanos busy_until_{0};
  uint8_t busy_data_ = 0xFF;
  bool toggle_ = false;
  std::map<uint32_t, uint8_t> loaded_;  // the open page load, by address
  Nanos last_cycle_{0};
};

}  // namespace firmbench::chips
