// SPDX-License-Identifier: Apache-2.0
#pragma once

// The simulator's chips on a table, as the algorithms' buses: a clock that moves with every cycle.

#include <algorithm>
#include <functional>
#include <vector>

#include "daemon/chips/byte_bus.h"
#include "daemon/chips/spi_bus.h"
#include "daemon/simulator/flash_chip.h"
#include "daemon/simulator/sim_clock.h"
#include "daemon/simulator/spi_chip.h"

namespace firmbench::chips {

struct SimByteBus final : ByteBus {
  explicit SimByteBus(const ChipRow& chip_row)
      : row(chip_row), array(row.size_bytes, 0xff), chip(row, array, state, watch) {}

  Status Read(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = chip.Read(address++, Tick());
    return Ok();
  }
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = chip.Read(address, Tick());
    return Ok();
  }
  Status Write(std::span<const BusWrite> cycles) override {
    for (const BusWrite& cycle : cycles) chip.Write(cycle.address, cycle.data, Tick());
    return Ok();
  }
  Clock& clock() override { return sim_clock; }

  // The chip looks at the array where it is, so its bytes are replaced and not the vector.
  void Load(const Bytes& content) { std::ranges::copy(content, array.begin()); }

  int64_t Tick() {
    sim_clock.SleepFor(Nanos(1000));
    return sim_clock.NowNs();
  }

  const ChipRow& row;
  Bytes array;
  simulator::ChipState state;
  simulator::WriteWatch watch;
  simulator::FlashChip chip;
  simulator::SimClock sim_clock;
};

struct SimSpiBus final : SpiBus {
  explicit SimSpiBus(const SpiRow& chip_row)
      : row(chip_row), array(row.size_bytes, 0xff), chip(row, array, state, watch) {}

  Status Run(std::span<const SpiTransfer> transfers) override {
    for (const SpiTransfer& transfer : transfers) RETURN_IF_ERROR(One(transfer));
    return Ok();
  }
  SpiLimits limits() const override { return bus_limits; }
  Clock& clock() override { return sim_clock; }

  // The chip looks at the array where it is, so its bytes are replaced and not the vector.
  void Load(const Bytes& content) { std::ranges::copy(content, array.begin()); }

  int64_t Tick(int64_t bytes) {
    sim_clock.SleepFor(Nanos(bytes * 400));  // 20 MHz
    return sim_clock.NowNs();
  }

  const SpiRow& row;
  Bytes array;
  simulator::SpiChipState state;
  simulator::WriteWatch watch;
  simulator::SpiChip chip;
  simulator::SimClock sim_clock;
  SpiLimits bus_limits{260, 256};

  // --- faults and records ------------------------------------------------------------------------
  std::function<uint8_t(uint8_t)> line;  // what becomes of every byte that comes in
  std::vector<uint8_t> commands;         // of every transfer but 03 and 05
  uint64_t transfers_run = 0;
  uint64_t cut_after = 0;  // power is cut while this transfer's work is under way

 private:
  Status One(const SpiTransfer& transfer) {
    if (transfer.out.size() > bus_limits.max_out || transfer.in.size() > bus_limits.max_in) {
      return InvalidArgument("SPI_TRANSFER_TOO_LONG", "beyond the limits");
    }
    const uint8_t command = transfer.out.front();
    if (command != 0x03 && command != 0x05) commands.push_back(command);
    chip.Select(Tick(0));
    for (const uint8_t byte : transfer.out) chip.Exchange(byte);
    for (uint8_t& byte : transfer.in) {
      byte = chip.Exchange(0xff);
      if (line) byte = line(byte);
    }
    chip.Deselect(Tick(static_cast<int64_t>(transfer.out.size() + transfer.in.size())));
    if (++transfers_run == cut_after) {
      const int64_t middle = (state.work_began + state.busy_until) / 2;
      chip.CutPower(std::max(middle, sim_clock.NowNs()));
      return Unavailable("DRIVE_GONE", "the power was cut");
    }
    return Ok();
  }
};

// How GoogleTest prints a parameter.
inline void PrintTo(const SpiRow& row, std::ostream* out) { *out << row.part; }

}  // namespace firmbench::chips
