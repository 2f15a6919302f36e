// SPDX-License-Identifier: Apache-2.0
// The drive as programmer: whatever part of the table sits in its socket.
#include <gtest/gtest.h>

#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using simulator::RunState;
using transport::GateLevel;

std::function<void(simulator::Scenario&)> InSocket(const char* part) {
  return [part](simulator::Scenario& scenario) { scenario.drives[0].chip = part; };
}

Result<ChipFacts> EnterAndIdentify(SimRig& rig, ChipProgrammer& programmer) {
  RETURN_IF_ERROR(programmer.Enter(rig.hands()));
  rig.gate().SetLevel(GateLevel::kChipIdentify);
  auto chip = programmer.Identify(0);
  rig.gate().SetLevel(GateLevel::kReadOnly);
  return chip;
}

TEST(LiteonProgrammer, TakesAPartThatIsNotTheDrivesOwn) {
  // The session of the drive itself refuses it.
  SimRig rig("LTR-48246S", InSocket("AT29C040A"));
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  rig.gate().SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(session->IdentifyChip().error().reason(), "CHIP_NOT_AS_EXPECTED");
  rig.gate().SetLevel(GateLevel::kReadOnly);
  ASSERT_TRUE(session->LeaveUpdateMode(rig.hands()));

  const auto programmer = rig.OpenProgrammer();
  const auto chip = EnterAndIdentify(rig, *programmer);
  ASSERT_TRUE(chip) << chip.error().ToString();
  EXPECT_EQ(chip->part, "AT29C040A");
  EXPECT_TRUE(programmer->Leave(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST(LiteonProgrammer, ReadsTheSameBothWays) {
  SimRig rig("LTR-48246S");
  const auto programmer = rig.OpenProgrammer();
  EXPECT_EQ(programmer->Read({}, rig.hands()).error().reason(), "CHIP_NOT_IDENTIFIED");
  ASSERT_TRUE(EnterAndIdentify(rig, *programmer));
  const auto up = programmer->Read({}, rig.hands());
  rig.hands().NewPhase();
  const auto down =
      programmer->Read({.order = ReadOrder::kDescending, .chunk_bytes = 96}, rig.hands());
  ASSERT_TRUE(up);
  ASSERT_TRUE(down);
  EXPECT_TRUE(*up == rig.drive().FlashBytes());
  EXPECT_TRUE(*up == *down);
  EXPECT_FALSE(rig.hands().confused());
}

TEST(LiteonProgrammer, WritesAndErasesTheChip) {
  SimRig rig("LTR-48246S");
  const auto programmer = rig.OpenProgrammer();
  ASSERT_TRUE(EnterAndIdentify(rig, *programmer));
  Bytes current = rig.drive().FlashBytes();
  for (const Bytes& target : {rig.Changed(), Bytes(current.size(), 0xff)}) {
    const auto plan = programmer->PlanWrite(current, target);
    ASSERT_TRUE(plan);
    EXPECT_FALSE(plan->units.empty());
    WriteReport report;
    rig.hands().NewPhase();
    rig.drive().MarkWriteStarted();
    rig.gate().SetLevel(GateLevel::kOpen);
    const Status written = programmer->Write(*plan, current, target, report, rig.hands());
    rig.gate().SetLevel(GateLevel::kReadOnly);
    rig.drive().MarkWriteEnded();
    ASSERT_TRUE(written) << written.error().ToString();
    EXPECT_TRUE(rig.drive().FlashBytes() == target);
    current = target;
  }
  // Bytes of another size are refused before anything is sent.
  EXPECT_EQ(programmer->PlanWrite(current, Bytes(16)).error().reason(), "CHIP_SIZE_MISMATCH");
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
