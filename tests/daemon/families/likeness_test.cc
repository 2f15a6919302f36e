// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/likeness.h"

#include <gtest/gtest.h>

namespace firmbench::families {
namespace {

scsi::Identity Named(const char* vendor, const char* product, const char* revision) {
  scsi::Identity identity;
  identity.vendor = vendor;
  identity.product = product;
  identity.revision = revision;
  return identity;
}

TEST(Likeness, FindsTheModelByAPieceOfItsName) {
  const Likeness found = FindLikeness(Named("LITEON", "CD-RW LTR48246", "ZZ01"));
  EXPECT_EQ(found.model, "LTR-48246S");
  EXPECT_EQ(found.why, "its name holds LTR48246, as LTR-48246S does");
  ASSERT_EQ(found.makers.size(), 1u);
  EXPECT_EQ(found.makers[0], "LITE-ON itself");
  EXPECT_TRUE(found.lite_on);
}

TEST(Likeness, FindsTheModelByTheLettersOfItsRevision) {
  const Likeness found = FindLikeness(Named("NOBODY", "CD BURNER", "QS09"));
  EXPECT_EQ(found.model, "LTR-52327S");
  EXPECT_TRUE(found.makers.empty());
}

TEST(Likeness, NamesWhoMayHaveBuiltIt) {
  const Likeness sold = FindLikeness(Named("GIGABYTE", "GO-W0804A", "1.00"));
  EXPECT_EQ(sold.model, "LDW-851S");
  ASSERT_FALSE(sold.makers.empty());
  EXPECT_EQ(sold.makers[0], "LITE-ON: it sold its LDW-851S as GIGABYTE GO-W0804A");
  const Likeness vendor = FindLikeness(Named("TEAC", "CD-W552E", "1.09"));
  EXPECT_EQ(vendor.model, "");
  ASSERT_FALSE(vendor.makers.empty());
  EXPECT_EQ(vendor.makers[0], "LITE-ON: it built drives for TEAC");
}

TEST(Likeness, SaysNothingOfStrangers) {
  const Likeness found = FindLikeness(Named("QEMU", "QEMU DVD-ROM", "2.5+"));
  EXPECT_EQ(found.model, "");
  EXPECT_EQ(found.why, "");
  EXPECT_TRUE(found.makers.empty());
  EXPECT_TRUE(FindLikeness({}).makers.empty());
}

TEST(Likeness, KnowsTheHeaderOfMediaTeksFirmware) {
  scsi::Identity identity = Named("ACME", "DVD", "1.0");
  identity.inquiry = {0x05, 0x80, 0x00, 0x32, 0x1f};
  const Likeness found = FindLikeness(identity);
  EXPECT_EQ(found.makers.size(), 1u);
  EXPECT_FALSE(found.lite_on);
  identity.inquiry = {0x05};
  EXPECT_TRUE(FindLikeness(identity).makers.empty());
}

}  // namespace
}  // namespace firmbench::families
