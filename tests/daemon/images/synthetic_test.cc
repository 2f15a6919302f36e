// SPDX-License-Identifier: Apache-2.0
// The contents that simulated drives start with.

#include "daemon/images/synthetic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

using ::testing::HasSubstr;

uint32_t DifferingPieces(ByteView a, ByteView b) {
  uint32_t count = 0;
  for (size_t at = 0; at < a.size(); at += 0x1000) {
    const ByteView x = a.subspan(at, 0x1000);
    if (!std::equal(x.begin(), x.end(), b.begin() + static_cast<ptrdiff_t>(at))) ++count;
  }
  return count;
}

TEST(SyntheticImage, IsTheSameForTheSameSpecification) {
  EXPECT_EQ(test::BuildImage("LDW-451S", "GSB7", 9), test::BuildImage("LDW-451S", "GSB7", 9));
}

TEST(SyntheticImage, SharesPiecesBetweenRevisionsOfOneSeed) {
  const Bytes a = test::BuildImage("LTR-48246S", "SS0B");
  const Bytes b = test::BuildImage("LTR-48246S", "SS0C");
  const uint32_t pieces = DifferingPieces(a, b);
  EXPECT_GT(pieces, 128u / 5);
  EXPECT_LT(pieces, 128u * 3 / 5);
  EXPECT_TRUE(std::equal(a.begin(), a.begin() + 0x4000, b.begin())) << "the boot code changed";
}

TEST(SyntheticImage, SharesNoPieceBetweenSeeds) {
  EXPECT_EQ(DifferingPieces(test::BuildImage("LTR-48246S", "SS0B", 1),
                            test::BuildImage("LTR-48246S", "SS0B", 2)),
            128u);
}

TEST(SyntheticImage, SaysThatItIsNoFirmware) {
  EXPECT_THAT(std::string(AsText(test::BuildImage("LTR-52327S"))), HasSubstr("NO FIRMWARE"));
  EXPECT_THAT(std::string(AsText(test::BuildEeprom("LTR-52327S"))), HasSubstr("SIMULATED"));
}

TEST(SyntheticImage, HasNoBankThatRepeatsAnother) {
  EXPECT_TRUE(AliasedBanks(test::BuildImage("LDW-451S")).empty());
  EXPECT_TRUE(AliasedBanks(test::BuildImage("LTR-52327S")).empty());
}

struct BadSpec {
  const char* name;
  SyntheticImage spec;
  const char* reason;
};
class BadSyntheticImage : public ::testing::TestWithParam<BadSpec> {};

TEST_P(BadSyntheticImage, IsRefusedWithARemedy) {
  const Result<Bytes> built = BuildSyntheticImage(GetParam().spec);
  ASSERT_FALSE(built.has_value());
  EXPECT_EQ(built.error().reason(), GetParam().reason) << built.error().ToString();
  EXPECT_FALSE(built.error().remedy().empty());
}
INSTANTIATE_TEST_SUITE_P(
    SyntheticImage, BadSyntheticImage,
    ::testing::Values(
        BadSpec{"NoModel", {}, "SYNTHETIC_MODEL_UNKNOWN"},
        BadSpec{"OtherModel", {.model = "DVR-103"}, "SYNTHETIC_MODEL_UNKNOWN"},
        BadSpec{
            "ShortRevision", {.model = "LTR-48246S", .revision = "SS0"}, "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"LongRevision",
                {.model = "LTR-48246S", .revision = "SS0BB"},
                "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"ForeignRevision",
                {.model = "LTR-48246S", .revision = "QS0C"},
                "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"LongVendor",
                {.model = "LTR-48246S", .vendor = "LITE-ON-IT"},
                "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"Escape", {.model = "LTR-48246S", .product = "\x1b[2J"}, "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"ForeignName",
                {.model = "LTR-48246S", .product = "LTR-52327S"},
                "SYNTHETIC_FIELD_INVALID"},
        BadSpec{"BlankVendor", {.model = "LTR-48246S", .vendor = "   "}, "SYNTHETIC_FIELD_INVALID"},
        BadSpec{
            "CdOf1M", {.model = "LTR-48246S", .size_bytes = 0x100000}, "SYNTHETIC_SIZE_INVALID"},
        BadSpec{
            "DvdOf512K", {.model = "LDW-451S", .size_bytes = 0x80000}, "SYNTHETIC_SIZE_INVALID"},
        BadSpec{"Huge", {.model = "LDW-451S", .size_bytes = 0xffffffff}, "SYNTHETIC_SIZE_INVALID"},
        BadSpec{"CdPacked", {.model = "LTR-48246S", .packed = true}, "SYNTHETIC_SIZE_INVALID"}),
    [](const auto& each) { return each.param.name; });

TEST(SyntheticEeprom, BelongsToOneUnit) {
  const Bytes a = test::BuildEeprom("LTR-48246S", 1);
  EXPECT_EQ(a.size(), 1024u);
  EXPECT_EQ(a, test::BuildEeprom("LTR-48246S", 1));
  EXPECT_NE(a, test::BuildEeprom("LTR-48246S", 2));
  EXPECT_NE(a, test::BuildEeprom("LTR-52327S", 1));
  EXPECT_EQ(test::BuildEeprom("LTR-48246S", 1, 4096).size(), 4096u);
}

TEST(SyntheticEeprom, StartsWithAnEmptyBurnLogAndNoBookType) {
  const Bytes a = test::BuildEeprom("LDW-451S", 5);
  EXPECT_TRUE(AllBytesAre(ByteView(a).subspan(0x300, 64), 0xff));
  EXPECT_EQ(a[0x14a], 0);
}

TEST(SyntheticEeprom, RefusesUnknownModelsAndSizes) {
  EXPECT_EQ(BuildSyntheticEeprom({.model = "X"}).error().reason(), "SYNTHETIC_MODEL_UNKNOWN");
  EXPECT_EQ(BuildSyntheticEeprom({.model = "LDW-451S", .size_bytes = 2048}).error().reason(),
            "SYNTHETIC_SIZE_INVALID");
}

}  // namespace
}  // namespace firmbench::images
