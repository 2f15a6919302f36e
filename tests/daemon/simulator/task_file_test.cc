// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "daemon/ata/task_file.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using ata::Access;
using ata::Register;
using std::chrono::milliseconds;
using std::chrono::seconds;

Bytes ReadWords(VendorHost& host, size_t count) {
  std::vector<Access> script(count, Access::ReadData16());
  Must(host.Run(script));
  Bytes bytes;
  for (const Access& access : script) {
    bytes.push_back(static_cast<uint8_t>(access.value16));
    bytes.push_back(static_cast<uint8_t>(access.value16 >> 8));
  }
  return bytes;
}

std::string SwappedText(const Bytes& words, size_t first, size_t count) {
  std::string text;
  for (size_t i = 0; i < 2 * count; ++i) {
    text.push_back(static_cast<char>(words[2 * first + (i ^ 1)]));
  }
  return text;
}

TEST(TaskFile, IdentifiesAsAPacketDevice) {
  const auto bench = OneDrive("LTR-48246S", "serial = \"S123\"");
  VendorHost host(*bench->Find("bay 1"));
  host.Write(Register::kCommand, 0xa1);
  host.Sleep(milliseconds(1));
  EXPECT_EQ(host.ReadStatus(), 0x58);
  const Bytes words = ReadWords(host, 256);
  EXPECT_EQ(words[0], 0xc0);
  EXPECT_EQ(words[1], 0x85);
  EXPECT_EQ(SwappedText(words, 10, 3), "S123  ");
  EXPECT_EQ(SwappedText(words, 23, 4), "SS0B    ");
  EXPECT_EQ(SwappedText(words, 27, 10), "LITE-ON LTR-48246S  ");
  EXPECT_EQ(host.ReadStatus(), 0x50);
}

TEST(TaskFile, AbortsWhatAPacketDeviceDoesNotDo) {
  const auto bench = OneDrive("LTR-48246S");
  VendorHost host(*bench->Find("bay 1"));
  for (const uint8_t command : {0xec, 0x20, 0x80, 0x81, 0x00}) {
    host.Write(Register::kLbaLow, 0x00);
    host.Write(Register::kCommand, command);
    host.Sleep(milliseconds(1));
    EXPECT_EQ(host.ReadStatus(), 0x51) << int{command};
    EXPECT_EQ(host.Register(Register::kError), 0x04);
  }
  host.Write(Register::kCommand, 0xec);
  EXPECT_EQ(host.Register(Register::kLbaMid), 0x14) << "IDENTIFY DEVICE leaves the signature";
  EXPECT_EQ(host.Register(Register::kLbaHigh), 0xeb);
  host.Write(Register::kCommand, 0xef);
  host.Sleep(milliseconds(1));
  EXPECT_EQ(host.ReadStatus(), 0x50);
}

TEST(TaskFile, ShowsTheSignatureAfterDeviceReset) {
  const auto bench = OneDrive("LTR-48246S");
  VendorHost host(*bench->Find("bay 1"));
  host.Write(Register::kLbaMid, 0);
  host.Write(Register::kCommand, 0x08);
  host.Sleep(milliseconds(1));
  EXPECT_EQ(host.ReadStatus(), 0x00);
  EXPECT_EQ(host.Register(Register::kLbaMid), 0x14);
}

void SendPacket(VendorHost& host, std::array<uint8_t, 12> cdb, uint16_t byte_limit) {
  host.Write(Register::kLbaMid, static_cast<uint8_t>(byte_limit));
  host.Write(Register::kLbaHigh, static_cast<uint8_t>(byte_limit >> 8));
  host.Write(Register::kCommand, 0xa0);
  host.Sleep(milliseconds(1));
  ASSERT_EQ(host.ReadStatus(), 0x58);
  std::array<Access, 6> script;
  for (size_t i = 0; i < 6; ++i) {
    script[i].kind = Access::Kind::kWriteData16;
    script[i].value16 = static_cast<uint16_t>(cdb[2 * i] | cdb[2 * i + 1] << 8);
  }
  Must(host.Run(script));
  host.Sleep(milliseconds(1));
}

TEST(TaskFile, CarriesPackets) {
  const auto bench = OneDrive("LTR-48246S");
  VendorHost host(*bench->Find("bay 1"));
  SendPacket(host, {0x12, 0, 0, 0, 36, 0}, 20);
  EXPECT_EQ(host.ReadStatus(), 0x58);
  EXPECT_EQ(host.Register(Register::kSectorCount), 0x02);
  EXPECT_EQ(host.Register(Register::kLbaMid), 20) << "no block above the host's limit";
  Bytes data = ReadWords(host, 10);
  EXPECT_EQ(host.Register(Register::kLbaMid), 16) << "and then the rest";
  const Bytes rest = ReadWords(host, 8);
  data.insert(data.end(), rest.begin(), rest.end());
  EXPECT_EQ(AsText(data).substr(8), "LITE-ON LTR-48246S      SS0B");
  EXPECT_EQ(host.ReadStatus(), 0x50);
  EXPECT_EQ(host.Register(Register::kSectorCount), 0x03);
  SendPacket(host, {0x00}, 0);
  EXPECT_EQ(host.ReadStatus(), 0x51) << "unit attention";
  EXPECT_EQ(host.Register(Register::kError), 0x60);
}

TEST(TaskFile, EndsAWaitByPollsAndByTime) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  const auto task_file = Must(drive.OpenTaskFile());
  std::array script = {Access::Write(Register::kLbaLow, 1),
                       Access::WaitEqual(Register::kStatus, 0x70)};
  Nanos before = drive.clock().Monotonic();
  Status result = task_file->Run(script, {1000, seconds(2)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(result.error().metadata()[0].second, "1");
  EXPECT_EQ(result.error().metadata()[1].second, "00");
  EXPECT_EQ(drive.clock().Monotonic() - before, 1001 * Nanos(500));
  EXPECT_EQ(drive.counters().register_accesses, 1001u);
  before = drive.clock().Monotonic();
  EXPECT_FALSE(task_file->Run(script, {0xffffffff, milliseconds(7)}));
  EXPECT_GE(drive.clock().Monotonic() - before, milliseconds(7));
  EXPECT_LT(drive.clock().Monotonic() - before, milliseconds(8));
}

TEST(TaskFile, WaitsOutABoot) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  const auto task_file = Must(drive.OpenTaskFile());
  drive.PowerCycle();
  std::array script = {Access::WaitClear(Register::kStatus, 0x80)};
  Must(task_file->Run(script, {0xffffffff, seconds(5)}));
  EXPECT_EQ(drive.state(), RunState::kRun);
}

TEST(TaskFile, ReadsAndWritesTheChipByteByByte) {
  const auto bench = OneDrive("LDW-451S");
  Drive& drive = *bench->Find("bay 1");
  drive.HoldEject(true);
  VendorHost host(drive);
  ASSERT_EQ(host.Intro(), 0x70);
  const Bytes flash = drive.FlashBytes();
  for (const uint32_t address : {0x00000u, 0x0ffffu, 0x10000u, 0x7abcdu, 0xfffffu}) {
    EXPECT_EQ(host.ReadByte(address), flash[address]);
  }
  host.Unlock(0xa0);
  host.WriteCycle(0xfffff, 0x00);
  host.Sleep(milliseconds(1));
  EXPECT_EQ(host.ReadByte(0xfffff), 0x00);
}

TEST(TaskFile, ReadsFourBytesAtOnce) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  host.Intro();
  host.Write(Register::kLbaMid, 0x00);
  host.Write(Register::kLbaHigh, 0x41);
  host.Write(Register::kCommand, 0x02);
  std::array script = {Access::WaitClear(Register::kStatus, 0x80), Access::ReadData16(),
                       Access::WaitClear(Register::kStatus, 0x80), Access::ReadData16()};
  Must(host.Run(script));
  EXPECT_EQ(script[1].value16, 0x8005);
  EXPECT_EQ(script[3].value16, 0x3200);
  EXPECT_EQ(host.ReadStatus(), 0x70);
}

TEST(TaskFile, IgnoresUnknownAndSerialOpsInVendorMode) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  host.Intro();
  const Bytes before = drive.FlashBytes();
  for (const int command : {0x04, 0x05, 0x91, 0x68, 0xa0, 0xa1, 0xff}) {
    host.Write(Register::kCommand, static_cast<uint8_t>(command));
    EXPECT_EQ(host.ReadStatus(), 0x70);
  }
  EXPECT_EQ(drive.FlashBytes(), before);
}

TEST(TaskFile, IsBusyForTheTimeOfAnOperation) {
  const auto bench = OneDrive("LTR-48246S", "vendor_op_us = 100");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  host.Intro();
  host.Write(Register::kCommand, 0x00);
  EXPECT_EQ(host.ReadStatus(), 0x80);
  host.Write(Register::kCommand, 0x81);  // lost: it is busy
  host.Sleep(milliseconds(1));
  EXPECT_EQ(host.ReadStatus(), 0x70);
}

constexpr std::string_view kTwoOnOneChannel = R"(
[[drives]]
model = "LTR-52327S"
bay = "bay 1"
channel = "ide"
%
[[drives]]
model = "LTR-52327S"
bay = "bay 2"
channel = "ide"
device = 1
firmware_seed = 2
%
)";

std::unique_ptr<Bench> Two(std::string_view more) {
  std::string text(kTwoOnOneChannel);
  for (size_t at = text.find('%'); at != std::string::npos; at = text.find('%')) {
    text.replace(at, 1, more);
  }
  return MakeBench(text);
}

TEST(TaskFile, SelectsOneOfTwoDrivesOnAChannel) {
  const auto bench = Two("");
  VendorHost first(*bench->Find("bay 1"), 0xa0);
  VendorHost second(*bench->Find("bay 2"), 0xb0);
  EXPECT_EQ(&bench->Find("bay 1")->clock(), &bench->Find("bay 2")->clock());
  EXPECT_EQ(second.Intro(), 0x70);
  EXPECT_EQ(bench->Find("bay 1")->state(), RunState::kRun);
  first.Write(Register::kDevice, 0xa0);
  EXPECT_EQ(first.ReadStatus(), 0x00);
  second.Unlock(0xa0);
  second.WriteCycle(0x77, 0x00);
  second.Sleep(milliseconds(1));
  EXPECT_EQ(bench->Find("bay 2")->FlashBytes()[0x77], 0x00);
  EXPECT_NE(bench->Find("bay 1")->FlashBytes()[0x77], 0x00);
}

TEST(TaskFile, CanWriteBothDrivesOfAChannelAtOnce) {
  const auto bench = Two("ignores_dev_select = true");
  VendorHost first(*bench->Find("bay 1"), 0xa0);
  EXPECT_EQ(first.Intro(), 0x70);
  EXPECT_EQ(bench->Find("bay 2")->state(), RunState::kVendor);
  first.Unlock(0xa0);
  first.WriteCycle(0x77, 0x00);
  first.Sleep(milliseconds(1));
  EXPECT_EQ(bench->Find("bay 1")->FlashBytes()[0x77], 0x00);
  EXPECT_EQ(bench->Find("bay 2")->FlashBytes()[0x77], 0x00);
}

TEST(TaskFile, ShowsNothingForADriveThatIsNotThere) {
  const auto bench = OneDrive("LTR-48246S");
  VendorHost host(*bench->Find("bay 1"), 0xb0);
  EXPECT_EQ(host.ReadStatus(), 0x00);
  EXPECT_EQ(host.Intro(), 0x00);
  EXPECT_EQ(bench->Find("bay 1")->state(), RunState::kRun);
}

// A whole bank through the registers: it has to stay a matter of milliseconds for
// everything that is built on it, so the accesses are counted.
TEST(TaskFile, ProgramsAWholeBank) {
  const auto bench = OneDrive("LTR-52327S");
  Drive& drive = *bench->Find("bay 1");
  drive.PokeFlash(0, Bytes(512 * 1024, 0xff));
  VendorHost host(drive);
  ASSERT_EQ(host.Intro(), 0x70);
  const Counters before = drive.counters();
  const uint32_t addresses[] = {0x5555, 0x2aaa, 0x5555};
  const uint8_t unlock[] = {0xaa, 0x55, 0xa0};
  std::vector<Access> script;
  for (int cycle = 0; cycle < 4; ++cycle) {
    script.insert(
        script.end(),
        {Access::Write(Register::kLbaMid, 0), Access::Write(Register::kLbaHigh, 0),
         Access::Write(Register::kLbaLow, 0), Access::Write(Register::kDevice, 0xa0),
         Access::Write(Register::kCommand, 0x01), Access::WaitEqual(Register::kStatus, 0x70)});
  }
  const auto set = [&script](size_t cycle, uint32_t address, uint8_t data) {
    Access* access = &script[cycle * 6];
    access[0].value = static_cast<uint8_t>(address);
    access[1].value = static_cast<uint8_t>(address >> 8);
    access[2].value = data;
    access[3].value = static_cast<uint8_t>(0xa0 | address >> 16);
  };
  for (size_t cycle = 0; cycle < 3; ++cycle) set(cycle, addresses[cycle], unlock[cycle]);
  for (uint32_t address = 0; address < 0x10000; ++address) {
    set(3, address, static_cast<uint8_t>(address * 7));
    Must(host.Run(script));
    host.Sleep(std::chrono::microseconds(14));
  }
  const Bytes flash = drive.FlashBytes();
  for (uint32_t i = 0; i < 0x10000; ++i) {
    ASSERT_EQ(flash[i], static_cast<uint8_t>(i * 7)) << i;
  }
  const Counters after = drive.counters();
  EXPECT_EQ(after.bytes_programmed - before.bytes_programmed, 0x10000u);
  EXPECT_EQ(after.task_file_ops - before.task_file_ops, 4u * 0x10000);
  EXPECT_LT(after.register_accesses - before.register_accesses, 64u * 0x10000);
}

}  // namespace
}  // namespace firmbench::simulator
