// SPDX-License-Identifier: Apache-2.0
#include "client/cli/remote_error.h"

#include <string>
#include <utility>

#include "firmbench/v1/errors.pb.h"

namespace firmbench::cli {
namespace {

Code CodeOf(int number) {
  const bool known = number > 0 && number <= static_cast<int>(Code::kUnauthenticated);
  return known ? static_cast<Code>(number) : Code::kUnknown;
}

Error WithDetails(Error error, const v1::ErrorInfo& info) {
  // The builders change `error` itself; assigning what they return would move it onto itself.
  if (!info.remedy().empty()) std::move(error).WithRemedy(info.remedy());
  for (const auto& [key, value] : info.metadata()) std::move(error).With(key, value);
  if (info.has_sense()) {
    const v1::SenseData& sense = info.sense();
    std::move(error).WithSense({.key = static_cast<uint8_t>(sense.key()),
                                .asc = static_cast<uint8_t>(sense.asc()),
                                .ascq = static_cast<uint8_t>(sense.ascq()),
                                .deferred = sense.deferred()});
  }
  switch (info.drive_state()) {
    case v1::DRIVE_STATE_UNTOUCHED:
      return std::move(error).With("drive_state", "untouched");
    case v1::DRIVE_STATE_PARTLY_WRITTEN:
      return std::move(error)
          .WithDriveState(DriveState::kPartlyWritten)
          .With("drive_state", "partly_written");
    case v1::DRIVE_STATE_UNKNOWN:
      return std::move(error).WithDriveState(DriveState::kUnknown).With("drive_state", "unknown");
    default:
      return error;
  }
}

Error WithoutDetails(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return Unavailable("BENCH_UNREACHABLE", "the bench does not answer")
          .WithRemedy("check that firmbenchd runs and that --bench names its socket");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return DeadlineExceeded("BENCH_TOO_SLOW", "the bench did not answer in time")
          .WithRemedy("try again; if it stays so, look at the log of firmbenchd");
    case grpc::StatusCode::UNIMPLEMENTED:
      return Unimplemented("NOT_OFFERED_BY_BENCH", "this bench does not offer that")
          .WithRemedy(
              "check with `firmbench bench info` whether the daemon is older than this "
              "program");
    default:
      return Error(CodeOf(status.error_code()), "UNEXPLAINED", status.error_message());
  }
}

}  // namespace

Error FromStatus(const grpc::Status& status) {
  v1::RpcStatus details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    for (const auto& any : details.details()) {
      v1::ErrorInfo info;
      if (any.Is<v1::ErrorInfo>() && any.UnpackTo(&info)) {
        return WithDetails(
            Error(CodeOf(status.error_code()), info.reason(), status.error_message()), info);
      }
    }
  }
  return WithoutDetails(status);
}

}  // namespace firmbench::cli
