// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <limits>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/sense.h"

namespace firmbench::scsi {
namespace {

class Triaged : public testing::Test {
 protected:
  Bytes buffer_ = Bytes(64, 0xa5);
  Command in_{cdb::Inquiry(64), Direction::kIn, buffer_, {}, std::chrono::seconds(1)};
  Command out_{cdb::WriteBuffer(WriteBufferMode::kDownloadMicrocode, 0, 0, 64),
               Direction::kOut,
               {},
               buffer_,
               std::chrono::seconds(1)};
  Command none_{cdb::TestUnitReady(), Direction::kNone, {}, {}, std::chrono::seconds(1)};

  static std::string ReasonOf(const Command& command, const RawCompletion& raw) {
    const auto result = Triage(command, raw);
    return result ? "OK" : result.error().reason();
  }
};

TEST_F(Triaged, GoodCarriesItsTransfer) {
  const auto result = Triage(in_, {.residual = 28, .duration = std::chrono::milliseconds(3)});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->good());
  EXPECT_EQ(result->transferred, 36u);
  EXPECT_EQ(result->residual, 28u);
  EXPECT_EQ(result->duration, std::chrono::milliseconds(3));
  EXPECT_FALSE(result->sense);
}

TEST_F(Triaged, ErrnoDecidesBeforeEverythingElse) {
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = ENODEV}), "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = ENXIO}), "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = ETIMEDOUT}), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = EPERM}), "TRANSPORT_DENIED");
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = EIO}), "TRANSPORT_ERROR");
  EXPECT_EQ(ReasonOf(in_, {.sys_errno = ENODEV, .host_status = 3}), "DRIVE_GONE");
}

TEST_F(Triaged, HostStatusOutweighsGoodScsiStatus) {
  // A wedged USB bridge: SCSI status 00, stale bytes in the buffer, host status 07.
  EXPECT_EQ(ReasonOf(in_, {.scsi_status = 0, .host_status = 7}), "TRANSPORT_ERROR");
  EXPECT_EQ(ReasonOf(in_, {.host_status = 3}), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(ReasonOf(in_, {.host_status = 1}), "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(in_, {.host_status = 4}), "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(in_, {.host_status = 0xffff}), "TRANSPORT_ERROR");
}

TEST_F(Triaged, DriverStatusSenseIsNoFailure) {
  const Bytes sense = EncodeFixedSense({5, 0x24, 0, false});
  const auto result = Triage(in_, {.scsi_status = 2, .driver_status = 8, .sense = sense});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ScsiStatus::kCheckCondition);
  EXPECT_EQ(SenseCode(*result->sense), "05/24/00");
  EXPECT_EQ(ReasonOf(in_, {.driver_status = 6}), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(ReasonOf(in_, {.driver_status = 4}), "TRANSPORT_ERROR");
  // The upper nibble once carried suggestions.
  EXPECT_EQ(ReasonOf(in_, {.driver_status = 0x10}), "OK");
}

TEST_F(Triaged, DriverSenseWithLostStatusIsCheckCondition) {
  const Bytes sense = EncodeFixedSense({3, 0x11, 0, false});
  const auto result = Triage(in_, {.scsi_status = 0, .driver_status = 8, .sense = sense});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, ScsiStatus::kCheckCondition);
  EXPECT_EQ(result->transferred, 0u);
}

TEST_F(Triaged, StatusOutsideSamIsNotAnAnswer) {
  for (const uint8_t status : {0x01, 0x03, 0x22, 0x40, 0xff}) {
    EXPECT_EQ(ReasonOf(in_, {.scsi_status = status}), "TRANSPORT_ERROR") << int{status};
  }
}

TEST_F(Triaged, ImpossibleResidualsStayWithinTheTransfer) {
  for (const int64_t residual : {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0},
                                 int64_t{64}, int64_t{65}, std::numeric_limits<int64_t>::max()}) {
    const auto result = Triage(in_, {.residual = residual});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->transferred + result->residual, 64u) << residual;
    EXPECT_EQ(result->transferred, residual >= 64 ? 0u : 64u) << residual;
  }
  const auto none = Triage(none_, {.residual = 5});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->transferred + none->residual, 0u);
}

TEST_F(Triaged, FailedReadHasTransferredNothing) {
  const Bytes sense = EncodeFixedSense({5, 0x20, 0, false});
  const auto result = Triage(in_, {.scsi_status = 2, .residual = 0, .sense = sense});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->transferred, 0u);
  EXPECT_EQ(result->residual, 64u);
}

TEST_F(Triaged, ErrorsSayWhatIsKnownOfTheDrive) {
  const RawCompletion timeout{.host_status = 3};
  EXPECT_EQ(Triage(in_, timeout).error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Triage(none_, timeout).error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Triage(out_, timeout).error().drive_state(), DriveState::kUnknown);
  Command vendor = none_;
  vendor.cdb = MakeCdb(12, 0xdf, 0x84);
  EXPECT_EQ(Triage(vendor, timeout).error().drive_state(), DriveState::kUnknown);
  // The kernel refused it, so the drive never saw it.
  EXPECT_EQ(Triage(out_, {.sys_errno = EPERM}).error().drive_state(), DriveState::kUntouched);
}

TEST_F(Triaged, ErrorsCarryTransportAndSense) {
  const Bytes sense = EncodeFixedSense({4, 0x44, 0, false});
  const auto result =
      Triage(in_, {.scsi_status = 2, .host_status = 7, .driver_status = 8, .sense = sense});
  ASSERT_FALSE(result);
  const Error& error = result.error();
  ASSERT_TRUE(error.transport());
  EXPECT_EQ(error.transport()->host_status, 7);
  EXPECT_EQ(error.transport()->scsi_status, 2);
  EXPECT_EQ(error.transport()->driver_status, 8);
  EXPECT_EQ(error.opcode(), op::kInquiry);
  ASSERT_TRUE(error.sense());
  EXPECT_EQ(SenseCode(*error.sense()), "04/44/00");
  EXPECT_FALSE(error.remedy().empty());
}

TEST(ClearStale, LeavesOnlyWhatTheDriveAnswered) {
  Bytes buffer(8, 0xa5);
  Completion completion;
  completion.transferred = 3;
  completion.residual = 5;
  ClearStale(buffer, completion);
  EXPECT_EQ(ToHex(buffer), "a5a5a50000000000");

  buffer.assign(8, 0xa5);
  completion.status = ScsiStatus::kBusy;
  ClearStale(buffer, completion);
  EXPECT_TRUE(AllBytesAre(buffer, 0));

  buffer.assign(8, 0xa5);
  ClearStale(buffer, Unavailable("DRIVE_GONE", "gone"));
  EXPECT_TRUE(AllBytesAre(buffer, 0));

  buffer.assign(8, 0xa5);
  completion = {};
  completion.transferred = 9;  // more than the buffer: nothing to clear, nothing overrun
  ClearStale(buffer, completion);
  EXPECT_TRUE(AllBytesAre(buffer, 0xa5));
}

Completion Refused(uint8_t key, uint8_t asc, uint8_t ascq) {
  Completion completion;
  completion.status = ScsiStatus::kCheckCondition;
  completion.sense = SenseInfo{key, asc, ascq, false};
  return completion;
}

Completion Ended(ScsiStatus status) {
  Completion completion;
  completion.status = status;
  return completion;
}

TEST(Check, GivesEveryRefusalItsReason) {
  const struct {
    Completion completion;
    const char* reason;
    Code code;
  } kCases[] = {
      {Refused(5, 0x20, 0), "DRIVE_REFUSED", Code::kUnimplemented},
      {Refused(5, 0x24, 0), "DRIVE_REFUSED", Code::kFailedPrecondition},
      {Refused(2, 0x3a, 1), "MEDIUM_NOT_PRESENT", Code::kFailedPrecondition},
      {Refused(2, 0x04, 7), "DRIVE_NOT_READY", Code::kUnavailable},
      {Refused(3, 0x11, 5), "MEDIUM_ERROR", Code::kDataLoss},
      {Refused(4, 0x44, 0), "DRIVE_FAULT", Code::kInternal},
      {Refused(6, 0x29, 0), "DRIVE_ATTENTION", Code::kUnavailable},
      {Refused(7, 0x27, 0), "DRIVE_PROTECTED", Code::kFailedPrecondition},
      {Refused(0xb, 0, 0), "COMMAND_ABORTED", Code::kAborted},
      {Refused(0xe, 0, 0), "DRIVE_FAULT", Code::kInternal},
      {Ended(ScsiStatus::kCheckCondition), "DRIVE_FAULT", Code::kInternal},
      {Ended(ScsiStatus::kBusy), "DRIVE_BUSY", Code::kUnavailable},
      {Ended(ScsiStatus::kTaskSetFull), "DRIVE_BUSY", Code::kUnavailable},
      {Ended(ScsiStatus::kReservationConflict), "DRIVE_RESERVED", Code::kFailedPrecondition},
      {Ended(ScsiStatus::kConditionMet), "DRIVE_FAULT", Code::kInternal},
  };
  for (const auto& c : kCases) {
    const auto status = Check(c.completion, 0, "probe");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().reason(), c.reason) << status.error().ToString();
    EXPECT_EQ(status.error().code(), c.code) << status.error().ToString();
    EXPECT_EQ(status.error().sense().has_value(), c.completion.sense.has_value());
    EXPECT_THAT(status.error().message(), testing::StartsWith("probe: "));
  }
}

TEST(Check, ShortTransferIsNeverSilent) {
  Completion completion;
  completion.transferred = 127;
  EXPECT_TRUE(Check(completion, 127));
  const auto status = Check(completion, 128, "read EEPROM");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().reason(), "SHORT_TRANSFER");
  EXPECT_EQ(status.error().message(), "read EEPROM: 127 of 128 bytes came");
  EXPECT_THAT(status.error().metadata(), testing::ElementsAre(testing::Pair("expected", "128"),
                                                              testing::Pair("transferred", "127")));
}

}  // namespace
}  // namespace firmbench::scsi
