// SPDX-License-Identifier: Apache-2.0
// Ranges, their limits and their meanings.

#include "daemon/images/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Bytes Zeros(size_t size) { return Bytes(size, 0); }

TEST(Compare, CallsEqualBlobsIdentical) {
  const Bytes image = test::BuildImage("LTR-48246S");
  const Comparison c = Compare(image, image, LayoutOf(Recognise(image)));
  EXPECT_TRUE(c.identical);
  EXPECT_THAT(c.ranges, IsEmpty());
  EXPECT_EQ(c.first_bytes, 0x80000u);
}

TEST(Compare, OfNothingIsIdentical) { EXPECT_TRUE(Compare({}, {}, {}).identical); }

TEST(Compare, FindsSingleBytesAtBothEnds) {
  const Bytes a = Zeros(1000);
  Bytes b = a;
  b[0] = 1;
  b[999] = 1;
  const Comparison c = Compare(a, b, {});
  EXPECT_FALSE(c.identical);
  ASSERT_THAT(c.ranges, SizeIs(2));
  EXPECT_EQ(c.ranges[0].offset, 0u);
  EXPECT_EQ(c.ranges[0].length, 1u);
  EXPECT_EQ(c.ranges[1].offset, 999u);
  EXPECT_EQ(c.ranges[1].meaning, "not publicly known");
  EXPECT_EQ(c.differing_bytes, 2u);
}

TEST(Compare, MergesAcrossSixteenEqualBytesButNotSeventeen) {
  const Bytes a = Zeros(1000);
  Bytes b = a;
  b[100] = b[117] = 1;
  Comparison c = Compare(a, b, {});
  ASSERT_THAT(c.ranges, SizeIs(1));
  EXPECT_EQ(c.ranges[0].length, 18u);
  EXPECT_EQ(c.ranges[0].differing_bytes, 2u);
  b[117] = 0;
  b[118] = 1;
  c = Compare(a, b, {});
  EXPECT_THAT(c.ranges, SizeIs(2));
}

TEST(Compare, EndsARangeWhereTheMeaningChanges) {
  const Bytes a = Zeros(64);
  const Bytes b(64, 1);
  const std::vector<Region> regions = {{16, 16, "left"}, {32, 16, "right"}};
  const Comparison c = Compare(a, b, regions);
  ASSERT_THAT(c.ranges, SizeIs(4));
  EXPECT_EQ(c.ranges[0].meaning, "not publicly known");
  EXPECT_EQ(c.ranges[1].meaning, "left");
  EXPECT_EQ(c.ranges[1].offset, 16u);
  EXPECT_EQ(c.ranges[1].length, 16u);
  EXPECT_EQ(c.ranges[2].meaning, "right");
  EXPECT_EQ(c.ranges[3].meaning, "not publicly known");
}

TEST(Compare, DoesNotMergeAcrossASmallRegionBetween) {
  const Bytes a = Zeros(64);
  Bytes b = a;
  b[10] = b[12] = 1;
  const std::vector<Region> regions = {{11, 1, "between"}};
  EXPECT_THAT(Compare(a, b, regions).ranges, SizeIs(2));
}

TEST(Compare, GivesOverlappingRegionsTheFirstMeaning) {
  const Bytes a = Zeros(64);
  Bytes b = a;
  b[20] = 1;
  const std::vector<Region> regions = {{20, 1, "inner"}, {0, 64, "outer"}};
  const Comparison c = Compare(a, b, regions);
  ASSERT_THAT(c.ranges, SizeIs(1));
  EXPECT_EQ(c.ranges[0].meaning, "inner");
}

TEST(Compare, SaysWhichSideIsBlank) {
  Bytes a(256, 0x11);
  Bytes b(256, 0x11);
  std::fill_n(b.begin() + 64, 64, 0xff);
  Comparison c = Compare(a, b, {});
  ASSERT_THAT(c.ranges, SizeIs(1));
  EXPECT_EQ(c.ranges[0].meaning, "not publicly known; blank (FF) in the second");
  c = Compare(b, a, {});
  EXPECT_EQ(c.ranges[0].meaning, "not publicly known; blank (FF) in the first");
}

TEST(Compare, ShowsTheTailThatOnlyOneHas) {
  const Bytes a(100, 5);
  Bytes b(164, 5);
  b[7] = 6;
  Comparison c = Compare(a, b, {});
  ASSERT_THAT(c.ranges, SizeIs(2));
  EXPECT_EQ(c.differing_bytes, 1u);
  EXPECT_EQ(c.ranges[1].kind, RangeKind::kOnlyInSecond);
  EXPECT_EQ(c.ranges[1].offset, 100u);
  EXPECT_EQ(c.ranges[1].length, 64u);
  c = Compare(b, a, {});
  EXPECT_EQ(c.ranges[1].kind, RangeKind::kOnlyInFirst);
  const Comparison prefix = Compare(a, ByteView(a).first(40), {});
  EXPECT_FALSE(prefix.identical);
  EXPECT_EQ(prefix.differing_bytes, 0u);
  EXPECT_THAT(prefix.ranges, SizeIs(1));
}

TEST(Compare, NamesATailThatIsBlankOrSpansRegions) {
  Bytes a(64, 1);
  Bytes b = a;
  b.resize(128, 0xff);
  const std::vector<Region> regions = {{64, 32, "one"}, {96, 32, "two"}};
  EXPECT_EQ(Compare(a, b, regions).ranges[0].meaning, "several regions; blank (FF)");
  EXPECT_EQ(Compare(a, ByteView(b).first(96), regions).ranges[0].meaning, "one; blank (FF)");
}

TEST(Compare, SaysThatATailRepeatsWhatLiesBelowIt) {
  const Bytes update = test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000});
  Bytes backup = update;
  backup.insert(backup.end(), update.begin(), update.end());
  const Comparison c = Compare(backup, update, {});
  ASSERT_THAT(c.ranges, SizeIs(1));
  EXPECT_EQ(c.ranges[0].meaning, "not publicly known; repeats what lies below it");
  backup[0x50000] ^= 1;
  EXPECT_EQ(Compare(backup, update, {}).ranges[0].meaning, "not publicly known");
}

TEST(Compare, BoundsTheListAndCountsTheRest) {
  const Bytes a = Zeros(100 * 100);
  Bytes b = a;
  for (size_t i = 0; i < 100; ++i) b[i * 100] = 1;
  b.push_back(0);
  const Comparison c = Compare(a, b, {}, {.merge_gap_bytes = 16, .max_ranges = 10});
  ASSERT_THAT(c.ranges, SizeIs(11));
  EXPECT_EQ(c.ranges.back().kind, RangeKind::kOnlyInSecond);
  EXPECT_EQ(c.ranges_not_listed, 90u);
  EXPECT_EQ(c.bytes_not_listed, 90u);
  EXPECT_EQ(c.differing_bytes, 100u);
}

TEST(Compare, SurvivesRegionsOutsideTheBlobs) {
  const Bytes a = Zeros(16);
  Bytes b = a;
  b[15] = 1;
  const std::vector<Region> regions = {
      {0xffffffff, 0xffffffff, "far"}, {15, 0xffffffff, "over the end"}, {3, 0, "empty"}};
  const Comparison c = Compare(a, b, regions);
  ASSERT_THAT(c.ranges, SizeIs(1));
  EXPECT_EQ(c.ranges[0].meaning, "over the end");
}

TEST(Compare, AccountsForEveryDifferingByteOfRandomBlobs) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    Bytes a(1 + random() % 3000);
    for (uint8_t& byte : a) byte = static_cast<uint8_t>(random() % 3);
    Bytes b = a;
    for (size_t n = random() % 40; n > 0; --n) b[random() % b.size()] ^= 1;
    std::vector<Region> regions;
    for (size_t n = random() % 6; n > 0; --n) {
      regions.push_back({static_cast<uint32_t>(random() % 3000),
                         static_cast<uint32_t>(random() % 900), std::string(1, 'a' + n)});
    }
    uint64_t truth = 0;
    for (size_t i = 0; i < a.size(); ++i) truth += a[i] != b[i] ? 1 : 0;
    const Comparison c = Compare(a, b, regions, {.merge_gap_bytes = 4, .max_ranges = 8});
    ASSERT_EQ(c.differing_bytes, truth);
    uint64_t listed = c.bytes_not_listed;
    uint64_t end = 0;
    for (const DiffRange& range : c.ranges) {
      ASSERT_GE(range.offset, end);
      ASSERT_NE(a[range.offset], b[range.offset]);
      end = range.offset + range.length;
      ASSERT_NE(a[end - 1], b[end - 1]);
      listed += range.differing_bytes;
    }
    ASSERT_EQ(listed, truth);
    ASSERT_EQ(c.identical, truth == 0);
  }
}

std::vector<std::string> MeaningsOf(const Comparison& c) {
  std::vector<std::string> meanings;
  for (const DiffRange& range : c.ranges) meanings.push_back(range.meaning);
  return meanings;
}

TEST(Layout, NamesTheParts) {
  const Bytes a = test::BuildImage("LDW-451S");
  const ImageReport report = Recognise(a);
  Bytes b = a;
  const size_t places[] = {
      0x2000, report.id_blocks[0].offset + 33u, 0x20100, 0x90100, 0xc0100, 0xd0100, 0xe0100,
      0xefff9};
  for (const size_t at : places) b[at] ^= 0x55;
  EXPECT_THAT(MeaningsOf(Compare(a, b, LayoutOf(report))),
              ::testing::ElementsAre(
                  "boot code", "ID block (name, revision)", "bank 2, read-speed tables",
                  "bank 9, EEPROM routines", "bank 12, DVD+R/+RW media table",
                  "bank 13, DVD-R/-RW media table", "bank 14, code", "bank 14, maker's mark"));
}

TEST(Layout, OfAPackedImageCoversTheFileOnce) {
  const Bytes a = test::BuildImage({.model = "LDW-451S", .packed = true});
  Bytes b = a;
  for (const size_t at : {0x3fff, 0x4000, 0x7fff, 0x8000, 0x13fff, 0x14000, 0xfffff}) b[at] ^= 1;
  EXPECT_THAT(MeaningsOf(Compare(a, b, LayoutOf(Recognise(a)))),
              ::testing::ElementsAre("boot code", "code common to all banks",
                                     "code common to all banks", "bank 0, code",
                                     "bank 0, maker's mark", "bank 1, code", "bank 20, code"));
}

TEST(Layout, OfAnImageInAChipOfTwiceItsSizeNamesTheBlankHalf) {
  Bytes a = test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000});
  a.resize(0x80000, 0xff);
  Bytes b = a;
  b[0x60000] = 0;
  EXPECT_THAT(MeaningsOf(Compare(a, b, LayoutOf(Recognise(a)))),
              ::testing::ElementsAre("blank area above the firmware"));
}

TEST(Layout, OfAnEepromNamesOnlyWhatIsPublished) {
  const Bytes a = test::BuildEeprom("LTR-48246S");
  Bytes b = a;
  for (const size_t at : {0x20, 0x13d, 0x14a, 0x300}) b[at] ^= 0x0f;
  const EepromRange burn_log[] = {{0x300, 0x40}};
  EXPECT_THAT(MeaningsOf(Compare(a, b, EepromLayout(1024, burn_log))),
              ::testing::ElementsAre("not publicly known",
                                     "read by the firmware; its meaning is not publicly known",
                                     "book type", "changes with use (burn log)"));
  EXPECT_THAT(EepromLayout(0x100, {}), IsEmpty());
}

TEST(Compare, SaysForProgramsWhatThePlaceIsFor) {
  Bytes a(256, 1);
  Bytes b = a;
  std::fill_n(b.begin() + 32, 16, 0xff);
  b[100] = 7;
  b[200] = 7;
  const std::vector<Region> regions = {{32, 16, "x", Part::kPerUnit}, {96, 16, "y", Part::kCode}};
  const Comparison c = Compare(a, b, regions);
  ASSERT_THAT(c.ranges, SizeIs(3));
  EXPECT_EQ(c.ranges[0].part, Part::kPerUnit);
  EXPECT_EQ(c.ranges[0].blank, BlankIn::kSecond);
  EXPECT_EQ(c.ranges[1].part, Part::kCode);
  EXPECT_EQ(c.ranges[1].blank, BlankIn::kNone);
  EXPECT_EQ(c.ranges[2].part, Part::kNotKnown);
  EXPECT_EQ(c.differing_by_part[static_cast<size_t>(Part::kPerUnit)], 16u);
  EXPECT_EQ(c.differing_by_part[static_cast<size_t>(Part::kCode)], 1u);
}

TEST(InWords, CountsEqualBytesAndSaysWhatTheOthersAre) {
  Bytes a(1024, 0);
  Bytes b = a;
  const EepromRange log[] = {{0x300, 0x40}};
  const auto words = [&] { return InWords(Compare(a, b, EepromLayout(1024, log))); };
  EXPECT_EQ(words(), "identical, 1,024 bytes");
  std::fill_n(b.begin() + 0x300, 15, 1);
  EXPECT_EQ(words(), "1,009 of 1,024 bytes equal, the rest changes with use");
  b[0x20] = 1;
  EXPECT_EQ(words(),
            "1,008 of 1,024 bytes equal; of the 16 others 15 change with use and 1 is not publicly "
            "known");
  b[0x14a] = 1;
  EXPECT_EQ(words(),
            "1,007 of 1,024 bytes equal; of the 17 others 15 change with use, 1 is not publicly "
            "known and 1 is a setting");
  b = a;
  b.resize(4096);
  EXPECT_EQ(words(), "1,024 of 1,024 bytes equal; the second has 3,072 bytes more");
  b.clear();
  EXPECT_EQ(words(), "the first has 1,024 bytes more");
}

TEST(LinesAround, ShowsOneLineBeforeAndAfterAndIsBounded) {
  Bytes a(200, 0);
  Bytes b = a;
  bool truncated = true;
  EXPECT_THAT(LinesAround(a, b, 10, truncated), IsEmpty());
  EXPECT_FALSE(truncated);
  b[0] = 1;
  b[65] = 1;
  b[85] = 1;
  b[199] = 1;
  EXPECT_THAT(LinesAround(a, b, 100, truncated),
              ::testing::ElementsAre(0, 16, 48, 64, 80, 96, 176, 192));
  EXPECT_FALSE(truncated);
  EXPECT_THAT(LinesAround(a, b, 3, truncated), ::testing::ElementsAre(0, 16, 48));
  EXPECT_TRUE(truncated);
  EXPECT_THAT(LinesAround(a, ByteView(a).first(190), 100, truncated),
              ::testing::ElementsAre(160, 176, 192));
  EXPECT_THAT(LinesAround({}, ByteView(a).first(17), 100, truncated),
              ::testing::ElementsAre(0, 16));
}

TEST(Compare, ShowsTwoRevisionsOfOneModelAsAFewRanges) {
  const Bytes a = test::BuildImage("LTR-48246S", "SS0B");
  const Bytes b = test::BuildImage("LTR-48246S", "SS0C");
  const Comparison c = Compare(a, b, LayoutOf(Recognise(a)));
  EXPECT_FALSE(c.identical);
  EXPECT_GT(c.differing_bytes, 0x10000u);
  EXPECT_LT(c.differing_bytes, 0x60000u);
  for (const DiffRange& range : c.ranges) EXPECT_GE(range.offset, 0x4000u);
  EXPECT_THAT(MeaningsOf(c), ::testing::Contains(HasSubstr("ID block")));
}

}  // namespace
}  // namespace firmbench::images
