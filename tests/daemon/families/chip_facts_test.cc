// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/families/chip_programmer.h"

namespace firmbench::families {
namespace {

TEST(ChipFacts, AreFoundByTheNameOnTheCase) {
  const auto low = FindChipFacts("sst39vf040");
  ASSERT_TRUE(low);
  EXPECT_EQ(low->part, "SST39VF040");
  EXPECT_EQ(low->size_bytes, 512u * 1024);
  EXPECT_EQ(SupplyText(*low), "2.7 to 3.6 V");
  ASSERT_TRUE(FindChipFacts("W29C040"));
  EXPECT_TRUE(FindChipFacts("W29C040")->page_write);
  EXPECT_FALSE(FindChipFacts("SST39VF04"));
  EXPECT_FALSE(FindChipFacts(""));
}

TEST(ChipFacts, RefuseTheWrongSupply) {
  const ChipFacts low = FindChipFacts("SST39VF040").value();
  EXPECT_TRUE(CheckSupply(low, 3300));
  const Status too_much = CheckSupply(low, 5000);
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().reason(), "CHIP_VOLTAGE_WRONG");
  EXPECT_NE(too_much.error().remedy().find("destroys"), std::string::npos);
  const ChipFacts high = FindChipFacts("W29C040").value();
  EXPECT_TRUE(CheckSupply(high, 5000));
  EXPECT_FALSE(CheckSupply(high, 3300));
  EXPECT_FALSE(CheckSupply(high, 0));
}

TEST(ChipFacts, PlanThePagesOrUnitsThatDiffer) {
  const Bytes before(128 * 1024, 0x11);
  Bytes after = before;
  after[0x1000] = 0x22;
  const auto pages = ChipUnits("W29C010", before, after);
  ASSERT_TRUE(pages);
  ASSERT_EQ(pages->size(), 1u);
  EXPECT_EQ((*pages)[0].offset, 0x1000u);
  EXPECT_EQ((*pages)[0].length, 128u);
  EXPECT_EQ(ChipUnits("X1", before, after).error().reason(), "CHIP_UNKNOWN");
  EXPECT_EQ(ChipUnits("W29C040", before, after).error().reason(), "CHIP_SIZE_MISMATCH");
}

}  // namespace
}  // namespace firmbench::families
