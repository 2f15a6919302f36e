// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/plan.h"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/daemon/chips/chip_test_util.h"

namespace firmbench::chips {
namespace {

TEST(PlanChipWrite, HasNothingToDoForEqualBytes) {
  for (const ChipRow& row : DrivenChips()) {
    const Bytes image = SparseImage(row.size_bytes, 1);
    const auto plan = PlanChipWrite(row, image, image);
    ASSERT_TRUE(plan.has_value());
    EXPECT_TRUE(plan->units.empty()) << row.part;
    EXPECT_EQ(plan->bytes_to_program, 0u);
    EXPECT_EQ(plan->estimate, Nanos{0});
  }
}

TEST(PlanChipWrite, ErasesOnlyUnitsThatNeedIt) {
  const ChipRow& row = *FindChip("SST39VF040");
  Bytes current(row.size_bytes, 0xFF);
  current[0x5000] = 0x00;
  Bytes target(row.size_bytes, 0xFF);
  target[0x5001] = 0x12;  // unit 5000 has to rise at 5000: erase
  target[0x7002] = 0x34;  // unit 7000 only clears bits
  const auto plan = PlanChipWrite(row, current, target);
  ASSERT_TRUE(plan.has_value());
  const std::vector<WriteUnit> units{{0x5000, 0x1000, true}, {0x7000, 0x1000, false}};
  EXPECT_EQ(plan->units, units);
  EXPECT_EQ(plan->erases, 1u);
  EXPECT_EQ(plan->bytes_to_program, 2u);
  EXPECT_EQ(plan->estimate, std::chrono::milliseconds(18) + 2 * std::chrono::microseconds(14));
}

TEST(PlanChipWrite, CountsAllOfAnErasedUnitAndOnlyChangesOfOthers) {
  const ChipRow& row = *FindChip("Am29F002BT");  // top boot: 64 64 64 32 8 8 16
  Bytes current(row.size_bytes, 0xFF);
  Bytes target(row.size_bytes, 0xFF);
  current[0x3A000] = 0x00;  // second 8 KB sector
  for (uint32_t i = 0; i < 100; ++i) target[0x3B000 + i] = current[0x3B000 + i] = 0x55;
  target[0x30000] = 0x7F;
  const auto plan = PlanChipWrite(row, current, target);
  ASSERT_TRUE(plan.has_value());
  const std::vector<WriteUnit> units{{0x30000, 0x8000, false}, {0x3A000, 0x2000, true}};
  EXPECT_EQ(plan->units, units);
  EXPECT_EQ(plan->bytes_to_program, 101u);
  EXPECT_EQ(plan->last_pages, std::vector<uint32_t>{0x30000});
}

TEST(PlanChipWrite, KeepsPageZeroOfBanksForTheEndHighestFirst) {
  const ChipRow& row = *FindChip("MX29F040");
  const Bytes current(row.size_bytes, 0xFF);
  Bytes target(row.size_bytes, 0xFF);
  for (uint32_t bank = 0; bank < 8; bank += 2) target[bank * kBankBytes + 3] = 0x02;
  const auto plan = PlanChipWrite(row, current, target);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->last_pages, (std::vector<uint32_t>{0x60000, 0x40000, 0x20000, 0x00000}));
}

TEST(PlanChipWrite, PutsPageZeroPagesOfAPagePartLast) {
  const ChipRow& row = *FindChip("W29C040");
  const Bytes current(row.size_bytes, 0x00);
  Bytes target = current;
  target[0x00000] = target[0x00100] = target[0x10000] = target[0x10100] = target[0x7FF00] = 1;
  const auto plan = PlanChipWrite(row, current, target);
  ASSERT_TRUE(plan.has_value());
  const std::vector<WriteUnit> units{{0x00100, 256, false},
                                     {0x10100, 256, false},
                                     {0x7FF00, 256, false},
                                     {0x10000, 256, false},
                                     {0x00000, 256, false}};
  EXPECT_EQ(plan->units, units);
  EXPECT_EQ(plan->erases, 0u);
  EXPECT_EQ(plan->bytes_to_program, 5u * 256);
  EXPECT_EQ(plan->estimate, 5 * (std::chrono::microseconds(200) + std::chrono::milliseconds(5)));
}

TEST(PlanChipWrite, TakesTheWholeChipWhenThereIsNoSmallerErase) {
  const ChipRow& row = *FindChip("AT49F040");
  const Bytes current(row.size_bytes, 0x00);
  Bytes target = current;
  target[0x12345] = 0x01;
  const auto plan = PlanChipWrite(row, current, target);
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->units.size(), 1u);
  EXPECT_EQ(plan->units[0].length, row.size_bytes);
  EXPECT_EQ(plan->bytes_to_program, row.size_bytes);
  EXPECT_EQ(plan->last_pages.size(), 8u);
}

TEST(PlanChipWrite, RefusesOtherSizesAndUndrivenParts) {
  const ChipRow& row = *FindChip("SST39VF040");
  EXPECT_EQ(PlanChipWrite(row, Bytes(256 * 1024), Bytes(512 * 1024)).error().reason(),
            "CHIP_SIZE_MISMATCH");
  EXPECT_EQ(PlanChipWrite(row, Bytes(512 * 1024), Bytes()).error().reason(), "CHIP_SIZE_MISMATCH");
  const Bytes image(512 * 1024);
  EXPECT_EQ(PlanChipWrite(*FindChip("SST28SF040A"), image, image).error().reason(),
            "CHIP_NOT_DRIVEN");
}

}  // namespace
}  // namespace firmbench::chips
