// SPDX-License-Identifier: Apache-2.0
// The drive as programmer: whatever part of the table sits in its socket.
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/programmer.h"
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
  const auto size = static_cast<uint32_t>(rig.drive().FlashBytes().size());
  EXPECT_EQ(programmer->Read(size, {}, rig.hands()).error().reason(), "NOT_IN_UPDATE_MODE");
  // Reading needs no ids, which a page-write part could take for data.
  ASSERT_TRUE(programmer->Enter(rig.hands()));
  const auto up = programmer->Read(size, {}, rig.hands());
  rig.hands().NewPhase();
  const auto down =
      programmer->Read(size, {.order = ReadOrder::kDescending, .chunk_bytes = 96}, rig.hands());
  for (const uint32_t wrong : {0u, VendorMode::kReachBytes + 1}) {
    EXPECT_EQ(programmer->Read(wrong, {}, rig.hands()).error().reason(), "CHIP_OUT_OF_REACH");
  }
  Bytes some(16);
  ASSERT_TRUE(programmer->ReadAt(0x1234, some));
  EXPECT_TRUE(std::equal(some.begin(), some.end(), rig.drive().FlashBytes().begin() + 0x1234));
  EXPECT_EQ(programmer->PlanWrite(some, some).error().reason(), "CHIP_NOT_IDENTIFIED");
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

TEST(LiteonProgrammer, SaysWhichBootBlocksAreLockedAndKeepsThem) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].boot_block_locked = true; });
  const auto programmer = rig.OpenProgrammer();
  const auto chip = EnterAndIdentify(rig, *programmer);
  ASSERT_TRUE(chip) << chip.error().ToString();
  EXPECT_TRUE(chip->low_boot_locked);
  EXPECT_TRUE(chip->high_boot_locked);
  const Bytes current = rig.drive().FlashBytes();
  const Bytes target(current.size(), 0xff);
  EXPECT_EQ(programmer->CheckWrite(current, target).error().reason(), "CHIP_BOOT_LOCKED");
  const auto plan = programmer->PlanWrite(current, target);
  ASSERT_TRUE(plan);
  WriteReport report;
  EXPECT_EQ(programmer->Write(*plan, current, target, report, rig.hands()).error().reason(),
            "CHIP_BOOT_LOCKED");
}

constexpr Connection kReal{.scsi = true, .task_file = true, .simulated = false};
constexpr Connection kSimulated{.scsi = true, .task_file = true, .simulated = true};

Ability WriteAbility(const char* model, const Connection& connection, const char* part) {
  for (const ModelInfo& row : Models()) {
    if (row.model == model) return ChipWriteAbility(*RowOf(row), connection, part);
  }
  ADD_FAILURE() << model;
  return {};
}

TEST(LiteonProgrammer, WritesPagePartsOnSimulatedDrivesOnly) {
  for (const char* part : {"W29C040", "AT29C010A", "SST29EE020A"}) {
    EXPECT_TRUE(WriteAbility("LTR-48246S", kSimulated, part).possible) << part;
    const Ability real = WriteAbility("LTR-52327S", kReal, part);
    EXPECT_FALSE(real.possible) << part;
    EXPECT_EQ(real.evidence, Evidence::kHypothetical);
    EXPECT_NE(real.why.find("simulator only"), std::string::npos) << real.why;
    EXPECT_FALSE(real.would_help.empty());
  }
}

// That the drive's own chip is another one, or assumed, does not matter.
TEST(LiteonProgrammer, WritesBytePartsAsWellAsTheWayInIsKnown) {
  const Ability real = WriteAbility("LTR-48246S", kReal, "SST39SF040");
  EXPECT_TRUE(real.possible) << real.why;
  EXPECT_EQ(real.evidence, Evidence::kSecondHand);
  EXPECT_FALSE(WriteAbility("LTR-48246S", kSimulated, "SST28SF040A").possible);
  EXPECT_FALSE(WriteAbility("LTR-48246S", kSimulated, "X1").possible);
  EXPECT_FALSE(WriteAbility("LTR-48246S", {.scsi = true}, "SST39SF040").possible);
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
