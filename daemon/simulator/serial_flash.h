// SPDX-License-Identifier: Apache-2.0
#pragma once

// A controller's serial flash engine and the chip behind it: a window of 1 KB whose addresses
// repeat, lengths, and a run that shifts the window through the chip in both directions
// (drive-protocols 1.4 and 9.2; the full-duplex capture is inferred, the size a guess). Under the
// drive's lock.

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include "daemon/base/clock.h"
#include "daemon/simulator/spi_chip.h"

namespace firmbench::simulator {

// Plain: can be copied, and kept in a file. Lost with power.
struct SerialEngineState {
  uint16_t out = 0;  // bytes that the next run shifts out, and then clocks in
  uint16_t in = 0;
  std::array<uint8_t, 0x400> window{};
};
static_assert(std::is_trivially_copyable_v<SerialEngineState>);

// How the engine fails to reach its chip (drive-protocols 1.4 [P]): every byte that it clocks in is
// zero, or the command once more.
enum class EngineFault : uint8_t { kNone, kSilent, kEcho };

class SerialFlash {
 public:
  // Borrows all of them; `array` has row.size_bytes.
  SerialFlash(const chips::SpiRow& row, std::span<uint8_t> array, SpiChipState& chip,
              SerialEngineState& engine, WriteWatch& watch)
      : chip_(row, array, chip, watch), engine_(engine) {}

  SpiChip& chip() { return chip_; }
  const SpiChip& chip() const { return chip_; }

  uint8_t Get(uint32_t address) const { return engine_.window[address & kMask]; }
  void Put(uint32_t address, uint8_t data) { engine_.window[address & kMask] = data; }
  void SetLengths(uint16_t out, uint16_t in) {
    engine_.out = out;
    engine_.in = in;
  }
  // One select of the chip, from `now` on; returns how long it takes.
  Nanos Run(int64_t now, EngineFault fault);
  // As the firmware erases itself: the chip's first unit.
  void EraseFirstUnit(int64_t now);
  void CutPower(int64_t now);

 private:
  static constexpr uint32_t kMask = 0x3ff;

  SpiChip chip_;
  SerialEngineState& engine_;
};

}  // namespace firmbench::simulator
