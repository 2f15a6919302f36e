// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "daemon/scsi/identity.h"
#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using simulator::FaultKind;
using simulator::RunState;

class LiteonWrite : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, LiteonWrite, testing::ValuesIn(KindNames()), TestNameOf);

TEST_P(LiteonWrite, FlashAndRestore) {
  SimRig rig(GetParam());
  const Bytes old_flash = rig.drive().FlashBytes();
  const Bytes eeprom = rig.drive().EepromBytes();
  const Bytes image = rig.Image();
  ASSERT_TRUE(rig.family().CheckImage(rig.model(), image));
  const auto session = rig.Open();
  for (const Bytes* wanted : {&image, &old_flash}) {
    const Result<Bytes> target =
        rig.family().ComposeTarget(rig.model(), rig.drive().FlashBytes(), *wanted);
    ASSERT_TRUE(target);
    WriteReport report;
    const Status written = rig.EnterAndWrite(*session, *target, report);
    ASSERT_TRUE(written) << written.error().ToString();
    ASSERT_TRUE(session->LeaveUpdateMode(rig.hands()));
    EXPECT_TRUE(rig.drive().FlashBytes() == *target);
    EXPECT_GT(report.bytes_programmed, 0u);
    EXPECT_EQ(report.page_retries, 0u);
    EXPECT_FALSE(rig.hands().confused());
    const Result<scsi::Identity> identity = scsi::ReadIdentity(rig.scsi());
    ASSERT_TRUE(identity);
    EXPECT_EQ(rig.family().Match(*identity), &rig.model());
    EXPECT_TRUE(rig.family().CheckUndo(rig.model(), *identity, rig.drive().FlashBytes()));
  }
  EXPECT_TRUE(rig.drive().EepromBytes() == eeprom);
  EXPECT_EQ(rig.drive().counters().destructive_before_write_started, 0u);
}

// Every address programmed, but for unlock cycles, lies in a unit of the plan.
TEST_P(LiteonWrite, OnlyUnitsThatDiffer) {
  SimRig rig(GetParam());
  const Bytes old_flash = rig.drive().FlashBytes();
  Bytes target = old_flash;
  target[0x21234] ^= 0x55;
  target[0x55555] ^= 0x01;
  const Result<WritePlan> plan =
      rig.family().PlanWrite(rig.model(), Memory::kFirmware, old_flash, target, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->units.size(), 2u);
  EXPECT_FALSE(plan->touches_boot);
  WriteReport report;
  const auto session = rig.Open();
  const Status written = rig.EnterAndWrite(*session, target, report);
  ASSERT_TRUE(written) << written.error().ToString();
  EXPECT_TRUE(rig.drive().FlashBytes() == target);
  EXPECT_LE(report.erases, 2u);
  EXPECT_LE(report.bytes_programmed, 2u * 64 * 1024);
  const std::set<uint32_t> unlock = {0x5555, 0x2aaa, 0x555, 0x2aa};
  size_t outside = 0;
  for (const TraceRecorder::BusWrite& write : rig.recorder().bus_writes()) {
    if (unlock.contains(write.address) || write.data == 0xf0) continue;
    outside += std::none_of(plan->units.begin(), plan->units.end(), [&](const ByteRange& unit) {
      return write.address >= unit.offset && write.address - unit.offset < unit.length;
    });
  }
  EXPECT_EQ(outside, 0u);
}

TEST_P(LiteonWrite, NothingIsSentWhenNothingDiffers) {
  SimRig rig(GetParam());
  WriteReport report;
  const auto session = rig.Open();
  ASSERT_TRUE(rig.EnterAndWrite(*session, rig.drive().FlashBytes(), report));
  EXPECT_EQ(report.bytes_programmed, 0u);
  EXPECT_EQ(rig.drive().counters().destructive_commands, 0u);
}

// The reset vector is the last thing that is written, and page 0 of the other banks before it,
// from high to low.
TEST_P(LiteonWrite, PageZeroOfEveryBankComesLast) {
  SimRig rig(GetParam());
  Bytes target = rig.drive().FlashBytes();
  for (uint32_t bank = 0; bank < target.size(); bank += 0x10000) {
    for (const uint32_t offset : {bank + 7, bank + 0x1234}) {
      target[offset] = target[offset] == 0x5a ? 0xa5 : 0x5a;
    }
  }
  WriteReport report;
  const auto session = rig.Open();
  const Status written = rig.EnterAndWrite(*session, target, report);
  ASSERT_TRUE(written) << written.error().ToString();
  const uint32_t banks = static_cast<uint32_t>(target.size() / 0x10000);
  // Where the changed byte of each bank's page 0 and body was last programmed. Erases go to the
  // unit's first byte and are older than both.
  std::vector<size_t> page0(banks), body(banks);
  const auto& writes = rig.recorder().bus_writes();
  for (size_t i = 0; i < writes.size(); ++i) {
    const uint32_t bank = writes[i].address / 0x10000;
    if (bank >= banks) continue;
    if (writes[i].address % 0x10000 == 7) page0[bank] = i;
    if (writes[i].address % 0x10000 == 0x1234) body[bank] = i;
  }
  for (uint32_t bank = 0; bank < banks; ++bank) {
    ASSERT_GT(page0[bank], 0u) << bank;
    ASSERT_GT(body[bank], 0u) << bank;
    EXPECT_GT(page0[bank], *std::max_element(body.begin(), body.end())) << bank;
    if (bank > 0) {
      EXPECT_LT(page0[bank], page0[bank - 1]) << bank;
    }
  }
}

TEST_P(LiteonWrite, RefusesBeforeTheFirstCycle) {
  SimRig rig(GetParam());
  const Bytes current = rig.drive().FlashBytes();
  const Bytes image = rig.Changed();
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kFirmware, current, image, {});
  ASSERT_TRUE(plan);
  const auto session = rig.Open();
  WriteReport report;
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  const auto reason = [&](const WritePlan& p, ByteView from, ByteView to) {
    const Status status = session->Write(p, from, to, report, rig.hands());
    if (status) return std::string();
    EXPECT_EQ(status.error().drive_state(), DriveState::kUntouched);
    return status.error().reason();
  };
  EXPECT_EQ(reason(*plan, current, image), "NOT_IN_UPDATE_MODE");
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  EXPECT_EQ(reason(*plan, current, image), "CHIP_NOT_IDENTIFIED");
  ASSERT_TRUE(session->IdentifyChip());
  EXPECT_EQ(reason(*plan, current, ByteView(image).first(0x10000)), "PLAN_MISMATCH");
  WritePlan other = *plan;
  other.units.pop_back();
  EXPECT_EQ(reason(other, current, image), "PLAN_MISMATCH");
  WritePlan boot = *plan;
  boot.memory = Memory::kBoot;
  EXPECT_EQ(reason(boot, current, image), "MEMORY_NOT_WRITABLE");
  EXPECT_EQ(rig.drive().counters().destructive_commands, 0u);
}

TEST_P(LiteonWrite, AClosedGateKeepsTheFlash) {
  SimRig rig(GetParam());
  const Bytes current = rig.drive().FlashBytes();
  const Bytes image = rig.Changed();
  const auto session = rig.Open();
  rig.gate().SetLevel(transport::GateLevel::kChipIdentify);
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  ASSERT_TRUE(session->IdentifyChip());
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kFirmware, current, image, {});
  WriteReport report;
  const Status written = session->Write(*plan, current, image, report, rig.hands());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason(), "COMMAND_NOT_ALLOWED");
  EXPECT_TRUE(rig.drive().FlashBytes() == current);
}

// Promise 7: what is a guess anywhere in its sequence is not written on a real drive.
TEST_P(LiteonWrite, RefusesARealDrive) {
  SimRig rig(GetParam());
  const Bytes current = rig.drive().FlashBytes();
  const Bytes image = rig.Changed();
  const auto session = rig.OpenWith(true, true, false);
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  WriteReport report;
  Bytes eeprom = rig.drive().EepromBytes();
  const Bytes old_eeprom = eeprom;
  eeprom[5] ^= 1;
  const auto eeprom_plan =
      rig.family().PlanWrite(rig.model(), Memory::kEeprom, old_eeprom, eeprom, {});
  ASSERT_TRUE(eeprom_plan);
  EXPECT_EQ(session->Write(*eeprom_plan, old_eeprom, eeprom, report, rig.hands()).error().reason(),
            "HYPOTHETICAL_COMMAND");
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  ASSERT_TRUE(session->IdentifyChip());
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kFirmware, current, image, {});
  EXPECT_EQ(session->Write(*plan, current, image, report, rig.hands()).error().reason(),
            "HYPOTHETICAL_COMMAND");
  EXPECT_EQ(rig.drive().counters().destructive_commands, 0u);
}

TEST_P(LiteonWrite, ADroppedWriteIsFoundAndRepeated) {
  SimRig rig(GetParam());
  const Bytes image = rig.Changed();
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kDropWrite;
  fault.at.write = 3;
  rig.drive().AddFault(fault);
  WriteReport report;
  const auto session = rig.Open();
  const Status written = rig.EnterAndWrite(*session, image, report);
  ASSERT_TRUE(written) << written.error().ToString();
  EXPECT_GT(report.page_retries, 0u);
  EXPECT_TRUE(rig.drive().FlashBytes() == image);
}

TEST_P(LiteonWrite, APowerCutIsPartlyWrittenAndCanBeMended) {
  SimRig rig(GetParam());
  const Bytes image = rig.Changed();
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kPowerCut;
  fault.at.write = 2;
  fault.back_after = std::chrono::seconds(5);
  rig.drive().AddFault(fault);
  WriteReport report;
  {
    const auto session = rig.Open();
    const Status written = rig.EnterAndWrite(*session, image, report);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().drive_state(), DriveState::kPartlyWritten)
        << written.error().ToString();
    EXPECT_FALSE(rig.drive().FlashBytes() == image);
    const Status left = session->LeaveUpdateMode(rig.hands());
    if (!left) {
      EXPECT_EQ(left.error().drive_state(), DriveState::kUnknown);
    }
  }
  rig.drive().clock().SleepFor(std::chrono::seconds(60));
  const auto session = rig.Open();
  const Status again = rig.EnterAndWrite(*session, image, report);
  ASSERT_TRUE(again) << again.error().ToString();
  ASSERT_TRUE(session->LeaveUpdateMode(rig.hands()));
  EXPECT_TRUE(rig.drive().FlashBytes() == image);
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST_P(LiteonWrite, EepromByTheSimulatorsCommand) {
  SimRig rig(GetParam());
  const Bytes old_eeprom = rig.drive().EepromBytes();
  Bytes target = old_eeprom;
  target[0x085] ^= 0xff;
  target[0x3ff] ^= 0x0f;
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kEeprom, old_eeprom, target, {});
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->in_update_mode);
  ASSERT_EQ(plan->units.size(), 2u);
  EXPECT_EQ(plan->units[0].offset, 0x080u);
  EXPECT_EQ(plan->units[1].offset, 0x380u);
  const auto session = rig.Open();
  WriteReport report;
  const Status closed = session->Write(*plan, old_eeprom, target, report, rig.hands());
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().reason(), "COMMAND_NOT_ALLOWED");
  EXPECT_EQ(closed.error().drive_state(), DriveState::kUntouched);
  EXPECT_TRUE(rig.drive().EepromBytes() == old_eeprom);
  rig.drive().MarkWriteStarted();
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  const Status written = session->Write(*plan, old_eeprom, target, report, rig.hands());
  ASSERT_TRUE(written) << written.error().ToString();
  EXPECT_TRUE(rig.drive().EepromBytes() == target);
  EXPECT_EQ(report.bytes_programmed, 256u);
  EXPECT_EQ(rig.drive().counters().vendor_entries, 0u);
}

TEST_P(LiteonWrite, ADroppedEepromWriteIsFound) {
  SimRig rig(GetParam());
  const Bytes old_eeprom = rig.drive().EepromBytes();
  Bytes target = old_eeprom;
  target[0x085] ^= 0xff;
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kDropWrite;
  fault.times = 0x100;
  rig.drive().AddFault(fault);
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kEeprom, old_eeprom, target, {});
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  WriteReport report;
  const Status written = rig.Open()->Write(*plan, old_eeprom, target, report, rig.hands());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason(), "WRITE_VERIFY_FAILED");
  EXPECT_EQ(written.error().drive_state(), DriveState::kPartlyWritten);
}

TEST(LiteonWriteChips, AnotherPartIsPlannedAndWritten) {
  for (const char* part : {"W39L040", "MX29F040", "AT29C040A"}) {
    SimRig rig("LTR-52327S",
               [=](simulator::Scenario& scenario) { scenario.drives[0].chip = part; });
    const Bytes image = rig.Changed();
    WriteReport report;
    const auto session = rig.Open();
    const Status written = rig.EnterAndWrite(*session, image, report);
    ASSERT_TRUE(written) << part << ": " << written.error().ToString();
    EXPECT_TRUE(rig.drive().FlashBytes() == image) << part;
  }
}

TEST(LiteonWriteChips, APlanForTheAssumedPartDoesNotFitAnother) {
  SimRig rig("LTR-52327S",
             [](simulator::Scenario& scenario) { scenario.drives[0].chip = "MX29F040"; });
  const Bytes current = rig.drive().FlashBytes();
  const Bytes image = rig.Changed();
  const auto session = rig.Open();
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  ASSERT_TRUE(session->IdentifyChip());
  const auto plan = rig.family().PlanWrite(rig.model(), Memory::kFirmware, current, image, {});
  WriteReport report;
  EXPECT_EQ(session->Write(*plan, current, image, report, rig.hands()).error().reason(),
            "PLAN_MISMATCH");
}

TEST(LiteonWriteChips, ALockedBootBlockIsNamedBeforeTheFirstWrite) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].boot_block_locked = true; });
  const Bytes current = rig.drive().FlashBytes();
  Bytes target = current;
  target[0x1000] ^= 0xff;
  WriteReport report;
  const auto session = rig.Open();
  const Status written = rig.EnterAndWrite(*session, target, report);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason(), "CHIP_BOOT_LOCKED");
  EXPECT_EQ(written.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(rig.drive().FlashBytes(), current);
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
