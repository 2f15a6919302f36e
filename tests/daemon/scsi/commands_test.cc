// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/scsi/fake_drive.h"

namespace firmbench::scsi {
namespace {

std::string CdbHex(const Cdb& cdb) { return ToHex(cdb.view()); }

TEST(Cdb, AreByteForByteWhatTheStandardsSay) {
  EXPECT_EQ(CdbHex(cdb::TestUnitReady()), "000000000000");
  EXPECT_EQ(CdbHex(cdb::RequestSense(18)), "030000001200");
  EXPECT_EQ(CdbHex(cdb::Inquiry(96)), "120000006000");
  EXPECT_EQ(CdbHex(cdb::InquiryVpd(0x80, 0xfc)), "12018000fc00");
  EXPECT_EQ(CdbHex(cdb::StartStopUnit(cdb::StartStop::kEject)), "1b0000000200");
  EXPECT_EQ(CdbHex(cdb::StartStopUnit(cdb::StartStop::kLoad)), "1b0000000300");
  EXPECT_EQ(CdbHex(cdb::PreventAllowMediumRemoval(true)), "1e0000000100");
  EXPECT_EQ(CdbHex(cdb::ModeSense10(0x2a, 0x0102)), "5a002a00000000010200");
  EXPECT_EQ(CdbHex(cdb::GetConfiguration(0x0108, 0x0200)), "46020108000000020000");
  EXPECT_EQ(CdbHex(cdb::GetEventStatus(0x10, 8)), "4a010000100000000800");
  EXPECT_EQ(CdbHex(cdb::ReadBuffer(ReadBufferMode::kData, 0xe2, 0x010203, 0x040506)),
            "3c02e201020304050600");
  EXPECT_EQ(CdbHex(cdb::WriteBuffer(WriteBufferMode::kDownloadMicrocodeWithOffsetsAndSave, 1,
                                    0xfffffe, 0x4000)),
            "3b0701fffffe00400000");
  EXPECT_EQ(CdbHex(cdb::ReportRpcState()), "a40000000000000000080800");
}

TEST(ReadInquiry, FallsBackTo36Bytes) {
  FakeDrive drive;
  drive.largest_inquiry = 36;
  ASSERT_EQ(ReadInquiry(drive).value().size(), 36u);
  EXPECT_EQ(drive.log.size(), 2u);
}

TEST(ReadInquiry, EndsWhereItsLengthFieldSays) {
  FakeDrive drive;
  drive.hides_residual = true;  // claims all 96 bytes
  EXPECT_EQ(ReadInquiry(drive).value(), StandardInquiry());
  drive.inquiry[4] = 0;
  EXPECT_EQ(ReadInquiry(drive).value().size(), 36u);
}

TEST(ReadInquiry, ShortAnswerIsAnError) {
  FakeDrive drive;
  drive.inquiry.resize(20);
  EXPECT_EQ(ReadInquiry(drive).error().reason(), "SHORT_TRANSFER");
}

TEST(ReadInto, AsksAgainOnceAfterUnitAttention) {
  FakeDrive drive;
  drive.unit_attentions = 1;
  EXPECT_TRUE(ReadInquiry(drive));
  drive.unit_attentions = 2;
  EXPECT_EQ(ReadInquiry(drive).error().reason(), "DRIVE_ATTENTION");
}

TEST(ReadVpdSerial, IsNotFooledByStandardData) {
  // Byte 1 of standard data, 80h for "removable", looks like the page code.
  FakeDrive drive;
  drive.ignores_evpd = true;
  EXPECT_EQ(ReadVpdSerial(drive).error().reason(), "NOT_SUPPORTED");
  drive.inquiry[1] = 0;
  EXPECT_EQ(ReadVpdSerial(drive).error().reason(), "NOT_SUPPORTED");
}

TEST(ReadVpdSerial, AsksOnlyForPagesThatAreListed) {
  FakeDrive drive;
  drive.vpd[0x00] = {0x00, 0x83};
  drive.vpd[0x80] = {'n', 'o'};
  EXPECT_EQ(ReadVpdSerial(drive).error().reason(), "NOT_SUPPORTED");
  drive.vpd[0x00] = {0x00, 0x80};
  EXPECT_EQ(ReadVpdSerial(drive).value(), "no");
}

TEST(TestUnitReady, TellsAnEmptyDriveFromABusyOne) {
  FakeDrive drive;
  EXPECT_EQ(TestUnitReady(drive).value(), Readiness::kReady);
  drive.not_ready = SenseInfo{2, 0x3a, 0, false};
  EXPECT_EQ(TestUnitReady(drive).value(), Readiness::kNoMedium);
  drive.not_ready = SenseInfo{2, 0x04, 7, false};
  EXPECT_EQ(TestUnitReady(drive).value(), Readiness::kInBetween);
  drive.not_ready = SenseInfo{2, 0x30, 0, false};
  EXPECT_EQ(TestUnitReady(drive).value(), Readiness::kNotReady);
  drive.not_ready = SenseInfo{4, 0x44, 0, false};
  EXPECT_EQ(TestUnitReady(drive).error().reason(), "DRIVE_FAULT");
  drive.unit_attentions = 1;
  EXPECT_EQ(TestUnitReady(drive).value(), Readiness::kAttention);
}

TEST(RequestSense, ReturnsWhatTheDriveKeeps) {
  FakeDrive drive;
  drive.not_ready = SenseInfo{2, 0x3a, 1, false};
  EXPECT_EQ(SenseCode(RequestSense(drive).value()), "02/3a/01");
}

TEST(ReadBuffer, FillsTheWholeViewOrFails) {
  FakeDrive drive;
  drive.buffers[2] = {1, 2, 3, 4, 5, 6};
  Bytes out(4, 0xff);
  ASSERT_TRUE(ReadBuffer(drive, ReadBufferMode::kData, 2, 1, out));
  EXPECT_EQ(ToHex(out), "02030405");
  EXPECT_EQ(ReadBuffer(drive, ReadBufferMode::kData, 2, 3, out).error().reason(), "SHORT_TRANSFER");
  EXPECT_EQ(ReadBufferDescriptor(drive, 2).value().capacity_bytes, 6u);
}

TEST(ReadBuffer, FailedReadLeavesNoStaleBytes) {
  // The trap: a comparison with stale bytes says "identical".
  FakeDrive drive;
  Bytes out(4, 0xff);
  const auto status = ReadBuffer(drive, ReadBufferMode::kData, 9, 0, out);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().reason(), "DRIVE_REFUSED");
  EXPECT_EQ(status.error().opcode(), op::kReadBuffer);
  EXPECT_TRUE(AllBytesAre(out, 0));
}

TEST(ReadBuffer, RefusesWhatDoesNotFitOneCommand) {
  FakeDrive drive;
  drive.max_transfer = 16;
  Bytes out(17);
  EXPECT_EQ(ReadBuffer(drive, ReadBufferMode::kData, 0, 0, out).error().reason(), "LIMIT_EXCEEDED");
  out.resize(16);
  EXPECT_EQ(ReadBuffer(drive, ReadBufferMode::kData, 0, 0x1000000, out).error().reason(),
            "LIMIT_EXCEEDED");
  EXPECT_TRUE(drive.log.empty());
}

TEST(WriteBuffer, SaysWhetherTheDriveMayHaveChanged) {
  FakeDrive drive;
  const Bytes data{1, 2, 3};
  const auto write = [&] {
    return WriteBuffer(drive, WriteBufferMode::kDownloadMicrocode, 0, 0, data, kShortTimeout);
  };
  ASSERT_TRUE(write());
  EXPECT_EQ(drive.written, data);
  drive.refuse_writes = SenseInfo{5, 0x24, 0, false};
  EXPECT_EQ(write().error().drive_state(), DriveState::kUntouched);
  drive.refuse_writes = SenseInfo{5, 0x26, 0, true};  // deferred: of an earlier block
  EXPECT_EQ(write().error().drive_state(), DriveState::kUnknown);
  drive.refuse_writes = SenseInfo{3, 0x0c, 0, false};
  EXPECT_EQ(write().error().drive_state(), DriveState::kUnknown);
  drive.times_out_at_opcode = op::kWriteBuffer;
  EXPECT_EQ(write().error().drive_state(), DriveState::kUnknown);
}

TEST(WriteBuffer, IsNeverSentTwice) {
  FakeDrive drive;
  drive.unit_attentions = 1;
  const Bytes data{1};
  EXPECT_EQ(WriteBuffer(drive, WriteBufferMode::kData, 0, 0, data, kShortTimeout).error().reason(),
            "DRIVE_ATTENTION");
  EXPECT_EQ(drive.log.size(), 1u);
}

TEST(Run, NamesTheCommandInItsError) {
  FakeDrive drive;
  Command command;
  command.cdb = MakeCdb(12, 0xdf, 0x89);
  const auto result = scsi::Run(drive, command, 0, "read EEPROM");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().opcode(), 0xdf);
  EXPECT_EQ(result.error().message(),
            "read EEPROM: illegal request: invalid command operation code (05/20/00)");
  drive.vanishes_after = 0;
  EXPECT_EQ(scsi::Run(drive, command, 0, "read EEPROM").error().message(),
            "read EEPROM: the drive is no longer there");
}

TEST(Tray, MovesByStartStopUnit) {
  FakeDrive drive;
  ASSERT_TRUE(EjectTray(drive));
  ASSERT_TRUE(LoadTray(drive));
  EXPECT_EQ(ToHex(drive.log[0]), "1b0000000200");
  EXPECT_EQ(ToHex(drive.log[1]), "1b0000000300");
}

}  // namespace
}  // namespace firmbench::scsi
