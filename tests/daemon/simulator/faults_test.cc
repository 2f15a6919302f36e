// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/faults.h"

#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using ata::Register;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector<uint8_t> kInquiry = {0x12, 0, 0, 0, 36, 0};

std::vector<uint8_t> ReadMemory(uint8_t bank, uint16_t address) {
  return {0xdf,
          0x83,
          0,
          0,
          0xff,
          0,
          bank,
          static_cast<uint8_t>(address >> 8),
          static_cast<uint8_t>(address),
          0,
          0,
          0};
}

struct Faulty {
  explicit Faulty(std::string_view model, std::string_view more = "")
      : bench(OneDrive(model, more)),
        drive(*bench->Find("bay 1")),
        transport(Must(drive.OpenTransport())) {
    Send(*transport, {0, 0, 0, 0, 0, 0});  // unit attention; command 1
  }
  Bytes Read(uint8_t bank, uint16_t address) {
    return Send(*transport, ReadMemory(bank, address), 128).data;
  }
  Bytes Flash(uint32_t offset) {
    const Bytes flash = drive.FlashBytes();
    return Bytes(flash.begin() + offset, flash.begin() + offset + 128);
  }
  std::unique_ptr<Bench> bench;
  Drive& drive;
  std::unique_ptr<scsi::Transport> transport;
};

FaultSpec Fault(FaultKind kind, FaultTrigger at = {}, uint32_t times = 1) {
  FaultSpec fault;
  fault.kind = kind;
  fault.at = at;
  fault.times = times;
  return fault;
}

TEST(Faults, HaveNames) {
  for (int i = 0; i <= static_cast<int>(FaultKind::kPreempted); ++i) {
    EXPECT_EQ(ParseFaultKind(ToString(static_cast<FaultKind>(i))), static_cast<FaultKind>(i));
  }
  for (int i = 0; i <= static_cast<int>(RunState::kDead); ++i) {
    EXPECT_EQ(ParseRunState(ToString(static_cast<RunState>(i))), static_cast<RunState>(i));
  }
  EXPECT_FALSE(ParseFaultKind("gremlin"));
}

TEST(Faults, StrikeTheCommandTheyAreAimedAt) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kCheckCondition, {4, 0, std::nullopt, std::nullopt}, 2);
  fault.sense = {0x03, 0x11, 0x00, false};
  faulty.drive.AddFault(fault);
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
  EXPECT_EQ(SenseOf(Send(*faulty.transport, kInquiry, 36)), "03/11/00");
  EXPECT_EQ(SenseOf(Send(*faulty.transport, kInquiry, 36)), "03/11/00");
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
}

TEST(Faults, StrikeByOpcodeAndState) {
  Faulty faulty("LTR-48246S");
  faulty.drive.AddFault(
      Fault(FaultKind::kCheckCondition, {0, 0, uint8_t{0xdf}, RunState::kRun}, 0));
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
  EXPECT_EQ(SenseOf(Send(*faulty.transport, ReadMemory(0, 0), 128)), "04/44/00");
  EXPECT_EQ(SenseOf(Send(*faulty.transport, ReadMemory(0, 0), 128)), "04/44/00");
  faulty.drive.ClearFaults();
  EXPECT_TRUE(Send(*faulty.transport, ReadMemory(0, 0), 128).good);
}

TEST(Faults, TimeOutAndReset) {
  Faulty faulty("LTR-48246S");
  faulty.drive.AddFault(Fault(FaultKind::kTimeout));
  EXPECT_EQ(TrySend(*faulty.transport, {0, 0, 0, 0, 0, 0}, {}).error().reason(),
            "TRANSPORT_TIMEOUT");
  EXPECT_EQ(SenseOf(Send(*faulty.transport, {0, 0, 0, 0, 0, 0})), "06/29/00") << "it was reset";
}

TEST(Faults, HangTheTaskFileUntilReset) {
  Faulty faulty("LTR-48246S");
  VendorHost host(faulty.drive);
  host.Intro();
  faulty.drive.AddFault(Fault(FaultKind::kTimeout, {0, 0, uint8_t{0x00}, RunState::kVendor}));
  host.Write(Register::kCommand, 0x00);
  host.Sleep(seconds(60));
  EXPECT_EQ(host.ReadStatus(), 0x80);
  host.Write(Register::kCommand, 0x08);
  host.Sleep(seconds(2));
  EXPECT_EQ(host.ReadStatus(), 0x00);
}

TEST(Faults, CutTransfersShort) {
  Faulty faulty("LTR-48246S");
  faulty.drive.AddFault(Fault(FaultKind::kShortTransfer));
  const ScsiAnswer answer = Send(*faulty.transport, ReadMemory(0, 0), 128);
  EXPECT_TRUE(answer.good);
  EXPECT_EQ(answer.data.size(), 64u);
  EXPECT_EQ(answer.residual, 64u);
}

TEST(Faults, DropWritesThatAreReportedGood) {
  Faulty faulty("LTR-52327S");
  VendorHost host(faulty.drive);
  host.Intro();
  faulty.drive.AddFault(Fault(FaultKind::kDropWrite, {0, 2, std::nullopt, std::nullopt}, 1));
  faulty.drive.PokeFlash(0x100, Bytes(3, 0xff));
  for (uint32_t i = 0; i < 3; ++i) {
    host.Unlock(0xa0);
    host.WriteCycle(0x100 + i, 0x00);
    host.Sleep(milliseconds(1));
  }
  const Bytes flash = faulty.Flash(0x100);
  EXPECT_EQ(flash[0], 0x00);
  EXPECT_EQ(flash[1], 0xff);
  EXPECT_EQ(flash[2], 0x00);
  EXPECT_EQ(faulty.drive.counters().destructive_commands, 3u);
}

TEST(Faults, ReadWithNoise) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kNoisyRead, {}, 0);
  fault.one_in = 200;
  faulty.drive.AddFault(fault);
  const Bytes truth = faulty.drive.FlashBytes();
  int wrong = 0;
  for (uint32_t at = 0; at < 0x10000; at += 128) {
    const Bytes read = faulty.Read(0, static_cast<uint16_t>(at));
    for (uint32_t i = 0; i < 128; ++i) {
      const int bits = __builtin_popcount(read[i] ^ truth[at + i]);
      EXPECT_LE(bits, 1);
      wrong += bits;
    }
  }
  EXPECT_GT(wrong, 200);
  EXPECT_LT(wrong, 500);
}

TEST(Faults, ReadAnAlias) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kAliasedRead, {}, 0);
  fault.window_bytes = 0x20000;
  faulty.drive.AddFault(fault);
  EXPECT_EQ(faulty.Read(1, 0x80), faulty.Flash(0x10080));
  EXPECT_EQ(faulty.Read(3, 0x80), faulty.Flash(0x10080));
  VendorHost host(faulty.drive);
  host.Intro();
  EXPECT_EQ(host.ReadByte(0x70000), faulty.Flash(0x10000)[0]);
}

TEST(Faults, ReadTheSameByteAgainAndAgain) {
  Faulty faulty("LTR-48246S");
  VendorHost host(faulty.drive);
  host.Intro();
  const uint8_t last = host.ReadByte(0x4101);
  EXPECT_EQ(last, 0x80);
  faulty.drive.AddFault(Fault(FaultKind::kNoisyRead, {}, 1));  // remembers what is read
  host.ReadByte(0x4101);
  faulty.drive.ClearFaults();
  faulty.drive.AddFault(Fault(FaultKind::kStuckRead, {}, 2));
  EXPECT_EQ(host.ReadByte(0x4100), host.ReadByte(0x4103));
  EXPECT_EQ(host.ReadByte(0x4103), 0x32);
}

TEST(Faults, ReadStaleBytesThroughAnOldHandleOnly) {
  Faulty faulty("LTR-48246S");
  faulty.drive.AddFault(Fault(FaultKind::kStaleRead, {}, 0));
  const Bytes before = faulty.Read(2, 0);
  faulty.drive.PokeFlash(0x20000, Bytes(128, 0x11));
  EXPECT_EQ(faulty.Read(2, 0), before);
  const auto fresh = Must(faulty.drive.OpenTransport());
  EXPECT_EQ(Send(*fresh, ReadMemory(2, 0), 128).data, Bytes(128, 0x11));
}

TEST(Faults, CutThePowerAfterACommand) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kPowerCut, {3, 0, std::nullopt, std::nullopt});
  fault.back_after = seconds(30);
  faulty.drive.AddFault(fault);
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
  Bytes data(36);
  EXPECT_EQ(TrySend(*faulty.transport, kInquiry, data).error().reason(), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(faulty.drive.state(), RunState::kOff);
  faulty.drive.clock().SleepFor(seconds(11));  // the command took 20 s to time out
  EXPECT_EQ(faulty.drive.state(), RunState::kBoot);
  EXPECT_TRUE(Send(*faulty.transport, kInquiry, 36).good);
}

TEST(Faults, CutThePowerInTheMiddleOfAnErase) {
  Faulty faulty("LTR-52327S");
  VendorHost host(faulty.drive);
  host.Intro();
  faulty.drive.PokeFlash(0x1000, Bytes(0x1000, 0x00));
  faulty.drive.AddFault(Fault(FaultKind::kPowerCut, {0, 1, std::nullopt, std::nullopt}));
  host.Unlock(0x80);
  host.WriteCycle(0x5555, 0xaa);
  host.WriteCycle(0x2aaa, 0x55);
  host.Write(Register::kLbaMid, 0x00);
  host.Write(Register::kLbaHigh, 0x10);
  host.Write(Register::kLbaLow, 0x30);
  host.Write(Register::kCommand, 0x01);
  EXPECT_EQ(host.ReadStatus(), 0xff);
  const Bytes flash = faulty.drive.FlashBytes();
  const ByteView unit = ByteView(flash).subspan(0x1000, 0x1000);
  EXPECT_FALSE(AllBytesAre(unit, 0x00));
  EXPECT_FALSE(AllBytesAre(unit, 0xff));
  faulty.drive.RestorePower();
  host.Sleep(seconds(2));
  EXPECT_EQ(faulty.drive.state(), RunState::kRun) << "the boot vector was not in that unit";
}

TEST(Faults, CutThePowerInTheMiddleOfAPage) {
  Faulty faulty("LTR-48246S");
  VendorHost host(faulty.drive);
  host.Intro();
  faulty.drive.PokeFlash(0x1000, Bytes(0x300, 0x00));
  faulty.drive.AddFault(Fault(FaultKind::kPowerCut, {0, 2, std::nullopt, std::nullopt}));
  for (uint32_t page = 0; page < 2; ++page) {
    host.Unlock(0xa0);
    for (uint32_t i = 0; i < 256; ++i) host.WriteCycle(0x1000 + page * 256 + i, 0xff);
    host.Sleep(milliseconds(20));
  }
  EXPECT_EQ(faulty.drive.state(), RunState::kVendor) << "nobody has looked since";
  host.Write(Register::kCommand, 0x00);
  EXPECT_EQ(faulty.drive.state(), RunState::kOff);
  const Bytes flash = faulty.drive.FlashBytes();
  EXPECT_TRUE(AllBytesAre(ByteView(flash).subspan(0x1000, 256), 0xff));
  const ByteView cut = ByteView(flash).subspan(0x1100, 256);
  EXPECT_FALSE(AllBytesAre(cut, 0x00));
  EXPECT_FALSE(AllBytesAre(cut, 0xff));
  EXPECT_TRUE(AllBytesAre(ByteView(flash).subspan(0x1200, 256), 0x00));
}

TEST(Faults, MakeTheDriveGoAway) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kGone);
  fault.back_after = seconds(5);
  faulty.drive.AddFault(fault);
  int changes = 0;
  faulty.bench->Watch([&changes] { ++changes; });
  Bytes data(36);
  EXPECT_EQ(TrySend(*faulty.transport, kInquiry, data).error().reason(), "DRIVE_GONE");
  EXPECT_FALSE(faulty.drive.plugged());
  EXPECT_EQ(changes, 1);
  faulty.drive.clock().SleepFor(seconds(6));
  EXPECT_TRUE(faulty.drive.plugged());
  EXPECT_EQ(changes, 2);
  EXPECT_EQ(faulty.drive.generation(), 2u);
}

TEST(Faults, BringAnotherDriveBack) {
  Faulty faulty("LTR-48246S");
  FaultSpec fault = Fault(FaultKind::kBackAs, {0, 0, uint8_t{0x08}, std::nullopt});
  fault.identity = {"LITE-ON", "LTR-40125W", "WS05", "", ""};
  faulty.drive.AddFault(fault);
  VendorHost host(faulty.drive);
  std::array script = {ata::Access::Write(Register::kCommand, 0x08)};
  EXPECT_EQ(host.Run(script).error().reason(), "DRIVE_GONE");
  const auto transport = Must(faulty.drive.OpenTransport());
  EXPECT_EQ(AsText(Send(*transport, kInquiry, 36).data).substr(16, 10), "LTR-40125W");
}

TEST(Faults, StickTheStatus) {
  Faulty faulty("LTR-48246S");
  VendorHost host(faulty.drive);
  faulty.drive.AddFault(Fault(FaultKind::kStuckStatus, {}, 0));
  EXPECT_EQ(host.Intro(), 0x52);
  EXPECT_EQ(faulty.drive.state(), RunState::kRun);
}

TEST(Faults, IgnoreTheIntroForAWhile) {
  Faulty faulty("LTR-48246S");
  VendorHost host(faulty.drive);
  faulty.drive.AddFault(Fault(FaultKind::kIgnoreIntro, {0, 0, uint8_t{0x80}, std::nullopt}, 2));
  EXPECT_EQ(host.Intro(), 0x51);
  EXPECT_EQ(host.Intro(), 0x51);
  EXPECT_EQ(host.Intro(), 0x70);
}

}  // namespace
}  // namespace firmbench::simulator
