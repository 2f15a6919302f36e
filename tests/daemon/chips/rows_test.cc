// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/self_check.h"

namespace firmbench::chips {
namespace {

TEST(ChipRows, HoldTogether) {
  for (const ChipRow& row : AllChips()) {
    EXPECT_EQ(RowProblem(row), "") << row.part;
  }
  EXPECT_EQ(TableProblem(AllChips()), "");
}

TEST(ChipRows, AreFoundByNameAndByIds) {
  for (const ChipRow& row : AllChips()) {
    EXPECT_EQ(FindChip(row.part), &row);
    const ChipRow* by_ids = FindChip(row.manufacturer, row.device);
    ASSERT_NE(by_ids, nullptr) << row.part;
    EXPECT_EQ(by_ids->part, row.part);
  }
  EXPECT_EQ(FindChip("W29C999"), nullptr);
  EXPECT_EQ(FindChip(0xDA, 0x00), nullptr);
}

TEST(ChipRows, CoverTheManufacturersOfTheTable) {
  std::set<uint16_t> manufacturers;
  for (const ChipRow& row : AllChips()) manufacturers.insert(row.manufacturer);
  for (const uint16_t id :
       {0xBF, 0xDA, 0x01, 0xC2, 0x7F1C, 0x9D, 0x1F, 0x37, 0x04, 0x20, 0xAD, 0x8C, 0x40}) {
    EXPECT_TRUE(manufacturers.contains(id)) << std::hex << id;
  }
}

TEST(ChipRows, TellTheFourPartsWithDeviceA4Apart) {
  EXPECT_EQ(FindChip(0x01, 0xA4)->part, "Am29F040B");
  EXPECT_EQ(FindChip(0xC2, 0xA4)->part, "MX29F040");
  EXPECT_EQ(FindChip(0xAD, 0xA4)->part, "HY29F040A");
  EXPECT_EQ(FindChip(0x1F, 0xA4)->part, "AT29C040A");
}

TEST(ChipRows, DescribeThePartOfTheLtr48246s) {
  const ChipRow* row = FindChip("W29C040");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->size_bytes, 512u * 1024);
  EXPECT_EQ(row->page_bytes, 256u);
  EXPECT_EQ(row->boot_block_bytes, 16u * 1024);
  EXPECT_EQ(row->id_exit, IdExit::kLongAa55F0);
  EXPECT_EQ(row->timings.load_window, std::chrono::microseconds(200));
  EXPECT_EQ(row->timings.id_entry, std::chrono::microseconds(10));
}

TEST(ChipRows, GradeRememberedTimingsAsHypothetical) {
  for (const ChipRow& row : AllChips()) {
    EXPECT_EQ(row.timings.evidence, Evidence::kHypothetical) << row.part;
  }
}

// The self-check itself: each of these must be found.
TEST(ChipRowSelfCheck, FindsWhatIsWrong) {
  const ChipRow good = *FindChip("SST39SF020A");
  ASSERT_EQ(RowProblem(good), "");

  ChipRow row = good;
  row.size_bytes = 512 * 1024;
  EXPECT_EQ(RowProblem(row), "erase units do not add up to the size");
  row = good;
  row.page_bytes = 128;
  EXPECT_EQ(RowProblem(row), "page size and program method disagree");
  row = *FindChip("W29C040");
  row.timings.load_window = Nanos{0};
  EXPECT_EQ(RowProblem(row), "the load window");
  row = *FindChip("W29C040");
  row.id_exit = IdExit::kShortF0;
  EXPECT_EQ(RowProblem(row), "a lone F0 can be data on a page-write part");
  row = good;
  row.erase = row.erase.first(1);
  EXPECT_EQ(RowProblem(row), "no chip erase");
  row = good;
  row.supply_max_mv = 12000;
  EXPECT_EQ(RowProblem(row), "the supply voltage");
  row = good;
  row.manufacturer = 0x1C7F;
  EXPECT_EQ(RowProblem(row), "the continuation is not 7F");
}

TEST(ChipRowSelfCheck, FindsTwoRowsThatNothingTellsApart) {
  std::array<ChipRow, 2> rows{*FindChip("SST39SF020A"), *FindChip("SST39SF020A")};
  EXPECT_EQ(TableProblem(rows), "two rows with one part name");
  rows[1].part = "other";
  EXPECT_EQ(TableProblem(rows), "two rows that nothing tells apart");
}

}  // namespace
}  // namespace firmbench::chips
