// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/image_rules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/families/mediatek_mt1959/layout.h"
#include "daemon/families/personalities.h"
#include "daemon/simulator/personality.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

Bytes Image(std::string_view model, std::string_view revision, uint64_t seed) {
  const auto part = simulator::FindProfile(AllPersonalities(), model);
  return *part.personality->Firmware(*part.profile, revision, seed);
}

const ModelInfo& Bu40n() { return Models()[0]; }

scsi::Identity IdentityOf(const ModelInfo& model, const std::string& revision) {
  scsi::Identity identity;
  identity.device_type = 0x05;
  identity.vendor = model.vendor;
  identity.product = model.product;
  identity.revision = revision;
  return identity;
}

bool SameAt(const Bytes& a, const Bytes& b, size_t offset, size_t length) {
  return std::equal(a.begin() + static_cast<ptrdiff_t>(offset),
                    a.begin() + static_cast<ptrdiff_t>(offset + length),
                    b.begin() + static_cast<ptrdiff_t>(offset));
}

TEST(Mt1959Image, SaysWhatItIsFor) {
  const images::ImageReport report = RecogniseImage(Image("BU40N", "1.03", 1));
  ASSERT_TRUE(report.ok()) << report.refusal->message();
  EXPECT_EQ(report.format, "mediatek_mt1959");
  EXPECT_EQ(report.vendor, "HL-DT-ST");
  EXPECT_EQ(report.product, "BD-RE BU40N");
  EXPECT_EQ(report.revision, "1.03");
  EXPECT_EQ(report.model, "BU40N");
}

TEST(Mt1959Image, OfAnotherBoardNamesNoModel) {
  Bytes image = Image("BU40N", "1.03", 1);
  image[kConfigAt + 12] = 'X';
  EXPECT_EQ(RecogniseImage(image).model, "");
}

TEST(Mt1959Target, KeepsBootConfigurationAndCalibration) {
  const Bytes current = Image("BU40N", "1.00", 1);
  const Bytes image = Image("BU40N", "1.03", 2);
  const auto target = ComposeTargetFor(Bu40n(), current, image);
  ASSERT_TRUE(target);
  EXPECT_TRUE(SameAt(*target, current, 0, kKeptBytes));
  EXPECT_TRUE(SameAt(*target, current, kCalibrationAt, kCalibrationBytes));
  EXPECT_TRUE(SameAt(*target, image, kKeptBytes, kCalibrationAt - kKeptBytes));
  EXPECT_EQ(target->size(), kFlashBytes);
}

TEST(Mt1959Target, ExpectsInTheBootPageWhatAReadWillShow) {
  Bytes current = Image("BU40N", "1.00", 1);
  std::copy_n(current.begin() + kBootPageShown, kBootPageBytes, current.begin());
  const Bytes image = Image("BU40N", "1.03", 2);
  const auto target = ComposeTargetFor(Bu40n(), current, image);
  ASSERT_TRUE(target);
  EXPECT_TRUE(std::equal(target->begin(), target->begin() + kBootPageBytes,
                         image.begin() + kBootPageShown));
  EXPECT_TRUE(SameAt(*target, current, kBootPageBytes, kKeptBytes - kBootPageBytes));
}

TEST(Mt1959Target, IsRefusedWhenDriveOrFileAreOfAnotherBoard) {
  const Bytes good = Image("BU40N", "1.00", 1);
  Bytes other = good;
  other[kConfigAt + 12] = 'X';
  for (const auto& [current, image] : {std::pair{good, other}, std::pair{other, good}}) {
    const auto target = ComposeTargetFor(Bu40n(), current, image);
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().reason(), "IMAGE_HARDWARE_MISMATCH");
  }
  EXPECT_FALSE(ComposeTargetFor(Bu40n(), {}, good));
}

TEST(Mt1959Undo, TakesADumpOfTheDriveItself) {
  const Bytes dump = Image("BU40N", "1.03", 1);
  EXPECT_TRUE(CheckUndoFor(Bu40n(), IdentityOf(Bu40n(), "1.03"), dump));
  EXPECT_FALSE(CheckUndoFor(Bu40n(), IdentityOf(Bu40n(), "1.02"), dump));
  EXPECT_FALSE(CheckUndoFor(Models()[1], IdentityOf(Models()[1], "3.02"), dump));
}

TEST(Mt1959Undo, RefusesADumpThatRepeatsItself) {
  Bytes dump = Image("BU40N", "1.03", 1);
  std::copy_n(dump.begin() + 0x20000, 0x10000, dump.begin() + 0x50000);
  const Status undo = CheckUndoFor(Bu40n(), IdentityOf(Bu40n(), "1.03"), dump);
  ASSERT_FALSE(undo);
  EXPECT_EQ(undo.error().reason(), "DUMP_CANNOT_UNDO");
}

TEST(Mt1959Match, BootCodeIsNoModelButKnown) {
  EXPECT_EQ(MatchNames("ASUS", "BW-16D1HT", "BOOT"), nullptr);
  EXPECT_EQ(MatchNames("ASUS", "BW-16D1HT", "3.02"), &Models()[1]);
  EXPECT_TRUE(IsBootCode("ASUS", "BW-16D1HT", "BOOT"));
  EXPECT_FALSE(IsBootCode("ASUS", "BW-12B1ST", "BOOT"));
}

// Hostile input: whatever is there, nothing is read outside of it.
TEST(Mt1959Image, IsLookedAtWhereverItEnds) {
  const Bytes whole = Image("BU40N", "1.03", 1);
  for (const size_t size : {0u, 1u, 0x3000u, 0x3004u, 0x301fu, 0x3020u, 0x10400u, 0x105bfu,
                            0x1ec000u, 0x1ec0ffu, 0x1fffffu}) {
    EXPECT_FALSE(RecogniseImage(ByteView(whole).first(size)).ok()) << size;
  }
}

}  // namespace
}  // namespace firmbench::families::mediatek_mt1959
