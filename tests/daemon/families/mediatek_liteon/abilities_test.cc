// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr Connection kRealIde{.scsi = true, .task_file = true, .simulated = false};
constexpr Connection kRealScsi{.scsi = true, .task_file = false, .simulated = false};
constexpr Connection kSimulated{.scsi = true, .task_file = true, .simulated = true};

MemoryAbilities AbilityOf(std::string_view model, Memory memory, const Connection& connection) {
  for (const ModelInfo& info : Models()) {
    if (info.model != model) continue;
    for (MemoryAbilities& a : GetFamily().Abilities(info, connection)) {
      if (a.memory == memory) return a;
    }
  }
  ADD_FAILURE() << "no such memory";
  return {};
}

TEST(LiteonAbilities, SpeakOfEveryMemoryInWords) {
  for (const ModelInfo& model : Models()) {
    for (const Connection& connection : {kRealIde, kRealScsi, kSimulated, Connection{}}) {
      const auto all = GetFamily().Abilities(model, connection);
      ASSERT_EQ(all.size(), 3u);
      for (const MemoryAbilities& memory : all) {
        EXPECT_GT(memory.size_bytes, 0u);
        for (const Ability* ability : {&memory.read, &memory.flash, &memory.restore}) {
          EXPECT_FALSE(ability->why.empty()) << model.model << " " << ToString(memory.memory);
        }
      }
    }
  }
}

// A sequence that has a guess in it does not run on hardware.
TEST(LiteonAbilities, NothingHypotheticalIsDoneToARealDrive) {
  for (const ModelInfo& model : Models()) {
    for (const MemoryAbilities& memory : GetFamily().Abilities(model, kRealIde)) {
      for (const Ability* ability : {&memory.read, &memory.flash, &memory.restore}) {
        EXPECT_FALSE(ability->possible && ability->evidence == Evidence::kHypothetical)
            << model.model << " " << ToString(memory.memory);
      }
    }
  }
}

TEST(LiteonAbilities, SayWhyTheThreeDrivesCannotBeFlashedYet) {
  const Ability page = AbilityOf("LTR-48246S", Memory::kFirmware, kRealIde).flash;
  EXPECT_FALSE(page.possible);
  EXPECT_NE(page.why.find("load window"), std::string::npos) << page.why;
  EXPECT_NE(page.would_help.find("trace"), std::string::npos) << page.would_help;
  const Ability assumed = AbilityOf("LTR-52327S", Memory::kFirmware, kRealIde).flash;
  EXPECT_FALSE(assumed.possible);
  EXPECT_NE(assumed.why.find("assumed"), std::string::npos) << assumed.why;
  const Ability inferred = AbilityOf("LDW-451S", Memory::kFirmware, kRealIde).flash;
  EXPECT_FALSE(inferred.possible);
  EXPECT_NE(inferred.why.find("eject"), std::string::npos) << inferred.why;
}

// A row that assumes its size says so, wherever its abilities are shown.
TEST(LiteonAbilities, SayWhatOfTheSizeIsKnown) {
  const auto read = [](std::string_view model) {
    return AbilityOf(model, Memory::kFirmware, kSimulated).read.why;
  };
  EXPECT_NE(read("LTR-52246S").find("and with it the size are assumed"), std::string::npos);
  EXPECT_NE(read("LTR-24102B").find("256 KB of firmware in the lower half of 512 KB"),
            std::string::npos)
      << read("LTR-24102B");
  EXPECT_EQ(read("SOHW-812S").find("size"), std::string::npos) << read("SOHW-812S");
  EXPECT_EQ(read("LTR-48246S").find("assumed"), std::string::npos) << read("LTR-48246S");
  const Ability sohw = AbilityOf("SOHW-812S", Memory::kFirmware, kRealIde).read;
  EXPECT_FALSE(sohw.possible);
  EXPECT_NE(sohw.why.find("inferred"), std::string::npos) << sohw.why;
}

TEST(LiteonAbilities, WithoutRegistersVendorModeIsOutOfReach) {
  const MemoryAbilities firmware = AbilityOf("LTR-48246S", Memory::kFirmware, kRealScsi);
  for (const Ability* ability : {&firmware.read, &firmware.flash, &firmware.restore}) {
    EXPECT_FALSE(ability->possible);
    EXPECT_NE(ability->why.find("IDE registers"), std::string::npos) << ability->why;
    EXPECT_NE(ability->would_help.find("USB bridges cannot"), std::string::npos);
  }
  const MemoryAbilities dvd = AbilityOf("LDW-451S", Memory::kFirmware, kRealScsi);
  EXPECT_TRUE(dvd.read.possible);
  EXPECT_EQ(dvd.read.evidence, Evidence::kSecondHand);
  EXPECT_FALSE(dvd.flash.possible);
}

TEST(LiteonAbilities, TheSimulatorMayTryEverything) {
  for (const ModelInfo& model : Models()) {
    const MemoryAbilities firmware = AbilityOf(model.model, Memory::kFirmware, kSimulated);
    EXPECT_TRUE(firmware.read.possible && firmware.flash.possible && firmware.restore.possible);
    EXPECT_EQ(firmware.flash.evidence, Evidence::kHypothetical);
    const MemoryAbilities eeprom = AbilityOf(model.model, Memory::kEeprom, kSimulated);
    EXPECT_TRUE(eeprom.read.possible && eeprom.restore.possible);
    EXPECT_FALSE(eeprom.flash.possible);
  }
}

TEST(LiteonAbilities, TheEepromCannotBeWrittenOnARealDrive) {
  for (const ModelInfo& model : Models()) {
    const MemoryAbilities eeprom = AbilityOf(model.model, Memory::kEeprom, kRealIde);
    EXPECT_TRUE(eeprom.read.possible);
    EXPECT_FALSE(eeprom.flash.possible);
    EXPECT_FALSE(eeprom.restore.possible);
    EXPECT_NE(eeprom.restore.why.find("not publicly known"), std::string::npos);
    EXPECT_NE(eeprom.restore.would_help.find("recorded trace"), std::string::npos);
  }
}

TEST(LiteonAbilities, EstimatesAreNotZero) {
  for (const ModelInfo& model : Models()) {
    const PhaseEstimates estimates = GetFamily().Estimates(model);
    for (const Nanos time : {estimates.read_firmware, estimates.read_eeprom, estimates.enter,
                             estimates.write, estimates.leave}) {
      EXPECT_GT(time.count(), 0) << model.model;
    }
    EXPECT_GT(estimates.write, estimates.read_eeprom);
  }
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
