// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using simulator::FaultKind;
using simulator::RunState;

simulator::FaultSpec StuckAt(uint8_t status) {
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kStuckStatus;
  fault.status = status;
  fault.times = 0;
  return fault;
}

TEST(LiteonEnter, NeedsNoHandsOnCdBurners) {
  for (const char* model : {"LTR-48246S", "LTR-52327S"}) {
    SimRig rig(model);
    const auto session = rig.Open();
    ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
    EXPECT_TRUE(rig.hands().prompts().empty());
    EXPECT_EQ(rig.drive().state(), RunState::kVendor);
    EXPECT_TRUE(session->EnterUpdateMode(rig.hands()));  // already there
    EXPECT_EQ(rig.drive().counters().vendor_entries, 1u);
  }
}

TEST(LiteonEnter, AsksForTheEjectButtonOnTheDvdBurner) {
  SimRig rig("LDW-451S");
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  EXPECT_EQ(rig.hands().prompts(), (std::vector<std::string>{"hold_eject", "release_eject"}));
  EXPECT_TRUE(session->LeaveUpdateMode(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST(LiteonEnter, EndsWhenNobodyHoldsTheButton) {
  SimRig rig("LDW-451S");
  rig.hands().Ignore("hold_eject");
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "PROMPT_EXPIRED");
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST(LiteonEnter, LeavesAgainWhenNobodyLetsTheButtonGo) {
  SimRig rig("LDW-451S");
  rig.hands().Ignore("release_eject");
  const auto session = rig.Open();
  const Status entered = session->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "PROMPT_EXPIRED");
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
  EXPECT_EQ(session->IdentifyChip().error().reason(), "NOT_IN_UPDATE_MODE");
}

TEST(LiteonEnter, SaysThatAShutGateIsANormalDrive) {
  SimRig rig("LTR-48246S", [](simulator::Scenario& scenario) {
    scenario.drives[0].gate = simulator::Gate::kNever;
  });
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  EXPECT_NE(entered.error().message().find("status = 51 should be 70"), std::string::npos)
      << entered.error().message();
  EXPECT_EQ(rig.drive().counters().vendor_entries, 0u);
}

TEST(LiteonEnter, NamesAStuckStatus) {
  for (const uint8_t status : {0x80, 0xd0, 0xd1, 0x52, 0x5a}) {
    SimRig rig("LTR-48246S");
    rig.drive().AddFault(StuckAt(status));
    const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
    ASSERT_FALSE(entered);
    EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  }
}

TEST(LiteonEnter, RepeatsTheIntro) {
  SimRig rig("LTR-48246S");
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kIgnoreIntro;
  fault.at.opcode = 0x80;
  fault.times = 7;
  rig.drive().AddFault(fault);
  EXPECT_TRUE(rig.Open()->EnterUpdateMode(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kVendor);
}

TEST(LiteonEnter, RefusesWhenASecondDriveIsOnTheChannel) {
  for (const bool ignores_select : {false, true}) {
    SimRig rig("LTR-48246S", [=](simulator::Scenario& scenario) {
      scenario.drives[0].channel = "ide 1";
      scenario.drives[0].ignores_dev_select = ignores_select;
      simulator::DriveSpec other = scenario.drives[0];
      other.model = "LTR-52327S";
      other.bay = "bay 2";
      other.second_device = true;
      scenario.drives.push_back(other);
    });
    const auto session = rig.Open();
    const Status entered = session->EnterUpdateMode(rig.hands());
    ASSERT_FALSE(entered);
    EXPECT_EQ(entered.error().reason(), "SECOND_DRIVE_ON_CHANNEL");
    EXPECT_EQ(rig.drive().state(), RunState::kRun);
    EXPECT_EQ(session->Read(Memory::kFirmware, {}, rig.hands()).error().reason(),
              "SECOND_DRIVE_ON_CHANNEL");
    EXPECT_EQ(rig.drive().counters().vendor_entries, 0u);
    // The other drive is well, too.
    EXPECT_TRUE(session->Read(Memory::kEeprom, {}, rig.hands()));
  }
}

TEST(LiteonEnter, WorksForADriveThatIsDeviceOneAlone) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].second_device = true; });
  const auto session = rig.Open();
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_TRUE(bytes) << bytes.error().ToString();
  EXPECT_TRUE(*bytes == rig.drive().FlashBytes());
}

TEST(LiteonEnter, EndsAVendorModeThatAnEarlierJobLeftBehind) {
  SimRig rig("LTR-48246S");
  ASSERT_TRUE(rig.Open()->EnterUpdateMode(rig.hands()));
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  EXPECT_TRUE(session->LeaveUpdateMode(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST(LiteonEnter, ReachesADriveWithoutFirmware) {
  for (const std::string& model : ModelNames()) {
    SimRig rig(model);
    const uint8_t none = 0xff;
    rig.drive().PokeFlash(0, {&none, 1});
    rig.drive().PowerCycle();
    rig.drive().clock().SleepFor(std::chrono::seconds(10));
    const auto session = rig.Open();
    ASSERT_EQ(rig.drive().state(), RunState::kDead);
    ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
    const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(*bytes == rig.drive().FlashBytes());
    const Status left = session->LeaveUpdateMode(rig.hands());
    ASSERT_FALSE(left);
    EXPECT_EQ(left.error().reason(), "DRIVE_NOT_BACK");
    EXPECT_EQ(left.error().drive_state(), DriveState::kUntouched);
  }
}

TEST(LiteonEnter, CannotReachADriveWithoutBootCode) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].boot_lost = true; });
  const uint8_t none = 0xff;
  rig.drive().PokeFlash(0, {&none, 1});
  rig.drive().PowerCycle();
  rig.drive().clock().SleepFor(std::chrono::seconds(10));
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_NE(entered.error().message().find("status = 80 should be 70"), std::string::npos)
      << entered.error().message();
}

TEST(LiteonIdentifyChip, NamesThePart) {
  for (const std::string& model : ModelNames()) {
    SimRig rig(model);
    const auto session = rig.Open();
    EXPECT_EQ(session->IdentifyChip().error().reason(), "NOT_IN_UPDATE_MODE");
    ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
    // Behind a closed gate not one cycle reaches the chip.
    EXPECT_EQ(session->IdentifyChip().error().reason(), "COMMAND_NOT_ALLOWED");
    rig.gate().SetLevel(transport::GateLevel::kChipIdentify);
    const Result<ChipIdentity> chip = session->IdentifyChip();
    ASSERT_TRUE(chip) << model << ": " << chip.error().ToString();
    EXPECT_EQ(chip->part, rig.model().chip_part);
    EXPECT_EQ(chip->size_bytes, rig.model().firmware_bytes);
    EXPECT_EQ(rig.drive().counters().destructive_commands, 0u) << model;
  }
}

TEST(LiteonIdentifyChip, AcceptsAnotherPartWhereTheRowAssumes) {
  SimRig rig("LTR-52327S",
             [](simulator::Scenario& scenario) { scenario.drives[0].chip = "W39L040"; });
  const auto session = rig.Open();
  rig.gate().SetLevel(transport::GateLevel::kChipIdentify);
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  const Result<ChipIdentity> chip = session->IdentifyChip();
  ASSERT_TRUE(chip) << chip.error().ToString();
  EXPECT_EQ(chip->part, "W39L040");
}

TEST(LiteonIdentifyChip, RefusesAnotherPartWhereTheRowKnows) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].chip = "SST39VF040"; });
  const auto session = rig.Open();
  rig.gate().SetLevel(transport::GateLevel::kChipIdentify);
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  const Result<ChipIdentity> chip = session->IdentifyChip();
  ASSERT_FALSE(chip);
  EXPECT_EQ(chip.error().reason(), "CHIP_NOT_AS_EXPECTED");
  EXPECT_EQ(rig.drive().counters().destructive_commands, 0u);
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
