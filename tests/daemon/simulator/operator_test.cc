// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/operator.h"

#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::milliseconds;

TEST(Operator, ReactsByItsRules) {
  Operator hands({{"hold_eject", milliseconds(5), {Hand::kHoldEject}, "done", 1},
                  {"hold_eject", milliseconds(0), {}, "cannot", 0}});
  const std::optional<OperatorAction> first = hands.OnPrompt("hold_eject");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->after, milliseconds(5));
  EXPECT_EQ(first->hands, std::vector<Hand>{Hand::kHoldEject});
  EXPECT_EQ(first->answer, "done");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hands.OnPrompt("hold_eject")->answer, "cannot");
  EXPECT_FALSE(hands.OnPrompt("power_cycle"));
}

TEST(Operator, NamesItsHands) {
  for (int i = 0; i <= static_cast<int>(Hand::kBurnDisc); ++i) {
    const Hand hand = static_cast<Hand>(i);
    EXPECT_EQ(ParseHand(ToString(hand)), hand);
  }
  EXPECT_FALSE(ParseHand("kick"));
}

TEST(Operator, MovesTheDrivesWires) {
  const auto bench = OneDrive("LDW-451S", R"(
operator = [{ on_prompt = "hold_eject", after_ms = 1500, do = ["hold_eject", "insert_disc"] }]
)");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x51);
  const Nanos before = drive.clock().Monotonic();
  const std::optional<OperatorAction> action = drive.OnPrompt("hold_eject");
  ASSERT_TRUE(action);
  drive.Perform(*action);
  EXPECT_GE(drive.clock().Monotonic() - before, milliseconds(1500));
  EXPECT_EQ(host.Intro(), 0x70);
}

TEST(Operator, CanDoEverythingToADrive) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  const Bytes eeprom = drive.EepromBytes();
  drive.Perform({Nanos(0), {Hand::kBurnDisc}, ""});
  EXPECT_NE(drive.EepromBytes(), eeprom);
  drive.Perform({Nanos(0), {Hand::kPowerOff}, ""});
  EXPECT_EQ(drive.state(), RunState::kOff);
  drive.Perform({Nanos(0), {Hand::kPowerOn}, ""});
  EXPECT_EQ(drive.state(), RunState::kBoot);
  drive.Perform({Nanos(0), {Hand::kUnplug}, ""});
  EXPECT_FALSE(drive.plugged());
  drive.Perform(
      {Nanos(0), {Hand::kPlug, Hand::kPowerCycle, Hand::kReleaseEject, Hand::kRemoveDisc}, ""});
  EXPECT_TRUE(drive.plugged());
  EXPECT_EQ(drive.generation(), 2u);
}

}  // namespace
}  // namespace firmbench::simulator
