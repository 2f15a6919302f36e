// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"
#include "tests/daemon/transport/sg/fake_sg.h"

namespace firmbench::transport {
namespace {

using scsi::Command;
using scsi::Direction;
using testing::Each;
using testing::ElementsAreArray;

constexpr char kNode[] = "/dev/sg0";
const Bytes kSecret = {0xa0, 0xa1, 0xa2, 0xa3};

Command In(const scsi::Cdb& cdb, std::span<uint8_t> data) {
  return {.cdb = cdb, .direction = Direction::kIn, .data_in = data};
}
Command Out(const scsi::Cdb& cdb, ByteView data) {
  return {.cdb = cdb, .direction = Direction::kOut, .data_out = data};
}
scsi::Cdb WriteBuffer4() { return scsi::cdb::WriteBuffer(scsi::WriteBufferMode::kData, 0, 0, 4); }
scsi::Cdb ReadBuffer4() { return scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kData, 0, 0, 4); }

class SgTransportTest : public testing::Test {
 protected:
  std::unique_ptr<SgTransport> Open(scsi::Limits limits = {}) {
    auto opened = SgTransport::Open(
        [this]() -> Result<SgTransport::Opened> {
          ASSIGN_OR_RETURN(auto node, kernel_.opener()(path_));
          return SgTransport::Opened{std::move(node), plug_};
        },
        limits, RealClock());
    EXPECT_TRUE(opened);
    return opened ? std::move(*opened) : nullptr;
  }
  void Answer(FakeAnswer answer) {
    kernel_.Plug(path_, [answer](ByteView, ByteView) { return answer; });
  }
  // The error of one data-in command of four bytes.
  Error ErrorOf(FakeAnswer answer) {
    Answer(std::move(answer));
    Bytes data(4, 0xee);
    const auto result = Open()->Execute(In(ReadBuffer4(), data));
    EXPECT_FALSE(result);
    EXPECT_THAT(data, Each(0)) << "no byte of a failed command may be taken for an answer";
    return result ? Internal("NONE", "no error") : result.error();
  }

  FakeSg kernel_;
  std::string path_ = kNode;
  std::string plug_ = "first";
};

TEST_F(SgTransportTest, AsksTheKernelAsTheInterfaceWants) {
  Answer({.data = Bytes(36, 0x41)});
  Bytes data(36);
  Command command = In(scsi::cdb::Inquiry(36), data);
  command.timeout = std::chrono::seconds(7);
  const auto completion = Open()->Execute(command);
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->transferred, 36u);
  EXPECT_THAT(data, Each(0x41));
  EXPECT_EQ(FakeSg::last.interface_id, 'S');
  EXPECT_EQ(FakeSg::last.cmd_len, 6);
  EXPECT_EQ(FakeSg::last.dxfer_direction, SG_DXFER_FROM_DEV);
  EXPECT_EQ(FakeSg::last.dxfer_len, 36u);
  EXPECT_EQ(FakeSg::last.timeout, 7000u);
}

TEST_F(SgTransportTest, ACommandWithoutDataMovesNone) {
  Answer({});
  ASSERT_TRUE(Open()->Execute({.cdb = scsi::cdb::TestUnitReady()}));
  EXPECT_EQ(FakeSg::last.dxfer_direction, SG_DXFER_NONE);
  EXPECT_EQ(FakeSg::last.dxferp, nullptr);
}

TEST_F(SgTransportTest, AShortAnswerIsSeen) {
  Answer({.data = Bytes(3, 0x41)});
  Bytes data(36, 0xee);
  const auto completion = Open()->Execute(In(scsi::cdb::Inquiry(36), data));
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->transferred, 3u);
  EXPECT_EQ(completion->residual, 33u);
  EXPECT_THAT(ByteView(data).subspan(3), Each(0));
}

TEST_F(SgTransportTest, SenseIsDecoded) {
  Answer({.sense = SenseInfo{0x05, 0x24, 0x00, false}, .driver_status = 8});
  Bytes data(4);
  const auto completion = Open()->Execute(In(ReadBuffer4(), data));
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->status, scsi::ScsiStatus::kCheckCondition);
  ASSERT_TRUE(completion->sense);
  EXPECT_EQ(completion->sense->asc, 0x24);
}

TEST_F(SgTransportTest, EveryLayerOfAFailureIsSeen) {
  EXPECT_EQ(ErrorOf({.sys_errno = EIO}).reason(), "TRANSPORT_ERROR");
  EXPECT_EQ(ErrorOf({.sys_errno = EPERM}).reason(), "TRANSPORT_DENIED");
  EXPECT_EQ(ErrorOf({.host_status = 0x03}).reason(), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(ErrorOf({.host_status = 0x07}).reason(), "TRANSPORT_ERROR");  // a wedged bridge
  EXPECT_EQ(ErrorOf({.host_status = 0x01}).reason(), "DRIVE_GONE");
  EXPECT_EQ(ErrorOf({.driver_status = 0x06}).reason(), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(ErrorOf({.status = 0x55}).reason(), "TRANSPORT_ERROR");
}

// The trap: what was written comes back from the descriptor's own buffer when a read fails.
TEST_F(SgTransportTest, AFailingReadDoesNotBringBackWhatWasWritten) {
  kernel_.Plug(path_, [](ByteView cdb, ByteView) -> FakeAnswer {
    if (cdb[0] == scsi::op::kReadBuffer) return {.sense = SenseInfo{0x05, 0x20, 0x00, false}};
    return {};
  });
  const auto transport = Open();
  ASSERT_TRUE(transport->Execute(Out(WriteBuffer4(), kSecret)));
  Bytes data(4, 0xee);
  const auto completion = transport->Execute(In(ReadBuffer4(), data));
  ASSERT_TRUE(completion);
  EXPECT_FALSE(completion->good());
  EXPECT_EQ(completion->transferred, 0u);
  EXPECT_THAT(data, Each(0));
}

// And worse: an adapter that says GOOD and moved nothing. Only a fresh descriptor helps.
TEST_F(SgTransportTest, ALyingReadDoesNotBringBackWhatWasWritten) {
  kernel_.Plug(path_, [](ByteView, ByteView) { return FakeAnswer{.hides_residual = true}; });
  const auto transport = Open();
  ASSERT_TRUE(transport->Execute(Out(WriteBuffer4(), kSecret)));
  EXPECT_EQ(kernel_.opened, 1);
  Bytes data(4, 0xee);
  ASSERT_TRUE(transport->Execute(In(ReadBuffer4(), data)));
  EXPECT_EQ(kernel_.opened, 2);
  EXPECT_THAT(data, testing::Not(ElementsAreArray(kSecret)));
  ASSERT_TRUE(transport->Execute(In(ReadBuffer4(), data)));
  EXPECT_EQ(kernel_.opened, 2) << "once is enough";
}

TEST_F(SgTransportTest, AWriteIsSentOnce) {
  int sent = 0;
  kernel_.Plug(path_, [&sent](ByteView, ByteView) {
    ++sent;
    return FakeAnswer{.host_status = 0x03};
  });
  const auto result = Open()->Execute(Out(WriteBuffer4(), kSecret));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().drive_state(), DriveState::kUnknown);
  EXPECT_EQ(sent, 1);
}

TEST_F(SgTransportTest, WhatDoesNotFitIsNotSent) {
  Answer({});
  const auto transport = Open({.max_transfer_bytes = 122880});
  kernel_.last = {};
  Bytes data(122881, 0xee);
  const auto result = transport->Execute(In(ReadBuffer4(), data));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "LIMIT_EXCEEDED");
  EXPECT_EQ(FakeSg::last.interface_id, 0);
  EXPECT_EQ(data.front(), 0);
  const auto short_cdb = transport->Execute({.cdb = scsi::MakeCdb(5, 0)});
  ASSERT_FALSE(short_cdb);
  EXPECT_EQ(short_cdb.error().reason(), "CDB_LENGTH");
}

TEST_F(SgTransportTest, IsExclusive) {
  Answer({});
  const auto transport = Open();
  const auto second = kernel_.opener()(kNode);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason(), "DRIVE_BUSY");
}

TEST_F(SgTransportTest, FollowsADriveThatComesBackButAsksItOnlyWhoItIs) {
  Answer({.data = Bytes(96, 0x41)});
  const auto transport = Open();
  kernel_.Unplug(kNode);
  Bytes data(4);
  const auto gone = transport->Execute(In(ReadBuffer4(), data));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reason(), "DRIVE_GONE");
  path_ = "/dev/sg5";
  plug_ = "second";
  Answer({.data = Bytes(96, 0x42)});

  for (const auto& command : {In(ReadBuffer4(), data), Out(WriteBuffer4(), kSecret),
                              Command{.cdb = scsi::MakeCdb(6, 0xf1)}}) {
    const auto refused = transport->Execute(command);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason(), "DRIVE_GONE");
    EXPECT_EQ(refused.error().drive_state(), DriveState::kUntouched);
  }
  Bytes inquiry(36);
  ASSERT_TRUE(transport->Execute(In(scsi::cdb::Inquiry(36), inquiry)));
  EXPECT_THAT(inquiry, Each(0x42));
  ASSERT_TRUE(transport->Execute({.cdb = scsi::cdb::TestUnitReady()}));
  ASSERT_FALSE(transport->Execute(Out(WriteBuffer4(), kSecret))) << "for ever";
}

// Unplugged and replaced between a write and the read after it, when nothing is sent.
TEST_F(SgTransportTest, NoticesAnotherDriveWhenItOpensTheNodeAnew) {
  Answer({.data = kSecret});
  const auto transport = Open();
  ASSERT_TRUE(transport->Execute(Out(WriteBuffer4(), kSecret)));
  plug_ = "second";
  Bytes data(4);
  const auto result = transport->Execute(In(ReadBuffer4(), data));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason(), "DRIVE_GONE");
}

TEST_F(SgTransportTest, ANodeThatCannotBeOpenedAgainIsTriedAgain) {
  Answer({.data = kSecret});
  const auto transport = Open();
  ASSERT_TRUE(transport->Execute(Out(WriteBuffer4(), kSecret)));
  path_ = "/dev/sg9";
  Answer({.data = kSecret});
  kernel_.HoldOpen(path_, true);
  Bytes data(4);
  const auto busy = transport->Execute(In(ReadBuffer4(), data));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().reason(), "DRIVE_BUSY");
  kernel_.HoldOpen(path_, false);
  ASSERT_TRUE(transport->Execute(In(ReadBuffer4(), data)));
  EXPECT_EQ(data, kSecret);
}

TEST(SgTimeout, IsNeverTooShortForTheKindOfCommand) {
  struct Case {
    Command command;
    std::chrono::milliseconds asked;
    std::chrono::milliseconds given;
  };
  const Command harmless{.cdb = scsi::cdb::Inquiry(36), .direction = Direction::kIn};
  const Command microcode{.cdb = WriteBuffer4(), .direction = Direction::kOut};
  const Command activate{
      .cdb = scsi::cdb::WriteBuffer(scsi::WriteBufferMode::kActivateDeferredMicrocode, 0, 0, 0)};
  const Command vendor_out{.cdb = scsi::MakeCdb(12, 0xf1), .direction = Direction::kOut};
  const Command tray{.cdb = scsi::cdb::StartStopUnit(scsi::cdb::StartStop::kEject)};
  using std::chrono::hours, std::chrono::milliseconds, std::chrono::seconds;
  const Case cases[] = {
      {harmless, seconds(2), seconds(2)},       {harmless, seconds(0), milliseconds(1)},
      {harmless, seconds(-5), milliseconds(1)}, {harmless, hours(30), hours(1)},
      {microcode, seconds(20), seconds(300)},   {microcode, seconds(600), seconds(600)},
      {activate, seconds(20), seconds(300)},    {vendor_out, seconds(1), seconds(60)},
      {tray, seconds(20), seconds(60)},
  };
  for (const Case& c : cases) {
    Command command = c.command;
    command.timeout = c.asked;
    EXPECT_EQ(SgTimeout(command), c.given)
        << "opcode " << int{command.cdb.opcode()} << ", " << c.asked.count() << " ms";
  }
}

TEST(KernelSgNode, SaysWhyItCannotBeOpened) {
  const auto missing = OpenKernelSgNode("/nowhere/sg0");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason(), "DRIVE_GONE");
  const auto null = OpenKernelSgNode("/dev/null");
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().reason(), "NODE_NOT_SG");
}

TEST(KernelSgNode, WhatDoesNotTakeSgIoIsAnError) {
  auto opened = OpenAnySgNode("/dev/null");
  ASSERT_TRUE(opened);
  sg_io_hdr io{};
  EXPECT_EQ((*opened)->Run(io), ENOTTY);
}

}  // namespace
}  // namespace firmbench::transport
