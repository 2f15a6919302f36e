// SPDX-License-Identifier: Apache-2.0
// What a dead drive still tells, and what a technician is told about it.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/synthetic.h"

namespace firmbench::families::mediatek_liteon {
namespace {

std::string_view BootCode(std::string product) {
  scsi::Identity identity;
  identity.device_type = 5;
  identity.vendor = "LITE-ON";
  identity.product = std::move(product);
  identity.revision = "BT01";
  EXPECT_EQ(GetFamily().Match(identity), nullptr) << "it does not say which model it is";
  return GetFamily().BootCodeOf(identity);
}

TEST(LiteonBootCode, IsKnownByItsName) {
  EXPECT_NE(BootCode("LTR-BOOT"), "");
  EXPECT_EQ(BootCode("LTR-BOOTS"), "");
  EXPECT_EQ(BootCode("ltr-boot"), "");
  EXPECT_EQ(BootCode(""), "");
  scsi::Identity identity;
  identity.product = "LTR-BOOT";
  EXPECT_EQ(FindBootCode(identity), &GetFamily());
  identity.product = "LTR-48246S";
  EXPECT_EQ(FindBootCode(identity), nullptr);
}

Bytes Image(std::string_view model) {
  auto image = images::BuildSyntheticImage({.model = std::string(model)});
  EXPECT_TRUE(image);
  return image ? std::move(image).value() : Bytes{};
}

TEST(LiteonRemains, NameTheModelOfADamagedFlash) {
  for (const ModelInfo& model : Models()) {
    Bytes flash = Image(model.model);
    flash.resize(model.firmware_bytes, 0xff);
    // The cut took the reset vector and most of the banks.
    std::fill_n(flash.begin(), 0x1000, uint8_t{0xff});
    std::fill(flash.begin() + 0x10000, flash.end(), uint8_t{0xff});
    const Remains remains = GetFamily().ReadRemains(flash);
    EXPECT_EQ(remains.model, model.model);
    EXPECT_NE(remains.text.find(model.product), std::string::npos) << remains.text;
  }
}

TEST(LiteonRemains, NameNoneWhereTheyContradictOrAreGone) {
  Bytes flash = Image("LTR-48246S");
  EXPECT_EQ(GetFamily().ReadRemains(flash).model, "LTR-48246S");
  const Bytes other = Image("LTR-52327S");
  std::copy_n(other.begin(), 0x10000, flash.begin() + 0x30000);
  const Remains both = GetFamily().ReadRemains(flash);
  EXPECT_EQ(both.model, "");
  EXPECT_NE(both.text.find("LTR-48246S"), std::string::npos) << both.text;
  EXPECT_NE(both.text.find("LTR-52327S"), std::string::npos) << both.text;
  EXPECT_EQ(GetFamily().ReadRemains(Bytes(0x80000, 0xff)).text, "the flash is blank");
  EXPECT_EQ(GetFamily().ReadRemains(Bytes(0x80000, 0x02)).model, "");
  EXPECT_EQ(GetFamily().ReadRemains(Bytes(7, 0x05)).model, "");
  EXPECT_EQ(GetFamily().ReadRemains({}).model, "");
}

TEST(LiteonAdvice, SaysHowWellItIsKnown) {
  const auto advice = GetFamily().recovery_advice();
  EXPECT_GE(advice.size(), 8u);
  for (const RecoveryAdvice& entry : advice) {
    EXPECT_FALSE(entry.when.empty());
    EXPECT_FALSE(entry.advice.empty()) << entry.when;
    EXPECT_FALSE(entry.seen.empty()) << entry.when;
    // Nobody of us has seen any of it.
    EXPECT_LE(entry.evidence, Evidence::kSecondHand) << entry.when;
  }
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
