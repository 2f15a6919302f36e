// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/packet_transport.h"

#include <gtest/gtest.h>

#include "daemon/transport/port_io/port_task_file.h"
#include "tests/daemon/simulator/sim_test_util.h"
#include "tests/daemon/transport/port_io/sim_ports.h"

namespace firmbench::transport {
namespace {

using simulator::Must;
using simulator::OneDrive;
using simulator::Send;
using simulator::SenseOf;

// The same drive twice: by PACKET through I/O ports, and by its own SCSI side.
class PacketTransportTest : public testing::Test {
 protected:
  PacketTransportTest()
      : bench_(OneDrive("LTR-48246S", "serial = \"S123\"")),
        drive_(*bench_->Find("bay 1")),
        direct_(Must(drive_.OpenTransport())),
        packet_(std::make_unique<PortTaskFile>(
                    std::make_shared<SimPorts>(Must(drive_.OpenTaskFile())),
                    ChannelPorts{SimPorts::kCommand, SimPorts::kControl}, drive_.clock()),
                false, drive_.clock()) {
    Send(packet_, {0x00, 0, 0, 0, 0, 0});  // takes the unit attention of switching on
  }

  void ExpectSame(const std::vector<uint8_t>& cdb, size_t length) {
    const auto a = Send(packet_, cdb, length);
    const auto b = Send(*direct_, cdb, length);
    EXPECT_EQ(a.good, b.good);
    EXPECT_EQ(a.data, b.data);
    EXPECT_EQ(a.residual, b.residual);
    EXPECT_EQ(SenseOf(a), SenseOf(b));
  }

  std::unique_ptr<simulator::Bench> bench_;
  simulator::Drive& drive_;
  std::unique_ptr<scsi::Transport> direct_;
  PacketTransport packet_;
};

TEST_F(PacketTransportTest, AnswersLikeTheDrivesOwnScsiSide) {
  for (const uint8_t length : {0, 1, 5, 36, 96, 255}) {
    ExpectSame({0x12, 0, 0, 0, length, 0}, length);
  }
  ExpectSame({0x12, 1, 0x80, 0, 64, 0}, 64);
  ExpectSame({0x46, 2, 0, 0, 0, 0, 0, 2, 0, 0}, 512);
  ExpectSame({0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128, 0}, 128);
  ExpectSame({0x00, 0, 0, 0, 0, 0}, 0);
}

TEST_F(PacketTransportTest, FetchesSenseAfterACheckCondition) {
  const auto answer = Send(packet_, {0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 2048);
  EXPECT_FALSE(answer.good);
  EXPECT_EQ(SenseOf(answer), "05/20/00");
  EXPECT_TRUE(answer.data.empty());
}

// A drive that sends more than was asked for: what fits is taken, the rest is dropped.
TEST_F(PacketTransportTest, KeepsToTheBuffer) {
  Bytes buffer(40, 0xee);
  const auto completion =
      Must(simulator::TrySend(packet_, {0x12, 0, 0, 0, 96, 0}, std::span(buffer).first(36)));
  EXPECT_TRUE(completion.good());
  EXPECT_EQ(completion.transferred, 36u);
  EXPECT_EQ(buffer[36], 0xee);
  EXPECT_EQ(std::string(buffer.begin() + 8, buffer.begin() + 15), "LITE-ON");
}

TEST_F(PacketTransportTest, RefusesWhatDoesNotFitAPacket) {
  scsi::Command command;
  command.cdb.length = 16;
  const auto result = packet_.Execute(command);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "CDB_TOO_LONG");
}

TEST_F(PacketTransportTest, SaysWhenNobodyIsThere) {
  PacketTransport empty(std::make_unique<PortTaskFile>(
                            std::make_shared<SimPorts>(nullptr),
                            ChannelPorts{SimPorts::kCommand, SimPorts::kControl}, drive_.clock()),
                        false, drive_.clock());
  Bytes buffer(36);
  const auto result = simulator::TrySend(empty, {0x12, 0, 0, 0, 36, 0}, buffer);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "DRIVE_GONE");
}

}  // namespace
}  // namespace firmbench::transport
