// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/poll.h"

#include <chrono>

#include <gtest/gtest.h>

#include "daemon/chips/program.h"
#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/fake_chip.h"

namespace firmbench::chips {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr BusyTimes kShort{microseconds(14), microseconds(20), Nanos{0}};

void StartProgram(FakeChip& chip, uint32_t address, uint8_t data) {
  std::vector<BusWrite> cycles = CommandCycles(chip.row.unlock, 0xA0);
  cycles.push_back({address, data});
  ASSERT_TRUE(chip.Write(cycles).has_value());
}

TEST(WaitUntilDone, ReturnsSoonAfterThePartIsDone) {
  FakeChip chip(*FindChip("SST39VF040"));
  StartProgram(chip, 0x1234, 0x5A);
  const Nanos start = chip.fake_clock.Monotonic();
  ASSERT_TRUE(WaitUntilDone(chip, 0x1234, 0x5A, kShort).has_value());
  const Nanos took = chip.fake_clock.Monotonic() - start;
  EXPECT_GE(took, microseconds(14));
  EXPECT_LT(took, microseconds(15));
}

TEST(WaitUntilDone, MovesAClockThatReadingDoesNotMove) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.read_cycle = Nanos{0};
  StartProgram(chip, 0x1234, 0x5A);
  const Nanos start = chip.fake_clock.Monotonic();
  ASSERT_TRUE(WaitUntilDone(chip, 0x1234, 0x5A, kShort).has_value());
  EXPECT_LT(chip.fake_clock.Monotonic() - start, microseconds(15));
}

TEST(WaitUntilDone, GivesUpAfterTwiceTheMaximum) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.stuck_busy = true;
  StartProgram(chip, 0x1234, 0x5A);
  const Nanos start = chip.fake_clock.Monotonic();
  const auto status = WaitUntilDone(chip, 0x1234, 0x5A, kShort);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_TIMEOUT");
  EXPECT_EQ(Metadata(status.error(), "address"), "001234");
  EXPECT_LT(chip.fake_clock.Monotonic() - start, milliseconds(2));
}

TEST(WaitUntilDone, GivesUpEvenWhenTheClockStandsStill) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.stuck_busy = true;
  StartProgram(chip, 0x1234, 0x5A);
  chip.fake_clock.frozen = true;
  const auto status = WaitUntilDone(chip, 0x1234, 0x5A, kShort);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_TIMEOUT");
  EXPECT_LE(chip.read_cycles, 0x50000u);
}

TEST(WaitUntilDone, LeavesAFailedByteToTheVerify) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.failing_bytes[0x1234] = 1;
  StartProgram(chip, 0x1234, 0x5A);
  EXPECT_TRUE(WaitUntilDone(chip, 0x1234, 0x5A, kShort).has_value());
  EXPECT_EQ(chip.memory[0x1234], 0xFF);
}

// A bus that makes two read cycles of every read hides the toggle bit.
class DoubleReadingBus final : public ByteBus {
 public:
  explicit DoubleReadingBus(FakeChip& chip) : chip_(chip) {}
  Status Read(uint32_t address, std::span<uint8_t> out) override {
    RETURN_IF_ERROR(chip_.Read(address, out));
    return chip_.Read(address, out);
  }
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) RETURN_IF_ERROR(Read(address, {&byte, 1}));
    return Ok();
  }
  Status Write(std::span<const BusWrite> cycles) override { return chip_.Write(cycles); }
  Clock& clock() override { return chip_.clock(); }

 private:
  FakeChip& chip_;
};

TEST(WaitUntilDone, BelievesDq7WhenTheToggleIsHidden) {
  FakeChip chip(*FindChip("SST39VF040"));
  DoubleReadingBus bus(chip);
  StartProgram(chip, 0x1234, 0x5A);
  ASSERT_TRUE(WaitUntilDone(bus, 0x1234, 0x5A, kShort).has_value());
  std::array<uint8_t, 1> byte{};
  ASSERT_TRUE(chip.Read(0x1234, byte).has_value());
  EXPECT_EQ(byte[0], 0x5A);
}

}  // namespace
}  // namespace firmbench::chips
