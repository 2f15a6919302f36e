// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/known_units.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

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

// What an identification costs in a ledger of many: the first look reads everything, one after a
// backup only what that changed.
TEST_F(KnownUnitsTest, FollowALedgerOfTwoThousandUnits) {
  constexpr size_t kMany = 2000;
  std::vector<std::string> ids;
  const auto add_dump = [&](storage::Transaction& tx, const std::string& unit,
                            uint64_t seed) -> Status {
    storage::Dump dump;
    dump.id = tx.NewId();
    dump.memory = "eeprom";
    dump.drive_id = "drive1";
    dump.purpose = "backup";
    dump.family = "mediatek_liteon";
    dump.model = "LTR-48246S";
    dump.revision = "SS0B";
    dump.size_bytes = 1024;
    ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(test::BuildEeprom("LTR-48246S", seed)));
    dump.md5 = std::string(32, '0');
    dump.crc32 = std::string(8, '0');
    dump.agreeing_reads = 3;
    dump.evidence = "read in code";
    dump.method = "DF 89";
    dump.tool_version = "0.1.0";
    dump.created_us = tx.now_us();
    RETURN_IF_ERROR(tx.InsertDump(dump));
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = dump.id,
                                 .kind = "unit",
                                 .unit_id = unit,
                                 .principal = "ann",
                                 .reason = "read from it",
                                 .created_us = tx.now_us()});
  };
  Must(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    for (size_t i = 0; i < kMany; ++i) {
      storage::Unit unit;
      unit.id = tx.NewId();
      unit.family = "mediatek_liteon";
      unit.model = "LTR-48246S";
      unit.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertUnit(unit));
      RETURN_IF_ERROR(add_dump(tx, unit.id, i));
      ids.push_back(unit.id);
    }
    return Ok();
  }));
  KnownUnits all(ledger_);
  const auto timed = [&](const char* what, uint64_t seed, const std::string& unit) {
    const auto begin = std::chrono::steady_clock::now();
    Must(all.Refresh());
    const UnitMatch match = MatchUnit({{}, test::BuildEeprom("LTR-48246S", seed)}, all.known(), {});
    const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(match.unit_id, unit) << match.why;
    std::printf("one of %zu units, %s: %.1f ms\n", kMany, what, ms.count());
  };
  timed("first look", 7, ids[7]);
  timed("nothing changed", 1234, ids[1234]);
  Must(ledger_.Commit([&](storage::Transaction& tx) { return add_dump(tx, ids[3], 5003); }));
  timed("after a backup", 5003, ids[3]);
  EXPECT_EQ(all.known().units().size(), kMany);
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
