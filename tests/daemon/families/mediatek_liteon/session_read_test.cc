// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/scsi/identity.h"
#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using simulator::FaultKind;
using simulator::RunState;

class LiteonRead : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, LiteonRead, testing::ValuesIn(KindNames()), TestNameOf);

TEST_P(LiteonRead, FirmwareInAnyOrderAndChunk) {
  SimRig rig(GetParam());
  const auto session = rig.Open();
  const ReadPlan plans[] = {{},
                            {ReadOrder::kDescending, 4096},
                            {ReadOrder::kAscending, 1000},
                            {ReadOrder::kDescending, 0xffffffff}};
  for (const ReadPlan& plan : plans) {
    rig.hands().NewPhase();
    const Result<Bytes> bytes = session->Read(Memory::kFirmware, plan, rig.hands());
    ASSERT_TRUE(bytes) << bytes.error().ToString();
    EXPECT_TRUE(*bytes == rig.drive().FlashBytes());
    EXPECT_EQ(rig.hands().last_done(), bytes->size());
    EXPECT_FALSE(rig.hands().confused());
    // It answers as before: no attention is left, and no vendor mode.
    EXPECT_EQ(rig.drive().state(), RunState::kRun);
    EXPECT_TRUE(scsi::ReadIdentity(rig.scsi()));
  }
  EXPECT_EQ(rig.drive().counters().destructive_commands, 0u);
}

TEST_P(LiteonRead, EepromInAnyOrder) {
  SimRig rig(GetParam());
  const auto session = rig.Open();
  for (const ReadPlan& plan :
       {ReadPlan{}, ReadPlan{ReadOrder::kDescending, 128}, ReadPlan{ReadOrder::kDescending, 300}}) {
    rig.hands().NewPhase();
    const Result<Bytes> bytes = session->Read(Memory::kEeprom, plan, rig.hands());
    ASSERT_TRUE(bytes) << bytes.error().ToString();
    EXPECT_TRUE(*bytes == rig.drive().EepromBytes());
    EXPECT_FALSE(rig.hands().confused());
  }
  EXPECT_EQ(rig.drive().counters().vendor_entries, 0u);
}

TEST_P(LiteonRead, BootIsTheBeginningOfTheFirmware) {
  SimRig rig(GetParam());
  const Result<Bytes> boot = rig.Open()->Read(Memory::kBoot, {}, rig.hands());
  ASSERT_TRUE(boot) << boot.error().ToString();
  const Bytes flash = rig.drive().FlashBytes();
  EXPECT_TRUE(*boot == Bytes(flash.begin(), flash.begin() + 0x4000));
}

TEST_P(LiteonRead, StaysInUpdateModeWhenItWasInIt) {
  SimRig rig(GetParam());
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_TRUE(bytes) << bytes.error().ToString();
  EXPECT_TRUE(*bytes == rig.drive().FlashBytes());
  EXPECT_EQ(rig.drive().state(), RunState::kVendor);
  EXPECT_EQ(session->Read(Memory::kEeprom, {}, rig.hands()).error().reason(),
            "MEMORY_NOT_READABLE");
  Bytes some(300);
  ASSERT_TRUE(session->ReadInUpdateMode(0x1fff0, some));
  const Bytes flash = rig.drive().FlashBytes();
  EXPECT_TRUE(std::equal(some.begin(), some.end(), flash.begin() + 0x1fff0));
  ASSERT_TRUE(session->LeaveUpdateMode(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
  EXPECT_EQ(session->ReadInUpdateMode(0, some).error().reason(), "NOT_IN_UPDATE_MODE");
}

TEST_P(LiteonRead, WorksInVendorModeWithoutScsi) {
  SimRig rig(GetParam());
  const auto session = rig.OpenWith(false, true);
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_TRUE(bytes) << bytes.error().ToString();
  EXPECT_TRUE(*bytes == rig.drive().FlashBytes());
  EXPECT_EQ(session->Read(Memory::kEeprom, {}, rig.hands()).error().reason(),
            "MEMORY_NOT_READABLE");
}

TEST_P(LiteonRead, CancelLeavesTheDriveAsItWas) {
  SimRig rig(GetParam());
  const auto session = rig.Open();
  rig.hands().CancelAfter(3);
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason(), "JOB_CANCELLED");
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
  EXPECT_TRUE(scsi::ReadIdentity(rig.scsi()));
}

TEST(LiteonReadWays, OnlyTheDvdBurnerIsReadWithoutVendorMode) {
  SimRig cd("LTR-52327S");
  ASSERT_TRUE(cd.Open()->Read(Memory::kFirmware, {}, cd.hands()));
  EXPECT_EQ(cd.drive().counters().vendor_entries, 1u);
  SimRig dvd("LDW-451S");
  ASSERT_TRUE(dvd.Open()->Read(Memory::kFirmware, {}, dvd.hands()));
  EXPECT_EQ(dvd.drive().counters().vendor_entries, 0u);
  EXPECT_TRUE(dvd.hands().prompts().empty());
}

TEST(LiteonReadWays, WithoutRegistersTheCdBurnerCannotBeRead) {
  SimRig rig("LTR-48246S");
  const auto session = rig.OpenWith(true, false);
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason(), "MEMORY_NOT_READABLE");
  EXPECT_FALSE(bytes.error().remedy().empty());
  EXPECT_EQ(session->EnterUpdateMode(rig.hands()).error().reason(), "VENDOR_MODE_NOT_ENTERED");
}

TEST(LiteonReadWays, EepromByReadBufferWhereTheRowSaysSo) {
  const auto refuse = [](SimRig& rig) {
    simulator::FaultSpec fault;
    fault.kind = FaultKind::kCheckCondition;
    fault.at.opcode = 0xdf;
    fault.times = 0;
    fault.sense = {0x05, 0x24, 0x00, false};
    rig.drive().AddFault(fault);
  };
  SimRig dvd("LDW-451S");
  refuse(dvd);
  const Result<Bytes> bytes = dvd.Open()->Read(Memory::kEeprom, {}, dvd.hands());
  ASSERT_TRUE(bytes) << bytes.error().ToString();
  EXPECT_TRUE(*bytes == dvd.drive().EepromBytes());
  SimRig cd("LTR-48246S");
  refuse(cd);
  const Result<Bytes> none = cd.Open()->Read(Memory::kEeprom, {}, cd.hands());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason(), "MEMORY_NOT_READABLE");
  ASSERT_TRUE(none.error().sense());
  EXPECT_EQ(none.error().sense()->asc, 0x24);
}

TEST(LiteonReadWays, AFailureMidwayStillLeavesVendorMode) {
  SimRig rig("LTR-48246S");
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kTimeout;
  fault.at.opcode = 0x00;
  fault.at.state = RunState::kVendor;
  fault.at.command = 5000;
  rig.drive().AddFault(fault);
  const auto session = rig.Open();
  const Result<Bytes> bytes = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
  EXPECT_TRUE(session->Read(Memory::kEeprom, {}, rig.hands()));
}

TEST(LiteonReadWays, AShortTransferIsNoData) {
  SimRig rig("LDW-451S");
  simulator::FaultSpec fault;
  fault.kind = FaultKind::kShortTransfer;
  fault.at.command = 40;
  rig.drive().AddFault(fault);
  const Result<Bytes> bytes = rig.Open()->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reason(), "SHORT_TRANSFER");
}

TEST(LiteonReadWays, ADriveThatWentIsSaidToBeGone) {
  SimRig rig("LTR-48246S");
  const auto session = rig.Open();
  rig.drive().Unplug();
  EXPECT_EQ(session->Read(Memory::kEeprom, {}, rig.hands()).error().reason(), "DRIVE_GONE");
  EXPECT_EQ(session->Read(Memory::kFirmware, {}, rig.hands()).error().reason(), "DRIVE_GONE");
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
