// SPDX-License-Identifier: Apache-2.0
// The family's pure judgements: images, dumps, targets and plans.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/synthetic.h"

namespace firmbench::families::mediatek_liteon {
namespace {

const ModelInfo& ModelOf(std::string_view name) {
  for (const ModelInfo& model : Models()) {
    if (model.model == name) return model;
  }
  ADD_FAILURE() << name;
  return Models().front();
}

Bytes Image(std::string_view model, uint64_t seed = 1, uint32_t size_bytes = 0) {
  auto image = images::BuildSyntheticImage(
      {.model = std::string(model), .size_bytes = size_bytes, .seed = seed});
  EXPECT_TRUE(image);
  return image ? std::move(image).value() : Bytes{};
}

std::string Reason(const Status& status) { return status ? "" : status.error().reason(); }

TEST(LiteonImages, FitTheirOwnModelOnly) {
  for (const ModelInfo& other : Models()) {
    const Bytes image = Image(other.model);
    for (const ModelInfo& model : Models()) {
      const Status checked = GetFamily().CheckImage(model, image);
      if (&model == &other) {
        EXPECT_TRUE(checked) << model.model;
        continue;
      }
      EXPECT_EQ(Reason(checked), "IMAGE_MODEL_MISMATCH");
      EXPECT_NE(checked.error().message().find(model.model), std::string::npos);
      EXPECT_NE(checked.error().message().find(other.model), std::string::npos);
    }
  }
}

TEST(LiteonImages, TheSisterModelWithTheSameLetterIsAnother) {
  EXPECT_EQ(Reason(GetFamily().CheckImage(ModelOf("LDW-451S"), Image("LDW-851S"))),
            "IMAGE_MODEL_MISMATCH");
}

TEST(LiteonImages, OfHalfTheSizeAreRefused) {
  EXPECT_EQ(
      Reason(GetFamily().CheckImage(ModelOf("LTR-48246S"), Image("LTR-48246S", 1, 256 * 1024))),
      "IMAGE_SIZE_WRONG");
}

TEST(LiteonImages, HostileBytesAreRefused) {
  const ModelInfo& model = ModelOf("LTR-48246S");
  const auto reason = [&](ByteView bytes) { return Reason(GetFamily().CheckImage(model, bytes)); };
  EXPECT_NE(reason({}), "");
  EXPECT_EQ(reason(Bytes(512 * 1024, 0xff)), "IMAGE_BLANK");
  EXPECT_NE(reason(Bytes(512 * 1024, 0x02)), "");
  const Bytes image = Image("LTR-48246S");
  EXPECT_NE(reason(ByteView(image).first(image.size() - 1)), "");
  EXPECT_NE(reason(ByteView(image).first(1)), "");
  Bytes longer = image;
  longer.push_back(0);
  EXPECT_NE(reason(longer), "");
}

scsi::Identity IdentityOf(std::string vendor, std::string product, std::string revision) {
  scsi::Identity identity;
  identity.device_type = 5;
  identity.vendor = std::move(vendor);
  identity.product = std::move(product);
  identity.revision = std::move(revision);
  return identity;
}

TEST(LiteonUndo, WantsTheDrivesOwnFirmware) {
  const ModelInfo& model = ModelOf("LTR-48246S");
  auto dump = images::BuildSyntheticImage(
      {.model = "LTR-48246S", .revision = "SS0B", .size_bytes = model.firmware_bytes});
  ASSERT_TRUE(dump);
  const auto reason = [&](const scsi::Identity& identity, ByteView bytes) {
    return Reason(GetFamily().CheckUndo(model, identity, bytes));
  };
  const scsi::Identity own = IdentityOf("LITE-ON", "LTR-48246S", "SS0B");
  EXPECT_EQ(reason(own, *dump), "");
  EXPECT_EQ(reason(IdentityOf("LITE-ON", "LTR-48246S", "SS09"), *dump), "DUMP_CANNOT_UNDO");
  EXPECT_EQ(reason(IdentityOf("LITE-ON", "LTR-52327S", "SS0B"), *dump), "DUMP_CANNOT_UNDO");
  EXPECT_EQ(reason(own, ByteView(*dump).first(256 * 1024)), "DUMP_CANNOT_UNDO");
  EXPECT_EQ(reason(own, {}), "DUMP_CANNOT_UNDO");
  EXPECT_EQ(reason(own, Bytes(model.firmware_bytes, 0xff)), "DUMP_CANNOT_UNDO");
}

TEST(LiteonUndo, FindsBanksThatAreAliases) {
  const ModelInfo& model = ModelOf("LTR-48246S");
  auto dump = images::BuildSyntheticImage(
      {.model = "LTR-48246S", .revision = "SS0B", .size_bytes = model.firmware_bytes});
  ASSERT_TRUE(dump);
  const scsi::Identity own = IdentityOf("LITE-ON", "LTR-48246S", "SS0B");
  Bytes mirrored = *dump;
  std::copy_n(dump->begin(), mirrored.size() / 2, mirrored.begin() + mirrored.size() / 2);
  EXPECT_EQ(Reason(GetFamily().CheckUndo(model, own, mirrored)), "DUMP_CANNOT_UNDO");
  Bytes aliased = *dump;
  std::copy_n(dump->begin() + 0x20000, 0x10000, aliased.begin() + 0x50000);
  const Status checked = GetFamily().CheckUndo(model, own, aliased);
  ASSERT_EQ(Reason(checked), "DUMP_CANNOT_UNDO");
  EXPECT_NE(checked.error().message().find("bank 5 repeats bank 2"), std::string::npos)
      << checked.error().message();
}

// 256 KB of firmware in a chip of 512 KB: the model's rule (drive-protocols 1.6).
struct HalfChip {
  const ModelInfo& model = ModelOf("LTR-24102B");
  const Bytes image = Image("LTR-24102B");
  Bytes Chip(bool mirrored) const {
    Bytes chip = image;
    chip.resize(model.firmware_bytes, 0xff);
    if (mirrored) std::copy(image.begin(), image.end(), chip.begin() + image.size());
    return chip;
  }
};

TEST(LiteonHalfChip, TakesTheFileAndWhatAToolReadFromTheChip) {
  const HalfChip half;
  ASSERT_EQ(half.image.size(), 256u * 1024);
  const auto reason = [&](ByteView bytes) {
    return Reason(GetFamily().CheckImage(half.model, bytes));
  };
  EXPECT_EQ(reason(half.image), "");
  EXPECT_EQ(reason(half.Chip(false)), "");
  EXPECT_EQ(reason(half.Chip(true)), "");
  EXPECT_EQ(reason(Image("LTR-24102B", 1, 512 * 1024)), "IMAGE_SIZE_WRONG");
  // Only where the row says so.
  Bytes mirrored = Image("LTR-48246S", 1, 256 * 1024);
  mirrored.insert(mirrored.end(), mirrored.begin(), mirrored.begin() + 256 * 1024);
  EXPECT_TRUE(GetFamily().CheckImage(ModelOf("LTR-48246S"), mirrored));
  EXPECT_EQ(Reason(GetFamily().CheckUndo(ModelOf("LTR-48246S"),
                                         IdentityOf("LITE-ON", "LTR-48246S", "SS0B"), mirrored)),
            "DUMP_CANNOT_UNDO");
}

TEST(LiteonHalfChip, ADumpOfItCanUndo) {
  const HalfChip half;
  const scsi::Identity own = IdentityOf("LITE-ON", "LTR-24102B", "5S01");
  for (const bool mirrored : {false, true}) {
    EXPECT_EQ(Reason(GetFamily().CheckUndo(half.model, own, half.Chip(mirrored))), "");
  }
  // Banks that repeat one another inside the firmware are still what they are elsewhere.
  Bytes aliased = half.Chip(true);
  std::copy_n(aliased.begin(), 0x10000, aliased.begin() + 0x20000);
  std::copy_n(aliased.begin(), 0x10000, aliased.begin() + 0x60000);
  EXPECT_EQ(Reason(GetFamily().CheckUndo(half.model, own, aliased)), "DUMP_CANNOT_UNDO");
  EXPECT_EQ(Reason(GetFamily().CheckUndo(half.model, own, half.image)), "DUMP_CANNOT_UNDO");
}

TEST(LiteonHalfChip, TheUpperHalfStaysWhatItIsToTheLower) {
  const HalfChip half;
  const Bytes image = Image("LTR-24102B", 2);
  const auto upper = [&](const Bytes& chip) {
    return Bytes(chip.begin() + image.size(), chip.end());
  };
  const Result<Bytes> blank = GetFamily().ComposeTarget(half.model, half.Chip(false), image);
  ASSERT_TRUE(blank);
  EXPECT_TRUE(std::equal(image.begin(), image.end(), blank->begin()));
  EXPECT_TRUE(AllBytesAre(upper(*blank), 0xff));
  const Result<Bytes> twice = GetFamily().ComposeTarget(half.model, half.Chip(true), image);
  ASSERT_TRUE(twice);
  EXPECT_TRUE(upper(*twice) == image);
}

TEST(LiteonTarget, IsTheImageAndKeepsWhatItDoesNotCover) {
  const ModelInfo& model = ModelOf("LTR-52327S");
  const Bytes current(model.firmware_bytes, 0x11);
  const Bytes image(model.firmware_bytes, 0x22);
  const Result<Bytes> target = GetFamily().ComposeTarget(model, current, image);
  ASSERT_TRUE(target);
  EXPECT_TRUE(*target == image);
  const Result<Bytes> part = GetFamily().ComposeTarget(model, current, ByteView(image).first(100));
  ASSERT_TRUE(part);
  EXPECT_EQ((*part)[99], 0x22);
  EXPECT_EQ((*part)[100], 0x11);
  EXPECT_FALSE(GetFamily().ComposeTarget(model, current, Bytes(model.firmware_bytes + 1)));
  EXPECT_FALSE(GetFamily().ComposeTarget(model, Bytes(5), image));
}

TEST(LiteonPlan, SaysWhenItTouchesTheBootPart) {
  const ModelInfo& model = ModelOf("LTR-52327S");
  const Bytes current = Image("LTR-52327S", 1, model.firmware_bytes);
  Bytes target = current;
  target[0x3fff] ^= 1;
  const auto boot = GetFamily().PlanWrite(model, Memory::kFirmware, current, target, {});
  ASSERT_TRUE(boot);
  EXPECT_TRUE(boot->touches_boot);
  target = current;
  target[0x4000] ^= 1;
  const auto body = GetFamily().PlanWrite(model, Memory::kFirmware, current, target, {});
  ASSERT_TRUE(body);
  EXPECT_FALSE(body->touches_boot);
  ASSERT_EQ(body->units.size(), 1u);
  EXPECT_EQ(body->units[0].offset, 0x4000u);
  EXPECT_EQ(body->units[0].length, 0x1000u);
  EXPECT_GT(body->estimate.count(), 0);
}

TEST(LiteonPlan, TakesThePartThatAnswered) {
  const ModelInfo& assumed = ModelOf("LTR-52327S");
  const Bytes current = Image("LTR-52327S", 1, assumed.firmware_bytes);
  Bytes target = current;
  target[0x4000] ^= 1;
  const auto plan = GetFamily().PlanWrite(assumed, Memory::kFirmware, current, target, "MX29F040");
  ASSERT_TRUE(plan) << plan.error().ToString();
  ASSERT_EQ(plan->units.size(), 1u);
  EXPECT_EQ(plan->units[0].length, 0x10000u);
  EXPECT_TRUE(plan->touches_boot);
  const auto reason = [&](const ModelInfo& model, std::string_view part) {
    const auto result = GetFamily().PlanWrite(model, Memory::kFirmware, current, target, part);
    return result ? "" : result.error().reason();
  };
  EXPECT_EQ(reason(assumed, "NE555"), "CHIP_UNKNOWN");
  EXPECT_EQ(reason(assumed, "SST39SF020A"), "CHIP_NOT_AS_EXPECTED");
  EXPECT_EQ(reason(ModelOf("LTR-48246S"), "SST39VF040"), "CHIP_NOT_AS_EXPECTED");
}

TEST(LiteonPlan, WantsWholeMemories) {
  for (const ModelInfo& model : Models()) {
    for (const Memory memory : {Memory::kFirmware, Memory::kEeprom, Memory::kBoot}) {
      EXPECT_FALSE(GetFamily().PlanWrite(model, memory, Bytes(100), Bytes(100), {}));
    }
  }
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
