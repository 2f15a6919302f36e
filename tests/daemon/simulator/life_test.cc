// SPDX-License-Identifier: Apache-2.0
// The life of a drive: power, boot, run, vendor mode, death, and the gates between them
// (drive-protocols 9.1).
#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using ata::Register;
using std::chrono::milliseconds;
using std::chrono::seconds;

void Kill(Drive& drive) {
  const uint8_t blank = 0xff;
  drive.PokeFlash(0, ByteView(&blank, 1));
  drive.PowerCycle();
  drive.clock().SleepFor(seconds(5));
}

TEST(DriveLife, IsBusyWhileItBootsAndThenShowsTheSignature) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  EXPECT_EQ(drive.state(), RunState::kRun);
  VendorHost host(drive);
  drive.PowerCycle();
  EXPECT_EQ(drive.state(), RunState::kBoot);
  EXPECT_EQ(host.ReadStatus(), 0x80);
  drive.clock().SleepFor(milliseconds(1000));
  EXPECT_EQ(host.ReadStatus(), 0xd0);
  drive.clock().SleepFor(milliseconds(1000));
  EXPECT_EQ(host.ReadStatus(), 0x00);
  EXPECT_EQ(host.Register(Register::kSectorCount), 0x01);
  EXPECT_EQ(host.Register(Register::kLbaLow), 0x01);
  EXPECT_EQ(host.Register(Register::kLbaMid), 0x14);
  EXPECT_EQ(host.Register(Register::kLbaHigh), 0xeb);
}

TEST(DriveLife, EntersVendorModeAndLeavesItByTheOutro) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x70);
  EXPECT_EQ(drive.state(), RunState::kVendor);
  EXPECT_EQ(host.Intro(), 0x70) << "a second intro changes nothing";
  host.Outro();
  EXPECT_EQ(drive.state(), RunState::kBoot);
  drive.clock().SleepFor(seconds(2));
  EXPECT_EQ(drive.state(), RunState::kRun);
  EXPECT_EQ(drive.counters().vendor_entries, 1u);
}

TEST(DriveLife, LeavesVendorModeByResetAndByPower) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  for (int way = 0; way < 3; ++way) {
    ASSERT_EQ(host.Intro(), 0x70);
    if (way == 0) host.Write(Register::kCommand, 0x08);
    if (way == 1) host.Write(Register::kControl, 0x04), host.Write(Register::kControl, 0x00);
    if (way == 2) drive.PowerCycle();
    EXPECT_EQ(drive.state(), RunState::kBoot) << way;
    drive.clock().SleepFor(seconds(2));
  }
}

TEST(DriveLife, AnswersNoScsiInVendorMode) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  const auto transport = Must(drive.OpenTransport());
  VendorHost host(drive);
  host.Intro();
  const Nanos before = drive.clock().Monotonic();
  Bytes data(36);
  const auto result = TrySend(*transport, {0x12, 0, 0, 0, 36, 0}, data);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(result.error().transport()->host_status, 0x03);
  EXPECT_EQ(drive.clock().Monotonic() - before, seconds(20)) << "the command's whole time-out";
  EXPECT_EQ(host.ReadStatus(), 0x70);
}

TEST(DriveLife, AnswersScsiOnceItHasBooted) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  const auto transport = Must(drive.OpenTransport());
  drive.PowerCycle();
  const ScsiAnswer answer = Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36);
  EXPECT_TRUE(answer.good);
  EXPECT_EQ(AsText(answer.data).substr(16, 10), "LTR-48246S");
}

TEST(DriveLife, OpensItsGateOnlyWhileEjectIsHeld) {
  const auto bench = OneDrive("LDW-451S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x51);
  EXPECT_EQ(host.Register(Register::kError), 0x04);
  drive.HoldEject(true);
  EXPECT_EQ(host.Intro(), 0x70);
  drive.HoldEject(false);
  EXPECT_EQ(host.Intro(), 0x70) << "inside, the button does not matter";
  host.Outro();
  host.Sleep(seconds(2));
  EXPECT_EQ(host.Intro(), 0x51);
}

TEST(DriveLife, OpensItsGateForAWindowAfterPowerOn) {
  const auto bench =
      OneDrive("LTR-52327S", "gate = \"power_window\"\npower_window_ms = 300\nboot_ms = 100");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x51);
  drive.PowerCycle();
  host.Sleep(milliseconds(290));
  EXPECT_EQ(host.Intro(), 0x70);
  drive.PowerCycle();
  host.Sleep(milliseconds(310));
  EXPECT_EQ(host.Intro(), 0x51);
}

TEST(DriveLife, CanHaveNoGateButAlwaysLetsTheBootCodeOfADeadDriveAnswer) {
  const auto bench = OneDrive("LTR-52327S", "gate = \"never\"");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x51);
  Kill(drive);
  EXPECT_EQ(drive.state(), RunState::kDead);
  EXPECT_EQ(host.ReadStatus(), 0x80);
  EXPECT_EQ(host.Intro(), 0x70);
}

TEST(DriveLife, CanLoseItsBootCode) {
  const auto bench = OneDrive("LTR-52327S", "boot_lost = true");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  Kill(drive);
  EXPECT_EQ(host.Intro(), 0x80) << "status = 80 should be 70";
}

TEST(DriveLife, MayAnswerAsBootCodeWithoutFirmware) {
  const auto bench = OneDrive("LTR-52327S", "boot_answers = true\ngate = \"never\"");
  Drive& drive = *bench->Find("bay 1");
  const auto transport = Must(drive.OpenTransport());
  Send(*transport, {0x00, 0, 0, 0, 0, 0}, 0);  // hears what the reset has to say
  EXPECT_TRUE(Send(*transport, {0xdf, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128).good);
  Kill(drive);
  EXPECT_EQ(drive.state(), RunState::kRun);
  const ScsiAnswer answer = Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36);
  ASSERT_TRUE(answer.good);
  EXPECT_EQ(AsText(answer.data).substr(16, 8), "LTR-BOOT");
  Send(*transport, {0x00, 0, 0, 0, 0, 0}, 0);
  EXPECT_FALSE(Send(*transport, {0xdf, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128).good)
      << "the vendor's commands went with the firmware";
  VendorHost host(drive);
  EXPECT_EQ(host.Intro(), 0x70) << "and so did the gate";
}

TEST(DriveLife, NeedsAnIdBlockWhereTheProfileSaysSo) {
  for (const char* model : {"LTR-48246S", "LDW-451S"}) {
    const auto bench = OneDrive(model);
    Drive& drive = *bench->Find("bay 1");
    drive.PokeFlash(0x4100, Bytes(8, 0));
    drive.PowerCycle();
    drive.clock().SleepFor(seconds(2));
    EXPECT_EQ(drive.state() == RunState::kRun, std::string(model) == "LTR-48246S");
  }
}

TEST(DriveLife, SaysWhatItsFirmwareSays) {
  const auto bench = OneDrive("LDW-451S");
  Drive& drive = *bench->Find("bay 1");
  const auto transport = Must(drive.OpenTransport());
  drive.PokeFlash(0x4120, AsBytes("GSB9"));
  ScsiAnswer answer = Send(*transport, {0x12, 0, 0, 0, 96, 0}, 96);
  EXPECT_EQ(AsText(answer.data).substr(32, 4), "GSB4") << "until it boots again";
  drive.PowerCycle();
  answer = Send(*transport, {0x12, 0, 0, 0, 96, 0}, 96);
  EXPECT_EQ(AsText(answer.data).substr(32, 20), "GSB92004/02/06 17:30");
}

TEST(DriveLife, DoesNotBootFromAChipLeftInIdMode) {
  const auto bench = OneDrive("LTR-52327S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  host.Intro();
  host.Unlock(0x90);
  host.Outro();
  host.Sleep(seconds(2));
  EXPECT_EQ(drive.state(), RunState::kDead);
  drive.PowerCycle();
  host.Sleep(seconds(2));
  EXPECT_EQ(drive.state(), RunState::kRun);
}

TEST(DriveLife, FloatsTheBusWithoutPower) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  const auto transport = Must(drive.OpenTransport());
  drive.CutPower();
  EXPECT_EQ(host.ReadStatus(), 0xff);
  EXPECT_EQ(host.Intro(), 0xff);
  EXPECT_EQ(TrySend(*transport, {0, 0, 0, 0, 0, 0}, {}).error().reason(), "TRANSPORT_TIMEOUT");
  drive.RestorePower();
  EXPECT_EQ(host.ReadStatus(), 0x80);
}

TEST(DriveLife, ErasesItselfByTheLiteOnErase) {
  for (const char* model : {"LTR-48246S", "LTR-52327S", "LDW-451S"}) {
    SCOPED_TRACE(model);
    const auto bench = OneDrive(model);
    Drive& drive = *bench->Find("bay 1");
    drive.HoldEject(true);
    VendorHost host(drive);
    EXPECT_EQ(host.Intro(0x2e), 0x80);
    drive.HoldEject(false);
    host.Sleep(seconds(3));
    EXPECT_EQ(drive.FlashBytes()[0], 0xff);
    EXPECT_EQ(host.ReadStatus(), 0x80);
    EXPECT_EQ(drive.counters().destructive_before_write_started, 1u);
    drive.PowerCycle();
    host.Sleep(seconds(2));
    EXPECT_EQ(host.Intro(0x2e), 0x70);
  }
}

TEST(DriveLife, GivesHandlesThatDieWithThePlug) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  int changes = 0;
  bench->Watch([&changes] { ++changes; });
  const auto transport = Must(drive.OpenTransport());
  const auto task_file = Must(drive.OpenTaskFile());
  drive.Unplug();
  EXPECT_FALSE(drive.plugged());
  EXPECT_EQ(drive.OpenTransport().error().reason(), "DRIVE_GONE");
  EXPECT_EQ(drive.OpenTaskFile().error().reason(), "DRIVE_GONE");
  drive.Plug();
  EXPECT_EQ(drive.generation(), 2u);
  EXPECT_EQ(changes, 2);
  std::array script = {ata::Access::Read(Register::kStatus)};
  EXPECT_EQ(task_file->Run(script).error().reason(), "DRIVE_GONE");
  EXPECT_EQ(TrySend(*transport, {0, 0, 0, 0, 0, 0}, {}).error().reason(), "DRIVE_GONE");
  EXPECT_TRUE(Send(*Must(drive.OpenTransport()), {0x12, 0, 0, 0, 36, 0}, 36).good);
}

TEST(DriveLife, ComesBackAsAnotherDrive) {
  const auto bench = OneDrive("LTR-48246S", "serial = \"A1\"");
  Drive& drive = *bench->Find("bay 1");
  drive.PlugAs({"LITE-ON", "LTR-52327S", "QS0C", "", "B2"});
  const auto transport = Must(drive.OpenTransport());
  const ScsiAnswer inquiry = Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36);
  EXPECT_EQ(AsText(inquiry.data).substr(8), "LITE-ON LTR-52327S      QS0C");
  const ScsiAnswer serial = Send(*transport, {0x12, 1, 0x80, 0, 36, 0}, 36);
  EXPECT_EQ(AsText(serial.data).substr(4), "B2");
}

TEST(DriveLife, GivesOnlyTheConnectionsOfTheScenario) {
  EXPECT_EQ(OneDrive("LTR-48246S", "connection = \"scsi\"")
                ->Find("bay 1")
                ->OpenTaskFile()
                .error()
                .reason(),
            "NO_SUCH_CONNECTION");
  EXPECT_EQ(OneDrive("LTR-48246S", "connection = \"task_file\"")
                ->Find("bay 1")
                ->OpenTransport()
                .error()
                .reason(),
            "NO_SUCH_CONNECTION");
}

}  // namespace
}  // namespace firmbench::simulator
