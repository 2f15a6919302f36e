// SPDX-License-Identifier: Apache-2.0
// What Recognise() reads from good images, plain and packed.

#include "daemon/images/recognise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/liteon_models.h"
#include "daemon/images/mediatek_liteon.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class EveryModel : public ::testing::TestWithParam<LiteonModel> {};

TEST_P(EveryModel, IsReadFromItsImage) {
  const LiteonModel& row = GetParam();
  const ImageReport report = Recognise(test::BuildImage(row.model));
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.format, "mediatek_liteon");
  EXPECT_EQ(report.model, row.model);
  EXPECT_TRUE(report.revision.starts_with(row.letters)) << report.revision;
  EXPECT_THAT(report.product, HasSubstr(row.model));
  EXPECT_EQ(report.layout, Layout::kPlain);
  EXPECT_EQ(report.banks, report.size_bytes / kBankBytes);
  EXPECT_TRUE(report.maker_mark);
  EXPECT_EQ(report.timestamp.empty(), !row.dvd_burner);
  EXPECT_THAT(report.warnings, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Recogniser, EveryModel, ::testing::ValuesIn(LiteonModels()),
                         [](const auto& each) {
                           std::string name(each.param.model);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Recogniser, ReportsEveryFieldOfA451S) {
  const Bytes image = test::BuildImage(
      {.model = "LDW-451S", .revision = "GSB7", .timestamp = "2004/03/11 10:22", .seed = 3});
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.vendor, "LITE-ON");
  EXPECT_EQ(report.product, "DVDRW LDW-451S");
  EXPECT_EQ(report.revision, "GSB7");
  EXPECT_EQ(report.timestamp, "2004/03/11 10:22");
  EXPECT_EQ(report.size_bytes, 0x100000u);
  EXPECT_EQ(report.banks, 16u);
  EXPECT_EQ(report.bank_mask, 0x0f);
  EXPECT_EQ(report.hashes.sha256, Sha256Hex(image));
  EXPECT_EQ(report.hashes.md5.size(), 32u);
  EXPECT_EQ(report.hashes.crc32.size(), 8u);
  ASSERT_EQ(report.id_blocks.size(), 1u);
  EXPECT_EQ(report.id_blocks[0].format, 0x32);
  EXPECT_FALSE(report.id_blocks[0].in_boot);
}

TEST(Recogniser, TakesThe256KilobyteImageOfACdBurner) {
  const ImageReport report =
      Recognise(test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000}));
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.model, "LTR-48246S");
  EXPECT_EQ(report.banks, 4u);
}

TEST(Recogniser, PrefersTheIdBlockBeyondTheBootCode) {
  Bytes image = test::BuildImage("LTR-48246S");
  const uint32_t main_at = Recognise(image).id_blocks[0].offset;
  std::copy_n(image.begin() + main_at, 36, image.begin() + 0x3000);
  const std::string_view boot = "LITE-ON LTR-BOOT        BT01";
  std::copy(boot.begin(), boot.end(), image.begin() + 0x3008);
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.id_blocks.size(), 2u);
  EXPECT_EQ(report.product, "LTR-48246S");
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("(boot code) the file also names")));
}

TEST(Recogniser, FallsBackToAnIdBlockInTheBootCode) {
  Bytes image = test::BuildImage("LTR-48246S");
  const uint32_t main_at = Recognise(image).id_blocks[0].offset;
  std::copy_n(image.begin() + main_at, 36, image.begin() + 0x3000);
  image[main_at] ^= 0xff;
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.model, "LTR-48246S");
  EXPECT_TRUE(report.id_blocks[0].in_boot);
}

TEST(Recogniser, ToleratesAnEightyAtABankStartAndSaysSo) {
  Bytes image = test::BuildImage("LTR-48246S");
  image[0x30000] = 0x80;
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("bank 3 starts with 80")));
}

TEST(Recogniser, SaysWhenBothHalvesAreTheSame) {
  Bytes image = test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000});
  const Bytes once = image;
  image.insert(image.end(), once.begin(), once.end());
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.halves, Halves::kMirrored);
  EXPECT_THAT(report.warnings, ::testing::Contains(HasSubstr("256 KB of firmware seen twice")));
}

TEST(Recogniser, SaysWhenTheUpperHalfIsBlank) {
  Bytes image = test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000});
  image.resize(0x80000, 0xff);
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.halves, Halves::kUpperBlank);
  EXPECT_EQ(report.banks, 4u);
  EXPECT_THAT(report.warnings, ::testing::Contains(HasSubstr("upper half is blank")));
}

TEST(Halves, AreDistinctForOddTinyAndBlankInput) {
  EXPECT_EQ(CompareHalves(Bytes(0x20001, 1)), Halves::kDistinct);
  EXPECT_EQ(CompareHalves(Bytes(2, 1)), Halves::kDistinct);
  EXPECT_EQ(CompareHalves({}), Halves::kDistinct);
  EXPECT_EQ(CompareHalves(Bytes(0x40000, 0xff)), Halves::kDistinct);
}

TEST(AliasedBanks, NamesEachRepeatedBankOnceAndNoBlankOnes) {
  Bytes image = test::BuildImage("LDW-451S");
  EXPECT_THAT(AliasedBanks(image), IsEmpty());
  std::copy_n(image.begin() + 0x20000, kBankBytes, image.begin() + 0x70000);
  std::copy_n(image.begin() + 0x20000, kBankBytes, image.begin() + 0x90000);
  std::fill_n(image.begin() + 0xa0000, 2 * kBankBytes, 0xff);
  EXPECT_THAT(AliasedBanks(image), ElementsAre(Pair(2u, 7u), Pair(2u, 9u)));
}

struct PackedCase {
  const char* model;
  uint32_t common;
  uint32_t banks;
};
class PackedImage : public ::testing::TestWithParam<PackedCase> {};

TEST_P(PackedImage, IsSeenByTheProcessorAsBanksThatShareTheirStart) {
  const Bytes image = test::BuildImage({.model = GetParam().model, .packed = true});
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok()) << report.refusal->ToString();
  EXPECT_EQ(report.layout, Layout::kPacked);
  EXPECT_EQ(ToString(report.layout), "packed");
  EXPECT_EQ(report.model, GetParam().model);
  EXPECT_EQ(report.common_bytes, GetParam().common);
  EXPECT_EQ(report.banks, GetParam().banks);
  EXPECT_TRUE(report.maker_mark);

  const Result<Bytes> view = CpuView(image, report);
  ASSERT_TRUE(view.has_value());
  // Everything behind the boot code is there once, and the common part once per bank.
  EXPECT_EQ(view->size(),
            image.size() - kLiteonBootBytes + (report.banks - 1) * report.common_bytes);
  for (uint32_t bank = 0; bank < report.banks; ++bank) {
    EXPECT_EQ((*view)[size_t{bank} * kBankBytes], 0x02) << bank;
    for (const uint16_t address : {0x0000, 0x2fff, 0x3000, 0x3fff, 0x4000, 0x9abc, 0xffff}) {
      const size_t in_view = size_t{bank} * kBankBytes + address;
      const Result<uint32_t> in_file = FileOffset(report, bank, address);
      ASSERT_EQ(in_file.has_value(), in_view < view->size()) << bank << " " << address;
      if (!in_file) continue;
      EXPECT_EQ((*view)[in_view], image[*in_file]) << bank << " " << address;
    }
  }
}
// drive-protocols 6: 21 banks with 4000 in common; with 3000 in common the sum gives 20.
INSTANTIATE_TEST_SUITE_P(Recogniser, PackedImage,
                         ::testing::Values(PackedCase{"LDW-451S", 0x4000, 21},
                                           PackedCase{"SOHW-1633S", 0x4000, 21},
                                           PackedCase{"SOHW-832S", 0x3000, 20}),
                         [](const auto& each) { return std::to_string(each.index); });

TEST(CpuView, OfAPlainImageIsTheImage) {
  const Bytes image = test::BuildImage("LTR-52327S");
  const ImageReport report = Recognise(image);
  EXPECT_EQ(*CpuView(image, report), image);
  EXPECT_EQ(*FileOffset(report, 7, 0x1234), 0x71234u);
  EXPECT_EQ(FileOffset(report, 8, 0).error().reason(), "OUT_OF_IMAGE");
}

TEST(CpuView, RefusesAReportOfOtherBytes) {
  const Bytes image = test::BuildImage("LTR-52327S");
  const ImageReport report = Recognise(image);
  EXPECT_FALSE(CpuView(ByteView(image).first(100), report).has_value());
  EXPECT_FALSE(CpuView(image, Recognise({})).has_value());
}

}  // namespace
}  // namespace firmbench::images
