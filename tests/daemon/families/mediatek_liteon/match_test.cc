// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/liteon_models.h"

namespace firmbench::families::mediatek_liteon {
namespace {

// The model's name, or "" for a drive that is none of ours.
std::string MatchOf(std::string vendor, std::string product, std::string revision,
                    uint8_t device_type = 0x05) {
  scsi::Identity identity;
  identity.device_type = device_type;
  identity.vendor = std::move(vendor);
  identity.product = std::move(product);
  identity.revision = std::move(revision);
  const ModelInfo* model = GetFamily().Match(identity);
  return model == nullptr ? "" : std::string(model->model);
}

TEST(LiteonMatch, KnowsTheRealSpecimens) {
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS0B"), "LTR-48246S");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS09"), "LTR-48246S");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-52327S", "QS0C"), "LTR-52327S");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-52327S", "QS55"), "LTR-52327S");
  EXPECT_EQ(MatchOf("LITE-ON", "DVDRW LDW-451S", "GSB4"), "LDW-451S");
}

TEST(LiteonMatch, TellsTheTwoModelsOfOneLetterByTheirProduct) {
  EXPECT_EQ(MatchOf("LITE-ON", "DVDRW LDW-851S", "GS0N"), "LDW-851S");
  EXPECT_EQ(MatchOf("LITE-ON", "DVDRW LDW-851S", "GSB4"), "LDW-851S");
  EXPECT_EQ(MatchOf("LITE-ON", "DVDRW LDW-851S", "HS0N"), "");
}

TEST(LiteonMatch, KnowsOemNamesOfTheTable) {
  int names = 0;
  for (const images::LiteonModel& model : images::LiteonModels()) {
    const ModelInfo* row = nullptr;
    for (const ModelInfo& candidate : Models()) {
      if (candidate.model == model.model) row = &candidate;
    }
    if (row == nullptr) continue;
    EXPECT_EQ(row->revision_prefix, model.letters) << model.model;
    for (const images::OemName& oem : model.oem_names) {
      ++names;
      std::string revision(model.letters);
      revision.append(4 - revision.size(), '0');
      EXPECT_EQ(MatchOf(std::string(oem.vendor), std::string(oem.product), revision), model.model);
      EXPECT_EQ(MatchOf(std::string(oem.vendor), std::string(oem.product), "ZZ00"), "");
    }
  }
  EXPECT_GE(names, 2);
}

TEST(LiteonMatch, WantsAllThreeNames) {
  EXPECT_EQ(MatchOf("LITE-0N", "LTR-48246S", "SS0B"), "");
  EXPECT_EQ(MatchOf("", "LTR-48246S", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246K", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246SX", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "QS0C"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-52327S", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "DVDRW LDW-811S", "GSB4"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LDW-451S", "GSB4"), "");
}

TEST(LiteonMatch, RefusesHostileStrings) {
  EXPECT_EQ(MatchOf("", "", ""), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", ""), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS0B1"), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "ss0b"), "");
  EXPECT_EQ(MatchOf("lite-on", "ltr-48246s", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", std::string("LTR-48246S\0", 11), "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", " LTR-48246S", "SS0B"), "");
  EXPECT_EQ(MatchOf("LITE-ON", std::string(100000, 'L'), "SS0B"), "");
  EXPECT_EQ(MatchOf("????????", "????????????????", "????"), "");
}

TEST(LiteonMatch, WantsAnOpticalDrive) {
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS0B", 0x00), "");
  EXPECT_EQ(MatchOf("LITE-ON", "LTR-48246S", "SS0B", 0x1f), "");
}

// Boot code without firmware says so of itself; what model it is nobody can tell from that.
TEST(LiteonMatch, LeavesBootCodeAlone) { EXPECT_EQ(MatchOf("LITE-ON", "LTR-BOOT", "SS0B"), ""); }

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
