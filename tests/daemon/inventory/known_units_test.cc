// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/known_units.h"

#include <gmock/gmock.h>

#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::inventory {
namespace {

using test::Must;

class KnownUnitsTest : public testing::Test {
 protected:
  KnownUnitsTest()
      : real_(Must(storage::OpenLedger({.path = folder_.Path("ledger.db")}))), ledger_(*real_) {}

  std::string AddUnit(bool archived = false) {
    storage::Unit unit;
    Must(ledger_.Commit([&](storage::Transaction& tx) -> Status {
      unit.id = tx.NewId();
      unit.family = "mediatek_liteon";
      unit.model = "LTR-48246S";
      unit.archived = archived;
      unit.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertUnit(unit));
      return Ok();
    }));
    return unit.id;
  }
  void AddEvidence(const std::string& unit, const std::string& kind, const std::string& value) {
    Must(ledger_.Commit([&](storage::Transaction& tx) {
      return tx.InsertEvidence({.id = tx.NewId(),
                                .unit_id = unit,
                                .kind = kind,
                                .value = value,
                                .seen_us = tx.now_us()});
    }));
  }

  test::TempFolder folder_;
  std::unique_ptr<storage::Ledger> real_;
  test::LedgerSpy ledger_;
};

TEST_F(KnownUnitsTest, HaveTheirSerialsAndStableHashes) {
  const std::string unit = AddUnit();
  AddEvidence(unit, "vpd_serial", "S1");
  AddEvidence(unit, "mmc_serial", "S2");
  AddEvidence(unit, "ata_serial", "S3");
  AddEvidence(unit, "topology", "sim/0");
  AddEvidence(unit, "eeprom_stable", std::string(64, 'a'));
  AddEvidence(unit, "topology", "sim/3");
  AddEvidence(unit, "bridge_serial", "B1");
  KnownUnits all(ledger_);
  Must(all.Refresh());
  const auto& units = all.known().units();
  ASSERT_EQ(units.size(), 1u);
  EXPECT_EQ(units[0].unit_id, unit);
  EXPECT_EQ(units[0].topology, "sim/3");
  EXPECT_EQ(units[0].bridge, "B1");
  EXPECT_THAT(units[0].serials, testing::UnorderedElementsAre("S1", "S2", "S3"));
  EXPECT_EQ(units[0].stable_sha256, std::vector<std::string>{std::string(64, 'a')});
  EXPECT_TRUE(units[0].eeprom.empty());
}

TEST_F(KnownUnitsTest, AreAllOfThemTheArchivedTooButNotTheMerged) {
  AddUnit(/*archived=*/true);
  for (int i = 0; i < 5; ++i) AddUnit();
  const std::string merged = AddUnit();
  KnownUnits all(ledger_);
  Must(all.Refresh());
  EXPECT_EQ(all.known().units().size(), 7u);
  Must(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    storage::Unit unit = Must(ledger_.GetUnit(merged));
    unit.merged_into = all.known().units().front().unit_id;
    return tx.UpdateUnit(unit);
  }));
  Must(all.Refresh());
  EXPECT_EQ(all.known().units().size(), 6u);
  EXPECT_EQ(all.known().Find(merged), nullptr);
}

TEST_F(KnownUnitsTest, FollowTheLedger) {
  KnownUnits all(ledger_);
  Must(all.Refresh());
  EXPECT_TRUE(all.known().units().empty());
  const std::string unit = AddUnit();
  Must(all.Refresh());
  ASSERT_EQ(all.known().units().size(), 1u);
  // Nobody said which unit has changed: all are read again.
  AddEvidence(unit, "vpd_serial", "S1");
  Must(all.Refresh());
  EXPECT_EQ(all.known().UnitsWithSerial("S1"), 1u);
  AddUnit();
  AddEvidence(unit, "vpd_serial", "S2");
  all.Touch(unit);
  Must(all.Refresh());
  EXPECT_EQ(all.known().UnitsWithSerial("S2"), 1u);
  EXPECT_EQ(all.known().units().size(), 2u);
}

TEST(KnownUnitsOfABench, HaveTheEepromOfTheNewestBackup) {
  test::BenchFixture bench("LTR-48246S");
  bench.Backup("bay 1", "eeprom");
  bench.drive().Use();
  const Bytes newest = bench.drive().EepromBytes();
  bench.Backup("bay 1", "eeprom");
  KnownUnits all(bench.ledger());
  Must(all.Refresh());
  const auto& units = all.known().units();
  ASSERT_EQ(units.size(), 1u);
  EXPECT_EQ(units[0].eeprom, newest);
}

}  // namespace
}  // namespace firmbench::inventory
