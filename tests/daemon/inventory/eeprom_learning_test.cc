// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/eeprom_learning.h"

#include <gtest/gtest.h>

namespace firmbench::inventory {
namespace {

constexpr size_t kSize = 64;

// A unit that was looked at once an hour; each look sees these bytes changed against the one
// before.
class Past {
 public:
  explicit Past(uint8_t seed) : bytes_(kSize, seed) { Look({}); }
  Past& Look(const std::vector<size_t>& changed) {
    for (const size_t at : changed) ++bytes_[at];
    now_us_ += 3'600'000'000;
    past_.sightings.push_back({now_us_, "LTR-48246S", revision_, bytes_});
    return *this;
  }
  // A flash job between two looks, that does this to the EEPROM.
  Past& Flash(const std::vector<size_t>& damage) {
    past_.writes.push_back({now_us_ + 1'000'000, now_us_ + 90'000'000});
    return Look(damage);
  }
  Past& Outside() {
    past_.outside_us.push_back(now_us_ + 1'000'000);
    return *this;
  }
  Past& OtherFirmware() {
    revision_ = "SS0E";
    return *this;
  }
  std::vector<Change> Changes() const { return ChangesWithUse(past_); }

 private:
  Bytes bytes_;
  int64_t now_us_ = 1'800'000'000'000'000;
  std::string revision_ = "SS0B";
  EepromPast past_;
};

LearnedUse Learn(const std::vector<std::vector<Change>>& units) {
  std::vector<const std::vector<Change>*> all;
  for (const auto& unit : units) all.push_back(&unit);
  return LearnUse(all, kSize);
}

TEST(EepromLearning, LearnsWhatChangesInSeveralUnits) {
  std::vector<std::vector<Change>> units;
  for (uint8_t i = 1; i <= 3; ++i) units.push_back(Past(i).Look({40, 41}).Look({41}).Changes());
  const LearnedUse learned = Learn(units);
  EXPECT_TRUE(learned.known());
  EXPECT_EQ(learned.units, 3u);
  EXPECT_EQ(learned.pairs, 6u);
  // Byte 40 changed in three pairs only: not yet known.
  ASSERT_EQ(learned.ranges().size(), 1u);
  EXPECT_EQ(learned.ranges()[0].offset, 41u);
  EXPECT_EQ(learned.ranges()[0].length, 1u);
}

TEST(EepromLearning, KnowsNothingOfOneUnitAlone) {
  Past worn(1);
  for (int i = 0; i < 50; ++i) worn.Look({7});
  const LearnedUse learned = Learn({worn.Changes(), Past(2).Look({}).Changes()});
  EXPECT_FALSE(learned.known());
  EXPECT_TRUE(learned.ranges().empty());
  // Two more units that use another byte do not make the first one's byte a habit of all.
  Past second(2), third(3), fourth(4);
  for (Past* past : {&second, &third, &fourth}) past->Look({40}).Look({40});
  const LearnedUse more =
      Learn({worn.Changes(), second.Changes(), third.Changes(), fourth.Changes()});
  ASSERT_EQ(more.ranges().size(), 1u);
  EXPECT_EQ(more.ranges()[0].offset, 40u);
}

TEST(EepromLearning, DamageByAFlashIsNeverUse) {
  std::vector<std::vector<Change>> units;
  for (uint8_t i = 1; i <= 10; ++i) {
    units.push_back(Past(i).Flash({3, 4}).Flash({3, 4}).Flash({3}).Look({50}).Changes());
  }
  const LearnedUse learned = Learn(units);
  EXPECT_TRUE(learned.known());
  ASSERT_EQ(learned.ranges().size(), 1u);
  EXPECT_EQ(learned.ranges()[0].offset, 50u);
}

TEST(EepromLearning, NeitherIsWhatForeignWorkOrAnotherFirmwareDid) {
  EXPECT_EQ(Past(1).Outside().Look({3}).Changes().size(), 0u);
  // Written down after the fact: the pair before is spoilt as well.
  EXPECT_EQ(Past(1).Look({3}).Outside().Changes().size(), 0u);
  EXPECT_EQ(Past(1).Look({50}).Look({3}).Outside().Changes().size(), 1u);
  EXPECT_EQ(Past(1).OtherFirmware().Look({3}).Changes().size(), 0u);
}

TEST(EepromLearning, AReplacedEepromIsNoUse) {
  std::vector<size_t> most;
  for (size_t at = 0; at < kSize / 2; ++at) most.push_back(at);
  EXPECT_EQ(Past(1).Look(most).Changes().size(), 0u);
  // Nor is what happens now and then, when everything else happens all the time.
  std::vector<std::vector<Change>> units;
  for (uint8_t i = 1; i <= 6; ++i) {
    Past past(i);
    past.Look({3});
    for (int burns = 0; burns < 20; ++burns) past.Look({50});
    units.push_back(past.Changes());
  }
  const LearnedUse learned = Learn(units);
  ASSERT_EQ(learned.ranges().size(), 1u);
  EXPECT_EQ(learned.ranges()[0].offset, 50u);
}

TEST(EepromLearning, AJobThatHasNotEndedSpoilsEverythingAfterIt) {
  EepromPast past;
  Bytes used(kSize, 1);
  used[9] = 2;
  past.sightings = {{1000, "m", "r", Bytes(kSize, 1)}, {3000, "m", "r", used}};
  EXPECT_EQ(ChangesWithUse(past).size(), 1u);
  past.writes = {{500, 0}};
  EXPECT_EQ(ChangesWithUse(past).size(), 0u);
  past.writes = {{500, 900}};
  EXPECT_EQ(ChangesWithUse(past).size(), 1u);
}

TEST(EepromLearning, SurvivesOtherSizesAndOffsetsOutside) {
  EepromPast past;
  past.sightings = {{1, "m", "r", Bytes(8, 1)}, {2, "m", "r", Bytes(16, 2)}, {3, "m", "r", {}}};
  EXPECT_TRUE(ChangesWithUse(past).empty());
  const std::vector<Change> wild = {{5, 4096}};
  const std::vector<Change>* const one = &wild;
  EXPECT_TRUE(LearnUse({&one, 1}, 8).ranges().empty());
}

}  // namespace
}  // namespace firmbench::inventory
