// SPDX-License-Identifier: Apache-2.0
// A shop with a thousand drives of which the test knows which is which: they come back after burns,
// cross-flashes and changed model ids, on any port, behind any bridge, with blank, placeholder,
// repeated and swapped serial numbers. No drive may ever be taken for another one; what cannot be
// decided is left to a person, and how much that is, is printed.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <random>

#include "daemon/base/hash.h"
#include "daemon/inventory/evidence.h"
#include "daemon/inventory/unit_match.h"
#include "tests/support/image_builder.h"

namespace firmbench::inventory {
namespace {

// Sanitizers look at memory, not at who is taken for whom.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kUnits = 200;
#else
constexpr size_t kUnits = 1000;
#endif
constexpr size_t kVisits = 4 * kUnits;
constexpr const char* kModels[] = {"LTR-48246S", "LTR-52327S", "LDW-451S"};

struct Drive {
  std::string unit_id;
  std::string model;     // its row: what it says of itself now
  std::string revision;  // of its firmware
  std::string serial;
  std::string bridge;
  Bytes eeprom;
  size_t burns = 0;
  bool ruined = false;   // its EEPROM was replaced since the last visit
  bool blanked = false;  // it was erased once: what it holds since then tells nothing apart
  EepromPast past;
};

class Shop {
 public:
  struct Count {
    size_t known = 0, first_seen = 0, person = 0, ruined_new = 0;
    size_t wrong_match = 0;  // taken for another drive
    size_t wrong_new = 0;    // a known drive, not ruined, taken for a new one
  };

  Shop() {
    for (size_t i = 0; i < kUnits; ++i) drives_.push_back(MakeDrive(i));
  }

  void Visit() {
    Drive& drive = drives_[Pick(kUnits)];
    const bool seen_before = known_.Find(drive.unit_id) != nullptr;
    now_us_ += 60'000'000;
    if (seen_before) LifeGoesOn(drive);
    const Observed observed = Look(drive);
    const UnitMatch match = MatchUnit(observed, known_, {});
    Judge(drive, match, seen_before);
    Record(drive, observed);
  }

  const Count& count() const { return count_; }
  const KnownSet& known() const { return known_; }

 private:
  size_t Pick(size_t below) { return random_() % below; }
  bool Chance(size_t percent) { return Pick(100) < percent; }

  Drive MakeDrive(size_t i) {
    Drive drive;
    drive.unit_id = "unit" + std::to_string(i);
    drive.model = kModels[i % 3];
    drive.revision = "AAAA";
    drive.eeprom = test::BuildEeprom(drive.model, 10'000 + i);
    // Drives of that age mostly report none; some makers repeat one number for a whole batch.
    const size_t kind = Pick(10);
    if (kind == 7) drive.serial = "0000000000";
    if (kind == 8) drive.serial = "BATCH-77" + std::to_string(Pick(9));
    if (kind == 9) drive.serial = "K" + std::to_string(4711 + 13 * i);
    drive.bridge = Bridge();
    return drive;
  }
  std::string Bridge() { return Chance(50) ? "" : "BR" + std::to_string(Pick(6)); }

  void Burn(Drive& drive) {
    // Four entries in turn, as the burn log of these drives.
    const size_t at = 0x300 + 16 * (drive.burns++ % 4);
    for (size_t i = 0; i < 16; ++i) drive.eeprom[at + i] = static_cast<uint8_t>(random_());
  }

  void LifeGoesOn(Drive& drive) {
    for (size_t burns = Pick(4); burns > 0; --burns) Burn(drive);
    if (Chance(50)) drive.bridge = Bridge();
    if (Chance(20)) CrossFlash(drive);
    if (Chance(3)) {
      // Model id and its checksum, in the EEPROM, by a foreign tool.
      std::fill_n(drive.eeprom.begin() + 0x10, 16, static_cast<uint8_t>('X'));
      drive.eeprom[0x3f] = static_cast<uint8_t>(random_());
    }
    // The worst, and nobody says that it happened.
    if (Chance(1)) {
      drive.ruined = true;
      if (Chance(50)) {
        std::fill(drive.eeprom.begin(), drive.eeprom.end(), uint8_t{0xff});
        drive.blanked = true;
      } else {
        for (uint8_t& byte : drive.eeprom) byte = static_cast<uint8_t>(random_());
      }
    }
  }

  void CrossFlash(Drive& drive) {
    drive.past.writes.push_back({now_us_ - 30'000'000, now_us_ - 20'000'000});
    drive.model = kModels[Pick(3)];
    drive.revision = "CR" + std::to_string(Pick(90));
    // A firmware that was read out of another drive may bring that drive's serial number along.
    if (Chance(10)) drive.serial = drives_[Pick(kUnits)].serial;
    // And a bad one damages a few bytes.
    if (Chance(5)) drive.eeprom[0x90 + Pick(64)] ^= 0x55;
  }

  Observed Look(const Drive& drive) {
    scsi::Identity identity;
    identity.vpd_serial = drive.serial;
    Observed observed;
    for (const SerialSeen& serial : SerialsOf(identity, nullptr))
      observed.serials.push_back(serial.value);
    // Sometimes the connection cannot read it.
    if (!Chance(3)) observed.eeprom = drive.eeprom;
    observed.topology = "port" + std::to_string(Pick(8));
    observed.bridge = drive.bridge;
    return observed;
  }

  void Judge(const Drive& drive, const UnitMatch& match, bool seen_before) {
    switch (match.verdict) {
      case UnitVerdict::kKnown:
        if (match.unit_id == drive.unit_id) {
          ++count_.known;
        } else {
          ++count_.wrong_match;
          ADD_FAILURE() << drive.unit_id << " was taken for " << match.unit_id << ": " << match.why;
        }
        break;
      case UnitVerdict::kNew:
        if (!seen_before) {
          ++count_.first_seen;
        } else if (drive.ruined || drive.blanked) {
          ++count_.ruined_new;
        } else {
          ++count_.wrong_new;
          ADD_FAILURE() << drive.unit_id << " was taken for a new one: " << match.why;
        }
        break;
      case UnitVerdict::kAmbiguous:
      case UnitVerdict::kUnknown:
        ++count_.person;
        break;
    }
  }

  // What a backup leaves in the ledger; where the drive was not sure, a person read its label.
  void Record(Drive& drive, const Observed& observed) {
    // With nothing to tell it by, nothing can be attributed.
    if (observed.eeprom.empty() && known_.Find(drive.unit_id) == nullptr) return;
    KnownUnit unit;
    if (const KnownUnit* before = known_.Find(drive.unit_id)) unit = *before;
    unit.unit_id = drive.unit_id;
    unit.serials.insert(unit.serials.end(), observed.serials.begin(), observed.serials.end());
    unit.topology = observed.topology;
    unit.bridge = observed.bridge;
    if (!observed.eeprom.empty()) {
      unit.eeprom = observed.eeprom;
      unit.model = drive.model;
      drive.past.sightings.push_back({now_us_, drive.model, drive.revision, observed.eeprom});
      unit.changes = ChangesWithUse(drive.past);
      drive.ruined = false;
    }
    known_.Put(std::move(unit));
    known_.Study();
  }

  std::mt19937 random_{20'031'105};
  int64_t now_us_ = 1'800'000'000'000'000;
  std::vector<Drive> drives_;
  KnownSet known_;
  Count count_;
};

TEST(LabelledUnits, NoDriveIsTakenForAnother) {
  Shop shop;
  for (size_t i = 0; i < kVisits; ++i) shop.Visit();
  const Shop::Count& count = shop.count();
  EXPECT_EQ(count.wrong_match, 0u);
  EXPECT_EQ(count.wrong_new, 0u);
  std::printf(
      "%zu visits of %zu drives: %zu known, %zu new, %zu ruined and so new; left to a person: %zu "
      "(%.1f %%); taken for another drive: %zu\n",
      kVisits, kUnits, count.known, count.first_seen, count.ruined_new, count.person,
      100.0 * static_cast<double>(count.person) / static_cast<double>(kVisits), count.wrong_match);
  // Leaving everything to people would be right as well, and of no use.
  EXPECT_LT(count.person, kVisits / 5);
  EXPECT_GT(count.known, kVisits / 2);
  // What the burns changed was learned, and no byte that only flashes or people changed.
  for (const char* model : kModels) {
    const ModelBytes* bytes = shop.known().BytesOf(model, false, 1024);
    ASSERT_NE(bytes, nullptr);
    EXPECT_TRUE(bytes->use.known());
    for (const auto& range : bytes->use.ranges()) {
      EXPECT_GE(range.offset, 0x300u);
      EXPECT_LE(range.offset + range.length, 0x340u);
    }
  }
}

TEST(LabelledUnits, OneOfTwoThousandIsFound) {
  constexpr size_t kMany = 2000;
  constexpr int kLooks = 20;
  std::vector<KnownUnit> units;
  for (size_t i = 0; i < kMany; ++i) {
    KnownUnit unit;
    unit.unit_id = "unit" + std::to_string(i);
    unit.model = kModels[i % 3];
    unit.eeprom = test::BuildEeprom(unit.model, i);
    units.push_back(std::move(unit));
  }
  const KnownSet known(units);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kLooks; ++i) {
    Observed observed{{}, units[static_cast<size_t>(i) * 97].eeprom};
    observed.eeprom[0x301] ^= 0xff;
    EXPECT_EQ(MatchUnit(observed, known, {}).unit_id, units[static_cast<size_t>(i) * 97].unit_id);
  }
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() /
      kLooks;
  std::printf("one of %zu units: %.2f ms\n", kMany, ms);
}

}  // namespace
}  // namespace firmbench::inventory
