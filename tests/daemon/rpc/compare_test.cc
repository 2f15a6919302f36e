// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/image_builder.h"

namespace firmbench::rpc {
namespace {

using ::testing::HasSubstr;

ComparedSide Side(const std::string& name, Bytes bytes) {
  ComparedSide side;
  side.name = name;
  side.text = name;
  side.blob = jobs::RecogniseBlob(std::move(bytes));
  return side;
}

TEST(CompareSides, SaysIdenticalInWords) {
  const Bytes image = test::BuildImage("LTR-48246S");
  const auto answer = CompareSides(Side("a", image), Side("b", image), true);
  EXPECT_TRUE(answer.identical());
  EXPECT_EQ(answer.summary(), "identical, 524,288 bytes");
  EXPECT_EQ(answer.lines_size(), 0);
}

TEST(CompareSides, GivesRangesWithMeaningPartAndSamples) {
  const Bytes image = test::BuildImage("LDW-451S");
  Bytes other = image;
  other[0xc0100] ^= 0x55;
  std::fill_n(other.begin() + 0x24000, 64, uint8_t{0xff});
  const auto answer = CompareSides(Side("a", image), Side("b", other), false);
  ASSERT_EQ(answer.ranges_size(), 2);
  EXPECT_EQ(answer.ranges(0).offset_bytes(), 0x24000);
  EXPECT_EQ(answer.ranges(0).part(), "code");
  EXPECT_EQ(answer.ranges(0).blank_in(), "b");
  EXPECT_EQ(answer.ranges(0).b_sample(), std::string(16, '\xff'));
  EXPECT_EQ(answer.ranges(1).meaning(), "bank 12, DVD+R/+RW media table");
  EXPECT_EQ(answer.ranges(1).differing_bytes(), 1);
  EXPECT_EQ(answer.ranges(1).a_sample().size(), 1u);
  EXPECT_THAT(answer.summary(), HasSubstr("of 1,048,576 bytes equal; of the "));
  EXPECT_EQ(answer.lines_size(), 0);
}

TEST(CompareSides, CountsATailThatOnlyOneHasAsDiffering) {
  const auto answer = CompareSides(Side("a", Bytes(100, 1)), Side("b", Bytes(164, 1)), true);
  EXPECT_FALSE(answer.identical());
  EXPECT_EQ(answer.differing_bytes(), 64);
  ASSERT_EQ(answer.ranges_size(), 1);
  EXPECT_EQ(answer.ranges(0).only_in(), "b");
  EXPECT_EQ(answer.ranges(0).a_sample(), "");
  EXPECT_THAT(answer.ranges(0).meaning(), HasSubstr("only in the second: not publicly known"));
  // The line in which a ends, and what only b has behind it.
  ASSERT_GE(answer.lines_size(), 2);
  EXPECT_EQ(answer.lines(1).offset_bytes(), 96);
  EXPECT_EQ(answer.lines(1).a().size(), 4u);
  EXPECT_EQ(answer.lines(1).b().size(), 16u);
}

TEST(CompareSides, BoundsTheLinesAndTheRanges) {
  const size_t size = 16 << 20;
  Bytes other(size, 1);
  for (size_t i = 0; i < size; i += 32) other[i] = 2;
  const auto answer = CompareSides(Side("a", Bytes(size, 1)), Side("b", std::move(other)), true);
  EXPECT_EQ(answer.lines_size(), static_cast<int>(kMostLines));
  EXPECT_TRUE(answer.lines_truncated());
  EXPECT_TRUE(answer.ranges_truncated());
  EXPECT_LE(answer.ranges_size(), 257);
  EXPECT_EQ(answer.differing_bytes(), static_cast<int64_t>(size / 32));
  // Well below what a gRPC message may have.
  EXPECT_LT(answer.ByteSizeLong(), size_t{1} << 20);
}

TEST(CompareSides, WarnsOfTheSameBytesOfTwoModels) {
  ComparedSide a = Side("a", test::BuildImage("LTR-48246S"));
  ComparedSide b = a;
  b.blob.model = "LTR-52327S";
  const auto answer = CompareSides(a, b, false);
  ASSERT_EQ(answer.warnings_size(), 1);
  EXPECT_EQ(answer.warnings(0).reason(), "SAME_BYTES_OTHER_MODEL");
}

}  // namespace
}  // namespace firmbench::rpc
