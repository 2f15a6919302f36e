// SPDX-License-Identifier: Apache-2.0
// The fault decorator around the handles of a simulated drive.
#include <gtest/gtest.h>

#include "daemon/transport/decorators/fault.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;
using simulator::Must;
using simulator::Send;
using simulator::SendOut;
using simulator::TrySend;

const std::vector<uint8_t> kInquiry = {0x12, 0, 0, 0, 36, 0};

class SimulatedFaults : public testing::Test {
 protected:
  SimulatedFaults()
      : bench_(simulator::OneDrive("LTR-52327S", "eeprom_write = true")),
        drive_(*bench_->Find("bay 1")),
        script_(std::make_shared<FaultScript>()),
        scsi_(MakeFaulty(Must(drive_.OpenTransport()), script_)),
        task_file_(MakeFaulty(Must(drive_.OpenTaskFile()), script_)) {
    Send(*scsi_, {0, 0, 0, 0, 0, 0});
  }
  void Arm(FaultKind kind, uint32_t times = 1) {
    Fault fault;
    fault.kind = kind;
    fault.times = times;
    script_->Add(fault);
  }
  Status Cycle(uint32_t address, uint8_t data) {
    std::array script = {
        Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
        Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
        Access::Write(Register::kLbaLow, data),
        Access::Write(Register::kDevice, static_cast<uint8_t>(0xa0 | address >> 16)),
        Access::Write(Register::kCommand, 0x01),
        Access::WaitEqual(Register::kStatus, 0x70)};
    return task_file_->Run(script);
  }
  // The status of the last cycle.
  Status Program(uint32_t address, uint8_t data) {
    Must(Cycle(0x5555, 0xaa));
    Must(Cycle(0x2aaa, 0x55));
    Must(Cycle(0x5555, 0xa0));
    const Status status = Cycle(address, data);
    drive_.clock().SleepFor(std::chrono::milliseconds(1));
    return status;
  }
  uint8_t Intro() {
    std::array script = {Access::Write(Register::kDevice, 0xa0),
                         Access::Write(Register::kLbaLow, 0x2a),
                         Access::Write(Register::kCommand, 0x80)};
    Must(task_file_->Run(script));
    drive_.clock().SleepFor(std::chrono::milliseconds(2));
    std::array look = {Access::Read(Register::kStatus)};
    Must(task_file_->Run(look));
    return static_cast<uint8_t>(look[0].value16);
  }
  uint8_t ReadByte(uint32_t address) {
    std::array script = {
        Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
        Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
        Access::Write(Register::kDevice, static_cast<uint8_t>(0xa0 | address >> 16)),
        Access::Write(Register::kCommand, 0x00),
        Access::WaitEqual(Register::kStatus, 0x70),
        Access::Read(Register::kLbaLow)};
    Must(task_file_->Run(script));
    return static_cast<uint8_t>(script.back().value16);
  }

  std::unique_ptr<simulator::Bench> bench_;
  simulator::Drive& drive_;
  std::shared_ptr<FaultScript> script_;
  std::unique_ptr<scsi::Transport> scsi_;
  std::unique_ptr<ata::TaskFile> task_file_;
};

TEST_F(SimulatedFaults, StuckStatusKeepsVendorModeShutForOneIntro) {
  Arm(FaultKind::kStuckStatus);
  EXPECT_EQ(Intro(), 0x52);
  EXPECT_EQ(drive_.state(), simulator::RunState::kRun);
  EXPECT_EQ(Intro(), 0x70);
}

TEST_F(SimulatedFaults, DroppedAndEchoedProgramLooksVerified) {
  ASSERT_EQ(Intro(), 0x70);
  drive_.PokeFlash(0x4242, Bytes{0xff});
  Fault drop;
  drop.kind = FaultKind::kDropWrite;
  drop.write = script_->counts().writes + 4;  // the byte, not its unlock cycles
  script_->Add(drop);
  Must(Program(0x4242, 0x18));
  EXPECT_EQ(drive_.FlashBytes()[0x4242], 0xff);
  Arm(FaultKind::kEchoedWrite);
  EXPECT_EQ(ReadByte(0x4242), 0x18);
  EXPECT_EQ(ReadByte(0x4242), 0xff);
}

TEST_F(SimulatedFaults, ErrorAfterHasTakenEffect) {
  ASSERT_EQ(Intro(), 0x70);
  drive_.PokeFlash(0x4242, Bytes{0xff});
  Fault fault;
  fault.kind = FaultKind::kErrorAfter;
  fault.write = script_->counts().writes + 4;
  script_->Add(fault);
  EXPECT_EQ(Program(0x4242, 0x18).error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(drive_.FlashBytes()[0x4242], 0x18);
}

TEST_F(SimulatedFaults, AliasedReadsRepeatABank) {
  const Bytes flash = drive_.FlashBytes();
  Arm(FaultKind::kAliasedRead, 0);
  const std::vector<uint8_t> bank_3 = {0xdf, 0x83, 0, 0, 0xff, 0, 3, 0x02, 0x00, 0, 0, 0};
  EXPECT_EQ(Send(*scsi_, bank_3, 128).data, Bytes(flash.begin() + 0x200, flash.begin() + 0x280));
  ASSERT_EQ(Intro(), 0x70);
  for (uint32_t bank = 0; bank < 8; ++bank) {
    EXPECT_EQ(ReadByte(bank * 0x10000 + 0x123), flash[0x123]);
  }
}

TEST_F(SimulatedFaults, WritesOfTheEepromAreDroppedOrFailAfterwards) {
  const Bytes old = drive_.EepromBytes();
  const Bytes data(16, 0x5b);
  const std::vector<uint8_t> write = {0x3b, 0x01, 0xe2, 0, 0x02, 0, 0, 0, 16, 0};
  Arm(FaultKind::kDropWrite);
  EXPECT_TRUE(SendOut(*scsi_, write, data).good);
  EXPECT_EQ(drive_.EepromBytes(), old);
  Arm(FaultKind::kErrorAfter);
  scsi::Command command;
  std::copy(write.begin(), write.end(), command.cdb.bytes.begin());
  command.cdb.length = 10;
  command.direction = scsi::Direction::kOut;
  command.data_out = data;
  EXPECT_EQ(scsi_->Execute(command).error().reason(), "TRANSPORT_ERROR");
  EXPECT_EQ(drive_.EepromBytes()[0x200], 0x5b);
}

TEST_F(SimulatedFaults, GoneAndBackUnderAnotherName) {
  const uint64_t now = script_->counts().commands;
  Fault gone;
  gone.kind = FaultKind::kGone;
  gone.times = 3;
  Fault other;
  other.kind = FaultKind::kOtherIdentity;
  other.command = now + 4;
  other.times = 0;
  other.identity = {"LITE-ON", "LTR-40125W", "WS05"};
  script_->Add(gone);
  script_->Add(other);
  Bytes data(36);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(TrySend(*scsi_, kInquiry, data).error().reason(), "DRIVE_GONE");
  }
  EXPECT_EQ(AsText(Send(*scsi_, kInquiry, 36).data).substr(8), "LITE-ON LTR-40125W      WS05");
  EXPECT_TRUE(drive_.plugged()) << "the drive itself was there all the time";
}

TEST_F(SimulatedFaults, ShortAndNoisyReads) {
  const Bytes truth = Send(*scsi_, kInquiry, 36).data;
  Arm(FaultKind::kShortTransfer);
  const auto answer = Send(*scsi_, kInquiry, 36);
  EXPECT_EQ(answer.data, Bytes(truth.begin(), truth.begin() + 18));
  EXPECT_EQ(answer.residual, 18u);
  Fault noise;
  noise.kind = FaultKind::kNoisyRead;
  noise.noise_one_in = 2;
  script_->Add(noise);
  EXPECT_NE(Send(*scsi_, kInquiry, 36).data, truth);
  EXPECT_EQ(Send(*scsi_, kInquiry, 36).data, truth);
}

}  // namespace
}  // namespace firmbench::transport
