// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/evidence.h"

#include <gtest/gtest.h>

#include "daemon/inventory/drive_details.h"

#include <map>
#include <string>

namespace firmbench::inventory {
namespace {

TEST(Evidence, WeighsWhatTheTableSays) {
  const std::map<std::string, Weight> wanted = {
      {"label", Weight::kStrong},        {"eeprom_stable", Weight::kStrong},
      {"flash_ranges", Weight::kStrong}, {"vpd_serial", Weight::kMedium},
      {"mmc_serial", Weight::kMedium},   {"ata_serial", Weight::kMedium},
      {"bridge_serial", Weight::kWeak},  {"topology", Weight::kWeak}};
  EXPECT_EQ(EvidenceKinds().size(), wanted.size());
  for (const EvidenceKind& kind : EvidenceKinds()) {
    ASSERT_EQ(wanted.count(std::string(kind.kind)), 1u) << kind.kind;
    EXPECT_EQ(kind.weight, wanted.at(std::string(kind.kind))) << kind.kind;
    EXPECT_EQ(WeightOf(kind.kind, "K123-4711-9", 1), kind.weight) << kind.kind;
    EXPECT_FALSE(kind.name.empty());
    EXPECT_FALSE(kind.why.empty());
  }
  // Heaviest first.
  for (size_t i = 0; i + 1 < EvidenceKinds().size(); ++i) {
    EXPECT_GE(EvidenceKinds()[i].weight, EvidenceKinds()[i + 1].weight);
  }
}

TEST(Evidence, IsNoneWhereItSaysNothing) {
  EXPECT_EQ(WeightOf("vpd_serial", "K123-4711-9", 2), Weight::kNone);
  for (const char* serial : {"", "0000000000", "          ", "123456789", "NONE"}) {
    EXPECT_EQ(WeightOf("mmc_serial", serial, 1), Weight::kNone) << serial;
  }
  EXPECT_EQ(WeightOf("model", "LTR-48246S", 1), Weight::kNone);
  EXPECT_EQ(WeightOf("topology", "", 1), Weight::kNone);
  // Two units may well be behind one bridge; it was never more than weak.
  EXPECT_EQ(WeightOf("bridge_serial", "B1", 9), Weight::kWeak);
}

TEST(Evidence, TakesOfAnIdentityOnlySerialsThatAreEvidence) {
  scsi::Identity identity;
  EXPECT_TRUE(SerialsOf(identity, nullptr).empty());
  identity.vpd_serial = "0000000000";
  identity.mmc_serial = "K123-4711-9";
  auto serials = SerialsOf(identity, nullptr);
  ASSERT_EQ(serials.size(), 1u);
  EXPECT_EQ(serials[0].kind, "mmc_serial");
  EXPECT_EQ(serials[0].value, "K123-4711-9");

  // And of IDENTIFY, where the registers could be reached.
  DriveDetails details;
  EXPECT_EQ(SerialsOf(identity, &details).size(), 1u);
  details.ata_serial = "          ";
  EXPECT_EQ(SerialsOf(identity, &details).size(), 1u);
  details.ata_serial = "QM00003";
  serials = SerialsOf(identity, &details);
  ASSERT_EQ(serials.size(), 2u);
  EXPECT_EQ(serials[1].kind, "ata_serial");
  EXPECT_EQ(serials[1].value, "QM00003");
}

}  // namespace
}  // namespace firmbench::inventory
