// SPDX-License-Identifier: Apache-2.0
// What comes over the wire: JSON as scripts see it, errors as people do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/remote_error.h"
#include "firmbench/v1/errors.pb.h"
#include "tests/client/golden.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Json, HasTheApisNamesAndNullForAMissingSerial) {
  v1::ListDrivesResponse drives;
  *drives.add_drives() = SampleDrive();
  *drives.add_drives() = SampleDriveAlien();
  ExpectGolden("drive_list.json", ToJson(drives));
}

TEST(Json, AHostileSerialCannotForgeAField) {
  v1::ListDrivesResponse drives;
  drives.add_drives()->set_serial("\", \"name\": \"x");
  EXPECT_THAT(ToJson(drives), HasSubstr(R"("serial": "\", \"name\": \"x")"));
}

grpc::Status StatusWith(grpc::StatusCode code, const v1::ErrorInfo& info) {
  v1::RpcStatus details;
  details.set_code(code);
  details.add_details()->PackFrom(info);
  return {code, "the plan changed", details.SerializeAsString()};
}

TEST(RemoteError, CarriesEverythingThatTheBenchSaid) {
  v1::ErrorInfo info;
  info.set_reason("PLAN_CHANGED");
  info.set_domain("firmbench");
  info.set_remedy("look at the new plan");
  info.set_drive_state(v1::DRIVE_STATE_PARTLY_WRITTEN);
  info.mutable_sense()->set_key(5);
  (*info.mutable_metadata())["old"] = "a";
  (*info.mutable_metadata())["new"] = "b";
  const Error error = FromStatus(StatusWith(grpc::StatusCode::ABORTED, info));
  EXPECT_EQ(error.code(), Code::kAborted);
  EXPECT_EQ(error.reason(), "PLAN_CHANGED");
  EXPECT_EQ(error.message(), "the plan changed");
  EXPECT_EQ(error.remedy(), "look at the new plan");
  EXPECT_EQ(error.drive_state(), DriveState::kPartlyWritten);
  EXPECT_EQ(error.sense()->key, 5);
  EXPECT_THAT(error.metadata(),
              ::testing::UnorderedElementsAre(std::pair("old", "a"), std::pair("new", "b"),
                                              std::pair("drive_state", "partly_written")));
}

TEST(RemoteError, SaysNothingOfADriveWhenTheBenchDoesNot) {
  v1::ErrorInfo info;
  info.set_reason("JOB_NOT_FOUND");
  EXPECT_TRUE(FromStatus(StatusWith(grpc::StatusCode::NOT_FOUND, info)).metadata().empty());
}

TEST(RemoteError, SurvivesDetailsThatAreNone) {
  const Error error =
      FromStatus(grpc::Status(grpc::StatusCode::INTERNAL, "oops", std::string("\xff\xff\xff")));
  EXPECT_EQ(error.reason(), "UNEXPLAINED");
  EXPECT_EQ(error.message(), "oops");
}

TEST(ExitCode, FollowsCodeAndReason) {
  EXPECT_EQ(ExitCodeOf(FromStatus({grpc::StatusCode::UNAVAILABLE, "x"})), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(FromStatus({grpc::StatusCode::PERMISSION_DENIED, "x"})), ExitCode::kDenied);
  EXPECT_EQ(ExitCodeOf(FromStatus({grpc::StatusCode::UNAUTHENTICATED, "x"})), ExitCode::kDenied);
  EXPECT_EQ(ExitCodeOf(FromStatus({grpc::StatusCode::NOT_FOUND, "x"})), ExitCode::kFailed);
  v1::ErrorInfo info;
  info.set_reason("LEDGER_BUSY");  // the daemon answers: that is not unreachable
  EXPECT_EQ(ExitCodeOf(FromStatus(StatusWith(grpc::StatusCode::UNAVAILABLE, info))),
            ExitCode::kFailed);
}

}  // namespace
}  // namespace firmbench::cli
