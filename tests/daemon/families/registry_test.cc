// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "daemon/chips/rows/row.h"
#include "daemon/families/family.h"

namespace firmbench::families {
namespace {

TEST(FamilyRegistry, NamesEveryFamilyOnce) {
  std::set<std::string_view> names;
  for (const Family* family : AllFamilies()) {
    EXPECT_TRUE(names.insert(family->name()).second) << family->name();
    EXPECT_EQ(FindFamily(family->name()), family);
  }
  EXPECT_TRUE(names.contains("mediatek_liteon"));
}

TEST(FamilyRegistry, KnowsNoOtherName) {
  EXPECT_EQ(FindFamily(""), nullptr);
  EXPECT_EQ(FindFamily("mediatek"), nullptr);
  EXPECT_EQ(FindFamily("MEDIATEK_LITEON"), nullptr);
}

TEST(FamilyRegistry, RowsAreWhole) {
  std::set<std::string_view> models;
  for (const Family* family : AllFamilies()) {
    EXPECT_FALSE(family->models().empty());
    for (const ModelInfo& model : family->models()) {
      SCOPED_TRACE(model.model);
      EXPECT_EQ(model.family, family->name());
      EXPECT_TRUE(models.insert(model.model).second);
      EXPECT_FALSE(model.vendor.empty());
      EXPECT_FALSE(model.product.empty());
      EXPECT_FALSE(model.revision_prefix.empty());
      EXPECT_FALSE(model.kind.empty());
      EXPECT_FALSE(model.provenance.empty());
      EXPECT_FALSE(model.recoverable_why.empty());
      EXPECT_GT(model.firmware_bytes, 0u);
      EXPECT_EQ(model.firmware_bytes % 4096, 0u);
      // A family that is never nearer to its flash than the drive's own commands names no part.
      if (!model.chip_part.empty()) {
        const chips::ChipRow* chip = chips::FindChip(model.chip_part);
        ASSERT_NE(chip, nullptr);
        EXPECT_EQ(chip->size_bytes, model.firmware_bytes);
        EXPECT_GT(model.eeprom_bytes, 0u);
      }
      for (const ByteRange& range : model.unit_ranges) {
        EXPECT_LE(uint64_t{range.offset} + range.length, model.firmware_bytes);
      }
      for (const ByteRange& range : model.volatile_eeprom) {
        EXPECT_LE(uint64_t{range.offset} + range.length, model.eeprom_bytes);
      }
    }
  }
}

TEST(FamilyRegistry, NoTwoRowsClaimOneDrive) {
  for (const Family* family : AllFamilies()) {
    for (const ModelInfo& model : family->models()) {
      scsi::Identity identity;
      identity.device_type = 0x05;
      identity.vendor = model.vendor;
      identity.product = model.product;
      identity.revision = std::string(model.revision_prefix) + "0000";
      identity.revision.resize(4);
      const Match match = MatchDrive(identity);
      EXPECT_EQ(match.family, family) << model.model;
      EXPECT_EQ(match.model, &model) << model.model;
    }
  }
}

TEST(FamilyRegistry, RulesSayWhatTheyAllow) {
  for (const Family* family : AllFamilies()) {
    for (const scsi::CdbRule& rule : family->cdb_rules()) {
      EXPECT_GT(rule.prefix_bytes, 0) << rule.name;
      EXPECT_LE(rule.prefix_bytes, rule.prefix.size()) << rule.name;
      EXPECT_FALSE(rule.name.empty());
    }
    for (const ata::CommandRule& rule : family->task_file_rules()) {
      EXPECT_FALSE(rule.name.empty());
      // PACKET would carry a CDB past the gate of SCSI commands.
      EXPECT_NE(rule.command, 0xa0) << rule.name;
    }
  }
}

TEST(Recoverable, HasWords) {
  EXPECT_EQ(ToString(Recoverable::kProven), "proven");
  EXPECT_EQ(ToString(Recoverable::kUnproven), "unproven");
  EXPECT_EQ(ToString(Recoverable::kNo), "no");
}

}  // namespace
}  // namespace firmbench::families
