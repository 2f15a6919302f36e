// SPDX-License-Identifier: Apache-2.0
// Which model an image belongs to when names and letters are less clear than one would like.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/images/liteon_models.h"
#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Writes over the main ID block: 8 bytes header, vendor 8, product 16, revision 4.
void Rename(Bytes& image, std::string_view text, size_t at_in_block) {
  const uint32_t at = Recognise(image).id_blocks[0].offset;
  std::copy(text.begin(), text.end(), image.begin() + static_cast<ptrdiff_t>(at + at_in_block));
}

TEST(LiteonModelOf, KnowsTheOemNamesOfThe451S) {
  for (const OemName& name : {OemName{"DVDRW", "DRW-1S45"}, OemName{"FREECOM_", "DVD+/-RW4J1"}}) {
    const ImageReport report = Recognise(test::BuildImage({.model = "LDW-451S",
                                                           .vendor = std::string(name.vendor),
                                                           .product = std::string(name.product)}));
    EXPECT_EQ(report.model, "LDW-451S") << name.product;
    EXPECT_THAT(report.warnings, IsEmpty());
  }
}

TEST(LiteonModelOf, KnowsTheNamesOfOtherBrands) {
  size_t names = 0;
  for (const LiteonModel& row : LiteonModels()) {
    for (const OemName& name : row.oem_names) {
      ++names;
      const ImageReport report =
          Recognise(test::BuildImage({.model = std::string(row.model),
                                      .vendor = std::string(name.vendor),
                                      .product = std::string(name.product)}));
      EXPECT_EQ(report.model, row.model) << name.product;
      EXPECT_THAT(report.warnings, IsEmpty()) << name.product;
      EXPECT_LE(name.vendor.size(), 8u) << name.vendor;
      EXPECT_LE(name.product.size(), 16u) << name.product;
    }
  }
  EXPECT_GE(names, 50u);
}

TEST(LiteonModelOf, TellsThe451SFromThe851SByItsText) {
  EXPECT_EQ(Recognise(test::BuildImage("LDW-451S", "GSB4")).model, "LDW-451S");
  EXPECT_EQ(Recognise(test::BuildImage("LDW-851S", "GS0P")).model, "LDW-851S");
  // The text anywhere in the image makes it a 451S, and then the 851S name contradicts.
  Bytes image = test::BuildImage("LDW-851S", "GS0P");
  const std::string_view text = "LDW-451S";
  std::copy(text.begin(), text.end(), image.begin() + 0x81000);
  const ImageReport report = Recognise(image);
  EXPECT_EQ(report.model, "");
  EXPECT_THAT(report.warnings, Contains(HasSubstr("contradicts itself")));
}

TEST(LiteonModelOf, RefusesToChooseBetweenNameAndLetters) {
  Bytes image = test::BuildImage("LTR-48246S");
  Rename(image, "LTR-52327S", 16);
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.model, "");
  EXPECT_THAT(report.warnings,
              ElementsAre("the file contradicts itself: revision SS0B is of a LTR-48246S, but the "
                          "name LITE-ON LTR-52327S is of a LTR-52327S"));
}

TEST(LiteonModelOf, FollowsTheLettersUnderANameThatNobodyListed) {
  Bytes image = test::BuildImage("LTR-52327S");
  Rename(image, "ACME    BURNER 9000     ", 8);
  const ImageReport report = Recognise(image);
  EXPECT_EQ(report.model, "LTR-52327S");
  EXPECT_THAT(report.warnings, Contains(HasSubstr("ACME BURNER 9000 is not in our table")));
}

TEST(LiteonModelOf, NamesNoModelForUnknownLetters) {
  Bytes image = test::BuildImage("LTR-48246S");
  Rename(image, "ZZ99", 32);
  const ImageReport report = Recognise(image);
  EXPECT_EQ(report.model, "");
  EXPECT_THAT(report.warnings, Contains(HasSubstr("belongs to no model")));
}

// The letter V is a DVD burner's in a 1 MB image only; other classes of drives use it otherwise.
TEST(LiteonModelOf, TakesDvdLettersOnlyInDvdImages) {
  Bytes image = test::BuildImage("LTR-48246S");
  // Under a name that nobody listed, so that only the letters could make it one.
  Rename(image, "ACME    BURNER 9000     VS0A", 8);
  EXPECT_EQ(Recognise(image).model, "");
}

TEST(LiteonModelOf, NamesNoModelForAReadOnlyDrive) {
  Bytes image = test::BuildImage("LTR-48246S");
  image[Recognise(image).id_blocks[0].offset + 3] = 0x31;
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.model, "");
  EXPECT_THAT(report.warnings, Contains(HasSubstr("read-only drive")));
}

TEST(LiteonModels, AreToldApartByLettersWithinTheirClass) {
  for (const LiteonModel& a : LiteonModels()) {
    for (const LiteonModel& b : LiteonModels()) {
      if (a.model == b.model || a.dvd_burner != b.dvd_burner || a.letters == "G") continue;
      EXPECT_FALSE(a.letters.starts_with(b.letters)) << a.model << " " << b.model;
    }
  }
}

}  // namespace
}  // namespace firmbench::images
