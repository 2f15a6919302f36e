// SPDX-License-Identifier: Apache-2.0
// Drives with serial flash, and the gates and variants of vendor mode that only they show.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>

#include "tests/daemon/families/mediatek_liteon/serial_rig.h"
#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {

void PrintTo(const SerialDrive& drive, std::ostream* out) { *out << drive.name; }

namespace {

using simulator::FaultKind;
using simulator::Gate;
using simulator::RunState;
using simulator::VendorSet;

std::string MetadataOf(const Error& error, std::string_view wanted) {
  for (const auto& [key, value] : error.metadata()) {
    if (key == wanted) return value;
  }
  return "";
}

class SerialVariant : public testing::TestWithParam<SerialDrive> {};

TEST_P(SerialVariant, ReadsIdentifiesAndWrites) {
  SerialRig rig(GetParam());
  const auto session = rig.Open();
  const Bytes before = rig.drive().FlashBytes();
  const Result<Bytes> read = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(*read, before);
  EXPECT_EQ(rig.drive().state(), RunState::kRun);

  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  const Result<ChipIdentity> chip = rig.Identify(*session);
  ASSERT_TRUE(chip.has_value()) << chip.error().ToString();
  EXPECT_EQ(chip->part, GetParam().part);
  Bytes target = before;
  for (const size_t offset : {0x07u, 0x1234u, 0x2ffffu}) target[offset] ^= 0x5a;
  WriteReport report;
  const Status written = rig.Write(*session, target, report);
  ASSERT_TRUE(written) << written.error().ToString();
  EXPECT_EQ(rig.drive().FlashBytes(), target);
  EXPECT_GT(report.erases, 0u);
  EXPECT_TRUE(session->LeaveUpdateMode(rig.hands()));
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
  EXPECT_EQ(rig.drive().counters().destructive_before_write_started, 0u);
  EXPECT_GT(rig.gate().destructive_passed(), 0u);
  EXPECT_TRUE(rig.hands().prompts().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, SerialVariant,
    testing::Values(
        SerialDrive{},
        SerialDrive{"classic_73", "MX25L4005", VendorSet::kClassic, 0x73, &kClassicMode},
        SerialDrive{"classic_sst", "SST25VF020", VendorSet::kClassic, 0x73, &kClassicMode},
        SerialDrive{"slim", "MX25L2005", VendorSet::kSlim, 0x72, &kSlimMode},
        SerialDrive{"slim2", "MX25L2005", VendorSet::kSlim2, 0x72, &kSlim2Mode}),
    [](const auto& drive) { return std::string(drive.param.name); });

TEST(SerialSession, AsksForAPowerCycleWhereOnlyPowerOnOpens) {
  SerialDrive drive;
  drive.gate = Gate::kPowerWindow;
  drive.row_gate = EntryGate::kPowerWindow;
  SerialRig rig(drive);
  const auto session = rig.Open();
  const Status entered = session->EnterUpdateMode(rig.hands());
  ASSERT_TRUE(entered) << entered.error().ToString();
  EXPECT_EQ(rig.hands().prompts(), std::vector<std::string>{"power_cycle"});
}

TEST(SerialSession, GivesUpWhenNobodySwitchesTheDriveOff) {
  SerialDrive drive;
  drive.gate = Gate::kPowerWindow;
  drive.row_gate = EntryGate::kPowerWindow;
  SerialRig rig(drive);
  rig.hands().DoNothing();
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  EXPECT_NE(entered.error().message().find("should be 72 or 73"), std::string::npos);
  EXPECT_FALSE(entered.error().remedy().empty());
}

TEST(SerialSession, StopsAskingWhenTheJobIsCancelled) {
  SerialDrive drive;
  drive.gate = Gate::kPowerWindow;
  drive.row_gate = EntryGate::kPowerWindow;
  SerialRig rig(drive);
  rig.hands().DoNothing();
  rig.hands().CancelAfter(std::chrono::seconds(20));
  const Nanos start = rig.drive().clock().Monotonic();
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "JOB_CANCELLED");
  EXPECT_LT(rig.drive().clock().Monotonic() - start, std::chrono::seconds(22));
}

TEST(SerialSession, DoesNotTryWhatNeverOpens) {
  SerialDrive drive;
  drive.gate = Gate::kNever;
  drive.row_gate = EntryGate::kNever;
  SerialRig rig(drive);
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  EXPECT_EQ(rig.drive().counters().vendor_entries, 0u);
  EXPECT_TRUE(rig.hands().prompts().empty());
  // Without firmware nobody keeps the boot code from answering.
  const uint8_t blank = 0xff;
  rig.drive().PokeFlash(0, {&blank, 1});
  rig.drive().PowerCycle();
  rig.drive().clock().SleepFor(std::chrono::seconds(5));
  EXPECT_TRUE(rig.Open(/*silent=*/true)->EnterUpdateMode(rig.hands()));
}

TEST(SerialSession, NamesAnEngineThatDoesNotReachItsChip) {
  for (const auto& [kind, echo] :
       {std::pair{FaultKind::kEngineSilent, "00/00"}, std::pair{FaultKind::kEngineEcho, "90/90"}}) {
    SerialRig rig(SerialDrive{});
    const auto session = rig.Open();
    ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
    rig.Strike(kind);
    const Result<ChipIdentity> chip = rig.Identify(*session);
    ASSERT_FALSE(chip.has_value());
    EXPECT_EQ(chip.error().reason(), "CHIP_NOT_ANSWERING") << chip.error().ToString();
    EXPECT_EQ(MetadataOf(chip.error(), "echo"), echo);
    EXPECT_FALSE(chip.error().remedy().empty());
  }
}

TEST(SerialSession, NamesAStatusThatStays) {
  for (const uint8_t status : {0x52, 0x80, 0xd1}) {
    SerialRig rig(SerialDrive{});
    rig.Strike(FaultKind::kStuckStatus, status);
    const Nanos start = rig.drive().clock().Monotonic();
    const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
    ASSERT_FALSE(entered);
    EXPECT_LT(rig.drive().clock().Monotonic() - start, std::chrono::minutes(5));
    EXPECT_EQ(MetadataOf(entered.error(), "status"), fmt::format("{:02x}", status));
    EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
    EXPECT_FALSE(entered.error().remedy().empty());
  }
}

TEST(SerialSession, RepeatsAnIntroThatIsNotHeard) {
  SerialRig rig(SerialDrive{});
  simulator::FaultSpec deaf;
  deaf.kind = FaultKind::kIgnoreIntro;
  deaf.times = 7;
  rig.drive().AddFault(deaf);
  EXPECT_TRUE(rig.Open()->EnterUpdateMode(rig.hands()));
  SerialRig never(SerialDrive{});
  never.Strike(FaultKind::kIgnoreIntro);
  EXPECT_EQ(never.Open()->EnterUpdateMode(never.hands()).error().reason(),
            "VENDOR_MODE_NOT_ENTERED");
}

// The engine compares two reads, so a wrong bit is enough to tell.
TEST(SerialSession, ReadsOfANoisyWindowDiffer) {
  SerialRig rig(SerialDrive{});
  simulator::FaultSpec noise;
  noise.kind = FaultKind::kNoisyRead;
  noise.times = 0;
  noise.one_in = 50'000;
  rig.drive().AddFault(noise);
  const auto session = rig.Open();
  const Result<Bytes> first = session->Read(Memory::kFirmware, {}, rig.hands());
  const Result<Bytes> second = session->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
}

TEST(SerialSession, EndsWhenTheDriveStaysBusyAndBringsItBack) {
  SerialRig rig(SerialDrive{});
  simulator::FaultSpec busy;
  busy.kind = FaultKind::kTimeout;
  busy.at.opcode = 0x05;
  rig.drive().AddFault(busy);
  const Result<Bytes> read = rig.Open()->Read(Memory::kFirmware, {}, rig.hands());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_FALSE(read.error().remedy().empty());
  EXPECT_EQ(rig.drive().state(), RunState::kRun);
}

TEST(SerialSession, LeavesADriveOfTheOtherKindAlone) {
  SerialRig rig(SerialDrive{});
  rig.info().chip_part = "SST39VF040";
  const Status entered = rig.Open()->EnterUpdateMode(rig.hands());
  ASSERT_FALSE(entered);
  EXPECT_EQ(MetadataOf(entered.error(), "status"), "72");
  EXPECT_NE(rig.drive().state(), RunState::kVendor);
}

// What a run of the engine sets off is seen in the hook, with its image.
TEST(SerialDriveImage, GoesOnInTheMiddleOfAnErase) {
  SerialRig rig(SerialDrive{});
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  ASSERT_TRUE(rig.Identify(*session).has_value());
  const Bytes before = rig.drive().FlashBytes();
  std::optional<simulator::DriveImage> image;
  rig.drive().OnCommand([&image](const simulator::CommandMoment& moment) {
    if (moment.kind() == simulator::CommandMoment::Kind::kAtWork && !image) image = moment.Image();
  });
  Bytes target = before;
  target[0x1002] ^= 0x5a;
  WriteReport report;
  ASSERT_TRUE(rig.Write(*session, target, report));
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->erasing.size(), 0x1000u);

  const auto same = rig.GoOnFrom(*image, simulator::PowerLoss::kNone);
  EXPECT_EQ(same->drives()[0]->state(), RunState::kVendor);
  EXPECT_EQ(same->drives()[0]->Image().flash, image->flash);
  const auto cut = rig.GoOnFrom(*image, simulator::PowerLoss::kDuringWork);
  const Bytes left = cut->drives()[0]->FlashBytes();
  EXPECT_TRUE(std::equal(left.begin(), left.begin() + 0x1000, before.begin()));
  EXPECT_FALSE(std::equal(left.begin() + 0x1000, left.begin() + 0x2000, before.begin() + 0x1000));
}

// Lite-On's erase (2E/80) is sent by no session, and would need an open gate.
TEST(SerialErase, IsHeldBackByTheGate) {
  SerialRig rig(SerialDrive{});
  const Bytes before = rig.drive().FlashBytes();
  const auto send = [&rig] {
    ata::Access erase[] = {ata::Access::Write(ata::Register::kDevice, 0xa0),
                           ata::Access::Write(ata::Register::kLbaLow, vendor::kEraseLbaLow),
                           ata::Access::Write(ata::Register::kCommand, vendor::kIntro)};
    return rig.task_file().Run(erase);
  };
  for (const auto level : {transport::GateLevel::kReadOnly, transport::GateLevel::kChipIdentify}) {
    rig.gate().SetLevel(level);
    const Status erased = send();
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().reason(), "COMMAND_NOT_ALLOWED");
    EXPECT_EQ(rig.drive().FlashBytes(), before);
  }
  rig.gate().SetLevel(transport::GateLevel::kOpen);
  EXPECT_TRUE(send());
  rig.drive().clock().SleepFor(std::chrono::seconds(3));
  EXPECT_NE(rig.drive().FlashBytes(), before);
}

TEST(ParallelSession, RefusesAWriteIntoALockedBootBlock) {
  SimRig rig("LTR-48246S",
             [](simulator::Scenario& scenario) { scenario.drives[0].boot_block_locked = true; });
  const auto session = rig.Open();
  ASSERT_TRUE(session->EnterUpdateMode(rig.hands()));
  rig.gate().SetLevel(transport::GateLevel::kChipIdentify);
  ASSERT_TRUE(session->IdentifyChip().has_value());
  const Bytes current = rig.drive().FlashBytes();
  const Status checked = session->CheckWrite(current, rig.Changed());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().reason(), "CHIP_BOOT_LOCKED");
  EXPECT_TRUE(session->CheckWrite(current, current));
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
