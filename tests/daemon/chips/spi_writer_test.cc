// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/spi_writer.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daemon/chips/spi_program.h"
#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/sim_bus.h"

namespace firmbench::chips {
namespace {

Status Write(SimSpiBus& bus, const Bytes& target, SpiWriteReport& report) {
  const Bytes current = bus.array;
  const ChipPlan plan = PlanSpiWrite(bus.row, current, target).value();
  return WriteSpiChip(bus, bus.row, plan, current, target, report, nullptr);
}

size_t Count(const SimSpiBus& bus, uint8_t command) {
  return static_cast<size_t>(std::ranges::count(bus.commands, command));
}

TEST(SpiPlan, CountsWhatDiffersAndEndsWithPageZeroOfEveryBank) {
  const SpiRow& row = *FindSpiChip("MX25L4005");
  const Bytes current(row.size_bytes, 0xFF);
  Bytes target = current;
  target[0x00010] = 0x02;
  target[0x23456] = 0x33;
  target[0x20001] = 0x44;
  const ChipPlan plan = PlanSpiWrite(row, current, target).value();
  EXPECT_EQ(plan.units.size(), 3u);
  EXPECT_EQ(plan.erases, 0u);
  EXPECT_EQ(plan.bytes_to_program, 3u);
  EXPECT_EQ(plan.last_pages, (std::vector<uint32_t>{0x20000, 0x00000}));
  EXPECT_EQ(plan.estimate, 3 * row.timings.program_typical);
}

TEST(SpiWriter, TouchesOnlyUnitsThatDiffer) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.Load(DenseImage(bus.row.size_bytes, 1));
  Bytes target = bus.array;
  target[0x23456] ^= 0xFF;
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, target, report).has_value());
  EXPECT_EQ(bus.array, target);
  EXPECT_EQ(report.chip.erases, 1u);
  EXPECT_EQ(Count(bus, 0x20), 1u);
  EXPECT_EQ(Count(bus, 0x02), 16u);
  EXPECT_EQ(Count(bus, 0x01), 0u) << "nothing was protected";
  EXPECT_FALSE(report.was_protected);
}

TEST(SpiWriter, SendsNothingWhenNothingDiffers) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, bus.array, report).has_value());
  EXPECT_EQ(bus.transfers_run, 0u);
}

TEST(SpiWriter, RefusesAForeignPlan) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  Bytes target = bus.array;
  target[0] = 0x02;
  SpiWriteReport report;
  const Status status = WriteSpiChip(bus, bus.row, {}, bus.array, target, report, nullptr);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "PLAN_MISMATCH");
  EXPECT_EQ(bus.transfers_run, 0u);
}

TEST(SpiWriter, LiftsProtectionAndPutsItBack) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.state.protection = 0x8C;  // the lock value of public tools
  Bytes target = bus.array;
  target[0x10] = 0x02;
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, target, report).has_value());
  EXPECT_EQ(bus.array, target);
  EXPECT_TRUE(report.was_protected);
  EXPECT_TRUE(report.protection_restored);
  EXPECT_EQ(bus.state.protection, 0x8C);
}

TEST(SpiWriter, SaysWhenThePinKeepsTheProtection) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.state.protection = 0x9C;
  bus.state.wp_low = true;
  const Bytes before = bus.array;
  Bytes target = before;
  target[0x10] = 0x02;
  SpiWriteReport report;
  const Status status = Write(bus, target, report);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_PROTECTED");
  EXPECT_EQ(status.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Metadata(status.error(), "status"), "9c");
  EXPECT_EQ(bus.array, before);
  EXPECT_EQ(bus.watch.destructive, 0u);
}

TEST(SpiWriter, OpensSstPartsWithTheirOwnCommand) {
  SimSpiBus bus(*FindSpiChip("SST25VF020"));
  ASSERT_NE(bus.state.protection, 0) << "comes up protected";
  Bytes target = bus.array;
  target[0x10] = 0x02;
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, target, report).has_value());
  EXPECT_EQ(Count(bus, 0x50), 1u);
  EXPECT_EQ(bus.array, target);
}

TEST(SpiWriter, ProgramsSingleBytesAndRunsAsThePartWantsThem) {
  SimSpiBus bytes(*FindSpiChip("SST25VF020"));
  Bytes target = bytes.array;
  target[0x10] = 0x02;                                     // alone in its page: 02
  std::fill_n(target.begin() + 0x1201, 5, uint8_t{0x33});  // AF and four more
  SpiWriteReport report;
  ASSERT_TRUE(Write(bytes, target, report).has_value());
  EXPECT_EQ(bytes.array, target);
  EXPECT_EQ(Count(bytes, 0x02), 1u);
  EXPECT_EQ(Count(bytes, 0xAF), 5u);

  SimSpiBus words(*FindSpiChip("SST25VF040B"));
  target.resize(words.row.size_bytes, 0xFF);
  SpiWriteReport word_report;
  ASSERT_TRUE(Write(words, target, word_report).has_value());
  EXPECT_EQ(words.array, target);
  EXPECT_EQ(Count(words, 0x02), 1u);
  EXPECT_EQ(Count(words, 0xAD), 3u);  // 1200 to 1205, in words
}

TEST(SpiWriter, FitsItsTransfersToTheBus) {
  SimSpiBus bus(*FindSpiChip("MX25L2005"));
  bus.bus_limits = {5, 4};
  Bytes target = bus.array;
  std::fill_n(target.begin() + 0x3000, 256, uint8_t{0x5A});
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, target, report).has_value());
  EXPECT_EQ(bus.array, target);
  EXPECT_EQ(Count(bus, 0x02), 256u);
}

TEST(SpiWriter, RepeatsAPageWhoseProgramWasDropped) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.watch.drop_next = 2;
  Bytes target = bus.array;
  target[0x1234] = 0x00;
  SpiWriteReport report;
  ASSERT_TRUE(Write(bus, target, report).has_value());
  EXPECT_EQ(report.chip.page_retries, 2u);
  EXPECT_EQ(bus.array, target);
}

TEST(SpiWriter, SaysThatTheDriveIsPartlyWrittenAfterACut) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.Load(DenseImage(bus.row.size_bytes, 1));
  const Bytes target = DenseImage(bus.row.size_bytes, 2);
  bus.cut_after = 500;
  SpiWriteReport report;
  const Status cut = Write(bus, target, report);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().drive_state(), DriveState::kPartlyWritten);
  EXPECT_NE(bus.array, target);

  // What is left is written over, from wherever the cut left it.
  bus.cut_after = 0;
  SpiWriteReport again;
  ASSERT_TRUE(Write(bus, target, again).has_value());
  EXPECT_EQ(bus.array, target);
}

// A cut at any transfer of a small write leaves something that the next write repairs, and page 0
// of the bank is never whole before everything else is.
TEST(SpiWriter, ComesBackFromACutAtEveryTransfer) {
  const SpiRow& row = *FindSpiChip("SST25VF040B");
  SimSpiBus whole(row);
  const Bytes old_image = SparseImage(row.size_bytes, 1);
  Bytes target = old_image;
  for (const uint32_t at : {0x0u, 0x1u, 0x800u, 0x12345u}) target[at] ^= 0xFF;
  whole.Load(old_image);
  SpiWriteReport report;
  ASSERT_TRUE(Write(whole, target, report).has_value());
  const uint64_t transfers = whole.transfers_run;
  ASSERT_GT(transfers, 30u);
  for (uint64_t cut = 1; cut <= transfers; ++cut) {
    SimSpiBus bus(row);
    bus.Load(old_image);
    bus.cut_after = cut;
    SpiWriteReport first;
    if (Write(bus, target, first)) continue;  // the protection's return is not the content's
    if (bus.array != old_image && bus.array[0] == target[0] && bus.array[1] == target[1]) {
      EXPECT_TRUE(std::equal(bus.array.begin() + 256, bus.array.end(), target.begin() + 256))
          << "cut after transfer " << cut;
    }
    bus.cut_after = 0;
    SpiWriteReport second;
    ASSERT_TRUE(Write(bus, target, second).has_value()) << "cut after transfer " << cut;
    ASSERT_EQ(bus.array, target) << "cut after transfer " << cut;
  }
}

TEST(SpiProgram, RefusesWhatAnEraseMustPrecede) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  const Bytes zero(4, 0x00);
  const Bytes one(4, 0x01);
  const Result<uint64_t> sent = ProgramSpi(bus, bus.row, 0, zero, one);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason(), "CHIP_NEEDS_ERASE");
  EXPECT_EQ(bus.transfers_run, 0u);
  EXPECT_EQ(ProgramSpi(bus, bus.row, 0xFE, one, zero).error().reason(), "CHIP_RANGE");
  EXPECT_EQ(ProgramSpi(bus, bus.row, bus.row.size_bytes - 2, one, zero).error().reason(),
            "CHIP_RANGE");
}

TEST(SpiProgram, ErasesTheWholeChip) {
  for (const SpiRow& row : AllSpiChips()) {
    SimSpiBus bus(row);
    bus.Load(DenseImage(row.size_bytes, 3));
    ASSERT_TRUE(UnprotectSpi(bus, row).has_value());
    const Status status = EraseSpiChip(bus, row);
    ASSERT_TRUE(status.has_value()) << row.part << ": " << status.error().ToString();
    EXPECT_TRUE(AllBytesAre(bus.array, 0xFF)) << row.part;
  }
}

TEST(SpiProgram, ErasesTheUnitThatIsAskedForByEveryMethod) {
  for (const SpiRow& row : AllSpiChips()) {
    for (const EraseMethod& method : row.erase) {
      if (method.whole_chip) continue;
      SimSpiBus bus(row);
      std::ranges::fill(bus.array, uint8_t{0});
      ASSERT_TRUE(UnprotectSpi(bus, row).has_value());
      const uint32_t first = method.layout.front().unit_bytes;
      ASSERT_TRUE(EraseSpiUnit(bus, row, method, first).has_value()) << row.part;
      const auto erased = static_cast<size_t>(std::ranges::count(bus.array, 0xFF));
      const uint32_t second = method.layout.front().count > 1 ? first : method.layout[1].unit_bytes;
      EXPECT_EQ(erased, second) << row.part;
      EXPECT_EQ(bus.array[first - 1], 0) << row.part;
      EXPECT_EQ(bus.array[first], 0xFF) << row.part;
    }
  }
}

TEST(SpiProgram, NeverWaitsForEver) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  bus.line = [](uint8_t) { return uint8_t{0xFF}; };
  const Status busy = WaitSpiReady(bus, {std::chrono::milliseconds(1), std::chrono::seconds(1)});
  ASSERT_FALSE(busy.has_value());
  EXPECT_EQ(busy.error().reason(), "CHIP_TIMEOUT");
  bus.line = [](uint8_t) { return uint8_t{0x00}; };
  const Status erase = EraseSpiChip(bus, bus.row);
  ASSERT_FALSE(erase.has_value());
  EXPECT_EQ(erase.error().reason(), "CHIP_NOT_WRITABLE");
  EXPECT_EQ(erase.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Count(bus, 0xC7), 0u);
}

}  // namespace
}  // namespace firmbench::chips
