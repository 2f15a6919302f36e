// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_match.h"

#include <gtest/gtest.h>

#include <optional>

#include "daemon/base/hash.h"
#include "tests/support/image_builder.h"

namespace firmbench::inventory {
namespace {

using families::ByteRange;

Bytes Eeprom(uint64_t seed) { return test::BuildEeprom("LTR-48246S", seed); }

Bytes Changed(Bytes bytes, size_t offset, size_t length) {
  for (size_t i = 0; i < length; ++i) bytes[offset + i] = static_cast<uint8_t>(~bytes[offset + i]);
  return bytes;
}

KnownUnit Unit(const std::string& id, std::vector<std::string> serials, Bytes eeprom) {
  KnownUnit unit;
  unit.unit_id = id;
  unit.serials = std::move(serials);
  unit.eeprom = std::move(eeprom);
  unit.topology = "sim/0";
  return unit;
}

const std::vector<ByteRange> kBurnLog = {{0x300, 0x40}};

struct MatchCase {
  const char* name;
  Observed observed;
  std::vector<KnownUnit> known;
  std::vector<ByteRange> volatile_ranges;
  UnitVerdict verdict;
  const char* unit;
  size_t candidates;
};

class MatchUnitTable : public testing::TestWithParam<MatchCase> {};

TEST_P(MatchUnitTable, GivesTheVerdict) {
  const MatchCase& c = GetParam();
  const UnitMatch match = MatchUnit(c.observed, KnownSet(c.known), c.volatile_ranges);
  EXPECT_EQ(match.verdict, c.verdict) << match.why;
  EXPECT_EQ(match.unit_id, c.unit);
  EXPECT_EQ(match.candidates.size(), c.candidates);
  EXPECT_FALSE(match.why.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Evidence, MatchUnitTable,
    testing::Values(MatchCase{"NothingToTellItBy",
                              {},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kUnknown,
                              "",
                              0},
                    MatchCase{"EmptyLedger", {{"S1"}, Eeprom(1)}, {}, {}, UnitVerdict::kNew, "", 0},
                    MatchCase{"SameEeprom",
                              {{}, Eeprom(1)},
                              {Unit("u1", {}, Eeprom(1)), Unit("u2", {}, Eeprom(2))},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"OtherEeprom",
                              {{}, Eeprom(3)},
                              {Unit("u1", {}, Eeprom(1)), Unit("u2", {}, Eeprom(2))},
                              {},
                              UnitVerdict::kNew,
                              "",
                              0},
                    MatchCase{"SameSerialOtherEeprom",
                              {{"S1"}, Eeprom(3)},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"SameSerialBlankEeprom",
                              {{"S1"}, Bytes(1024, 0xff)},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"SameSerialEepromNotRead",
                              {{"S1"}, {}},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"BothAgainstOneWithTheEepromAlone",
                              {{"S1"}, Eeprom(1)},
                              {Unit("u1", {"S1"}, Eeprom(1)), Unit("u2", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"SharedSerialIsNoEvidence",
                              {{"S1"}, Eeprom(1)},
                              {Unit("u1", {"S1"}, Eeprom(1)), Unit("u2", {"S1"}, Eeprom(2))},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"SharedSerialOfANewDrive",
                              {{"S1"}, Eeprom(3)},
                              {Unit("u1", {"S1"}, Eeprom(1)), Unit("u2", {"S1"}, Eeprom(2))},
                              {},
                              UnitVerdict::kNew,
                              "",
                              0},
                    MatchCase{"SerialAlone",
                              {{"S1"}, {}},
                              {Unit("u1", {"S1"}, {})},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"SameEepromOtherSerial",
                              {{"S2"}, Eeprom(1)},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"SerialOfOneEepromOfAnother",
                              {{"S1"}, Eeprom(2)},
                              {Unit("u1", {"S1"}, Eeprom(1)), Unit("u2", {}, Eeprom(2))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              2},
                    MatchCase{"TwoUnitsWithOneSerial",
                              {{"S1"}, {}},
                              {Unit("u1", {"S1"}, {}), Unit("u2", {"S1"}, {})},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              2},
                    MatchCase{"BlankEepromSaysNothing",
                              {{}, Bytes(1024, 0xff)},
                              {Unit("u1", {}, Bytes(1024, 0xff))},
                              {},
                              UnitVerdict::kUnknown,
                              "",
                              0},
                    MatchCase{"ZeroEepromSaysNothing",
                              {{}, Bytes(1024, 0)},
                              {Unit("u1", {}, Bytes(1024, 0))},
                              {},
                              UnitVerdict::kUnknown,
                              "",
                              0},
                    MatchCase{"SixteenBytesOffOnTheSamePort",
                              {{}, Changed(Eeprom(1), 0x300, 16), "sim/0"},
                              {Unit("u1", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"SixteenBytesOffElsewhere",
                              {{}, Changed(Eeprom(1), 0x300, 16), "sim/1"},
                              {Unit("u1", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"SixteenBytesOffWithItsSerial",
                              {{"S1"}, Changed(Eeprom(1), 0x300, 16), "sim/1"},
                              {Unit("u1", {"S1"}, Eeprom(1))},
                              {},
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"SixtyBytesOffOnTheSamePort",
                              {{}, Changed(Eeprom(1), 0x80, 60), "sim/0"},
                              {Unit("u1", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"ThirdOfItOffOnTheSamePort",
                              {{}, Changed(Eeprom(1), 0x80, 200), "sim/0"},
                              {Unit("u1", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kNew,
                              "",
                              0},
                    MatchCase{"SamePortAndBridgeAlone",
                              {{}, Eeprom(3), "sim/0", "B1"},
                              {Unit("u1", {}, Eeprom(1))},
                              {},
                              UnitVerdict::kNew,
                              "",
                              0},
                    MatchCase{"VolatileBytesDoNotCount",
                              {{}, Changed(Eeprom(1), 0x300, 64)},
                              {Unit("u1", {}, Eeprom(1))},
                              kBurnLog,
                              UnitVerdict::kKnown,
                              "u1",
                              0},
                    MatchCase{"OneStableByteOffElsewhere",
                              {{}, Changed(Eeprom(1), 0x20, 1)},
                              {Unit("u1", {}, Eeprom(1))},
                              kBurnLog,
                              UnitVerdict::kAmbiguous,
                              "",
                              1},
                    MatchCase{"OtherSize",
                              {{}, Eeprom(1)},
                              {Unit("u1", {}, test::BuildEeprom("LTR-48246S", 1, 4096))},
                              {},
                              UnitVerdict::kNew,
                              "",
                              0}),
    [](const auto& made) { return made.param.name; });

TEST(MatchUnit, KnowsAUnitByTheHashOfItsStablePartAlone) {
  KnownUnit unit = Unit("u1", {}, {});
  unit.stable_sha256 = {Sha256Hex(StablePart(Eeprom(1), kBurnLog))};
  const KnownSet known({unit});
  const Observed used{{}, Changed(Eeprom(1), 0x300, 64)};
  EXPECT_EQ(MatchUnit(used, known, kBurnLog).unit_id, "u1");
  EXPECT_EQ(MatchUnit({{}, Eeprom(2)}, known, kBurnLog).verdict, UnitVerdict::kNew);
}

TEST(MatchUnit, SaysHowManyBytesAgree) {
  const KnownSet known({Unit("u1", {"S1"}, Eeprom(1))});
  const Observed used{{"S1"}, Changed(Eeprom(1), 0x300, 16)};
  EXPECT_EQ(MatchUnit(used, known, {}).why,
            "this drive's EEPROM: 1,008 of 1,024 bytes equal; whether the rest changes with use is "
            "not yet known, same serial number");
  EXPECT_EQ(MatchUnit(used, known, kBurnLog).why,
            "this drive's EEPROM: 1,008 of 1,024 bytes equal, the rest changes with use, same "
            "serial number");
  EXPECT_EQ(MatchUnit({{}, Eeprom(1)}, known, {}).why,
            "this drive's EEPROM: all 1,024 bytes equal");
}

// With enough units known the bytes that all of them share say nothing.
TEST(MatchUnit, LooksAtTheBytesThatTellUnitsApart) {
  const auto sparse = [](uint8_t own) {
    Bytes eeprom(1024, 0x5a);
    for (size_t i = 0; i < 40; ++i) eeprom[0x100 + i] = static_cast<uint8_t>(own * 41 + i);
    return eeprom;
  };
  std::vector<KnownUnit> units;
  for (uint8_t i = 1; i <= 4; ++i) units.push_back(Unit("u" + std::to_string(i), {}, sparse(i)));
  const KnownSet known(units);
  // 984 of 1,024 bytes equal those of each: yet it is none of them.
  EXPECT_EQ(MatchUnit({{}, sparse(9), "sim/0"}, known, {}).verdict, UnitVerdict::kNew);
  EXPECT_EQ(MatchUnit({{}, Changed(sparse(2), 0x100, 3)}, known, {}).unit_id, "u2");
  EXPECT_EQ(MatchUnit({{}, Changed(sparse(2), 0x100, 10)}, known, {}).verdict,
            UnitVerdict::kAmbiguous);
}

TEST(StablePart, BlanksTheRangesAndStaysInside) {
  const Bytes eeprom(16, 0xaa);
  EXPECT_EQ(StablePart(eeprom, {}), eeprom);
  const std::vector<ByteRange> ranges = {{2, 3}, {14, 100}, {0xffffffff, 0xffffffff}};
  Bytes expected = eeprom;
  expected[2] = expected[3] = expected[4] = expected[14] = expected[15] = 0;
  EXPECT_EQ(StablePart(eeprom, ranges), expected);
}

TEST(CompareEeprom, TellsWhatKindOfChangeItIs) {
  const Bytes before = Eeprom(1);
  const Bytes used = Changed(before, 0x310, 16);
  const Bytes harmed = Changed(before, 0x20, 1);
  const std::vector<ByteRange> none;
  EXPECT_EQ(CompareEeprom(before, before, none), EepromChange::kEqual);
  EXPECT_EQ(CompareEeprom(before, before, kBurnLog), EepromChange::kEqual);
  // Until the volatile ranges of a model are known, any change counts.
  EXPECT_EQ(CompareEeprom(before, used, none), EepromChange::kChanged);
  EXPECT_EQ(CompareEeprom(before, used, kBurnLog), EepromChange::kVolatileOnly);
  EXPECT_EQ(CompareEeprom(before, harmed, kBurnLog), EepromChange::kChanged);
  EXPECT_EQ(CompareEeprom(before, Changed(used, 0x20, 1), kBurnLog), EepromChange::kChanged);
  EXPECT_EQ(CompareEeprom(before, Slice(before, 0, 512), kBurnLog), EepromChange::kChanged);
  EXPECT_EQ(CompareEeprom({}, {}, none), EepromChange::kEqual);
}

}  // namespace
}  // namespace firmbench::inventory
