// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/program.h"

#include <array>
#include <chrono>

#include <gtest/gtest.h>

#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/fake_chip.h"

namespace firmbench::chips {
namespace {

TEST(ProgramBytes, SkipsBytesThatAreRight) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory[0x1000] = 0x12;
  const Bytes current{0x12, 0xFF, 0xFF};
  const Bytes target{0x12, 0x34, 0xFF};
  const auto sent = ProgramBytes(chip, chip.row, 0x1000, current, target);
  ASSERT_TRUE(sent.has_value()) << sent.error().ToString();
  EXPECT_EQ(*sent, 1u);
  EXPECT_EQ(chip.write_cycles, 4u);
  EXPECT_EQ(chip.memory[0x1001], 0x34);
}

TEST(ProgramBytes, RefusesToRaiseABitBeforeAnythingIsSent) {
  FakeChip chip(*FindChip("SST39VF040"));
  const Bytes current{0xFF, 0x0F};
  const Bytes target{0x00, 0x10};
  const auto sent = ProgramBytes(chip, chip.row, 0x2000, current, target);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason(), "CHIP_NEEDS_ERASE");
  EXPECT_EQ(sent.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Metadata(sent.error(), "offset"), "002001");
  EXPECT_EQ(chip.write_calls, 0u);
}

TEST(ProgramBytes, RefusesWhatIsNotInsideThePart) {
  FakeChip chip(*FindChip("SST39VF040"));
  const Bytes current(16, 0xFF);
  const Bytes target(16, 0x00);
  EXPECT_EQ(ProgramBytes(chip, chip.row, 512 * 1024 - 8, current, target).error().reason(),
            "CHIP_RANGE");
  EXPECT_EQ(ProgramBytes(chip, *FindChip("W29C040"), 0, current, target).error().reason(),
            "CHIP_NOT_DRIVEN");
  EXPECT_EQ(chip.write_calls, 0u);
}

// Programming takes the bus's four write cycles, the part's busy time and at most 3 % more.
TEST(ProgramBytes, TakesTheTimeOfItsCyclesAndOfThePart) {
  for (const Nanos read_cycle : {Nanos{0}, Nanos{100}}) {
    FakeChip chip(*FindChip("SST39VF040"));
    chip.read_cycle = read_cycle;
    const Bytes current(16384, 0xFF);
    Bytes target = DenseImage(16384, 1);
    for (uint8_t& byte : target) byte &= 0x7F;
    const Nanos start = chip.fake_clock.Monotonic();
    const auto sent = ProgramBytes(chip, chip.row, 0, current, target);
    ASSERT_TRUE(sent.has_value());
    ASSERT_EQ(*sent, 16384u);
    const Nanos formula = 16384 * (4 * chip.write_cycle + chip.row.timings.program_typical);
    EXPECT_LT((chip.fake_clock.Monotonic() - start).count(), formula.count() * 103 / 100);
    EXPECT_TRUE(std::equal(target.begin(), target.end(), chip.memory.begin()));
  }
}

TEST(ProgramBytes, SaysPartlyWrittenWhenThePartStaysBusy) {
  FakeChip chip(*FindChip("Am29F040B"));
  chip.stuck_busy = true;
  const Bytes current{0xFF};
  const Bytes target{0x00};
  const auto sent = ProgramBytes(chip, chip.row, 0, current, target);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason(), "CHIP_TIMEOUT");
  EXPECT_EQ(sent.error().drive_state(), DriveState::kPartlyWritten);
}

TEST(ProgramBytes, ResetsAPartThatExceededItsTime) {
  FakeChip chip(*FindChip("Am29F040B"));
  chip.stuck_busy = true;
  chip.memory[0x8000] = 0x77;
  const Bytes current{0xFF};
  const Bytes target{0x00};
  ASSERT_FALSE(ProgramBytes(chip, chip.row, 0, current, target).has_value());
  std::array<uint8_t, 1> byte{};
  ASSERT_TRUE(chip.Read(0x8000, byte).has_value());
  EXPECT_EQ(byte[0], 0x77);
}

TEST(ProgramPage, SendsNoResetThatAPagePartCouldTakeForData) {
  FakeChip chip(*FindChip("W29C040"));
  chip.stuck_busy = true;
  ASSERT_FALSE(ProgramPage(chip, chip.row, 0x4100, Bytes(256, 0x12)).has_value());
  EXPECT_EQ(chip.write_cycles, 3u + 256);
}

TEST(ProgramPage, LoadsTheWholePageInOneCall) {
  FakeChip chip(*FindChip("W29C040"));
  const Bytes page = DenseImage(256, 1);
  ASSERT_TRUE(ProgramPage(chip, chip.row, 0x4100, page).has_value());
  EXPECT_EQ(chip.write_calls, 1u);
  EXPECT_EQ(chip.write_cycles, 3u + 256);
  EXPECT_TRUE(std::equal(page.begin(), page.end(), chip.memory.begin() + 0x4100));
}

// Until the load window has passed the part is not busy yet and shows its old bytes.
TEST(ProgramPage, WaitsForTheWriteToBegin) {
  ChipRow fast = *FindChip("W29C040");
  fast.timings.program_typical = std::chrono::microseconds(20);
  fast.timings.program_maximum = std::chrono::microseconds(50);
  FakeChip chip(fast);
  Bytes page = DenseImage(256, 1);
  page.back() = 0xFF;  // what the polled byte is before the write too
  ASSERT_TRUE(ProgramPage(chip, chip.row, 0x4100, page).has_value());
  EXPECT_TRUE(std::equal(page.begin(), page.end(), chip.memory.begin() + 0x4100));
}

TEST(ProgramPage, RefusesAPieceOfAPage) {
  FakeChip chip(*FindChip("W29C040"));
  EXPECT_EQ(ProgramPage(chip, chip.row, 0x4180, Bytes(256)).error().reason(), "CHIP_RANGE");
  EXPECT_EQ(ProgramPage(chip, chip.row, 0x4100, Bytes(128)).error().reason(), "CHIP_RANGE");
  EXPECT_EQ(chip.write_calls, 0u);
}

class EraseEveryPart : public testing::TestWithParam<ChipRow> {};

TEST_P(EraseEveryPart, EachMethodErasesItsUnitAndNothingElse) {
  for (const EraseMethod& method : GetParam().erase) {
    FakeChip chip(GetParam());
    std::fill(chip.memory.begin(), chip.memory.end(), 0x00);
    // The second unit, or the only one.
    const uint32_t first = method.layout.front().unit_bytes;
    const uint32_t offset = method.whole_chip ? 0 : first;
    const uint32_t length = method.whole_chip                 ? first
                            : method.layout.front().count > 1 ? first
                                                              : method.layout[1].unit_bytes;
    ASSERT_TRUE(EraseUnit(chip, chip.row, method, offset).has_value());
    EXPECT_EQ(std::count(chip.memory.begin(), chip.memory.end(), 0xFF), length);
    const auto blank = IsBlank(chip, offset, length);
    ASSERT_TRUE(blank.has_value());
    EXPECT_TRUE(*blank);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, EraseEveryPart, testing::ValuesIn(DrivenChips()), PartName());

TEST(EraseChip, LeavesNothing) {
  FakeChip chip(*FindChip("W29C020"));
  std::fill(chip.memory.begin(), chip.memory.end(), 0x00);
  ASSERT_TRUE(EraseChip(chip, chip.row).has_value());
  EXPECT_TRUE(AllBytesAre(chip.memory, 0xFF));
}

TEST(EraseChip, DoesNotWaitForALockedBootBlockToReadFf) {
  FakeChip chip(*FindChip("AT49F040"));
  std::fill(chip.memory.begin(), chip.memory.end(), 0x00);
  chip.locked_to = 16 * 1024;
  const Nanos start = chip.fake_clock.Monotonic();
  ASSERT_TRUE(EraseChip(chip, chip.row).has_value());
  EXPECT_LT(chip.fake_clock.Monotonic() - start, std::chrono::milliseconds(8300));
}

TEST(EraseChip, IsNotThereForAPartThatIsNotDriven) {
  FakeChip chip(*FindChip("SST28SF040A"));
  EXPECT_EQ(EraseChip(chip, chip.row).error().reason(), "CHIP_NO_CHIP_ERASE");
}

TEST(EraseUnit, GivesUpInBoundedTime) {
  FakeChip chip(*FindChip("MX29LV040"));
  chip.stuck_busy = true;
  const auto status = EraseUnit(chip, chip.row, chip.row.erase.front(), 0x10000);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_TIMEOUT");
  EXPECT_EQ(status.error().drive_state(), DriveState::kPartlyWritten);
  EXPECT_EQ(Metadata(status.error(), "operation"), "erase");
  EXPECT_LT(chip.fake_clock.Monotonic(), std::chrono::seconds(18));
}

TEST(IsBlank, FindsTheLastByte) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory[0x1FFF] = 0xFE;
  EXPECT_FALSE(*IsBlank(chip, 0x1000, 0x1000));
  EXPECT_TRUE(*IsBlank(chip, 0x1000, 0x0FFF));
}

}  // namespace
}  // namespace firmbench::chips
