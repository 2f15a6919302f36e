// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/status.h"

#include <gtest/gtest.h>

#include "firmbench/v1/errors.pb.h"

namespace firmbench::rpc {
namespace {

v1::ErrorInfo DetailsOf(const grpc::Status& status) {
  v1::RpcStatus travelled;
  EXPECT_TRUE(travelled.ParseFromString(status.error_details()));
  EXPECT_EQ(travelled.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(travelled.message(), status.error_message());
  v1::ErrorInfo info;
  EXPECT_EQ(travelled.details_size(), 1);
  EXPECT_TRUE(travelled.details(0).UnpackTo(&info));
  return info;
}

TEST(ToGrpc, CarriesEverythingThatAnErrorKnows) {
  const grpc::Status status = ToGrpc(Aborted("TARGET_CHANGED", "another drive answers")
                                         .WithRemedy("make a new plan")
                                         .WithDriveState(DriveState::kPartlyWritten)
                                         .WithSense({5, 0x24, 0x01, true})
                                         .With("offset", "4096"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "another drive answers");
  const v1::ErrorInfo info = DetailsOf(status);
  EXPECT_EQ(info.reason(), "TARGET_CHANGED");
  EXPECT_EQ(info.domain(), "firmbench");
  EXPECT_EQ(info.remedy(), "make a new plan");
  EXPECT_EQ(info.drive_state(), v1::DRIVE_STATE_PARTLY_WRITTEN);
  EXPECT_EQ(info.sense().key(), 5);
  EXPECT_EQ(info.sense().asc(), 0x24);
  EXPECT_EQ(info.sense().ascq(), 1);
  EXPECT_TRUE(info.sense().deferred());
  EXPECT_EQ(info.metadata().at("offset"), "4096");
}

TEST(ToGrpc, LeavesOutSenseThatThereIsNot) {
  EXPECT_FALSE(DetailsOf(ToGrpc(NotFound("DRIVE_NOT_FOUND", "no such drive"))).has_sense());
}

// Our codes are gRPC's own numbers: a table would only be a place for mistakes.
TEST(ToGrpc, KeepsEveryCode) {
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status status = ToGrpc(Error(static_cast<Code>(code), "REASON", "text"));
    EXPECT_EQ(static_cast<int>(status.error_code()), code);
  }
  EXPECT_EQ(static_cast<int>(Code::kDataLoss), static_cast<int>(grpc::StatusCode::DATA_LOSS));
  EXPECT_EQ(static_cast<int>(Code::kUnauthenticated),
            static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
}

}  // namespace
}  // namespace firmbench::rpc
