// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the program ends. Scripts rely on these numbers; `firmbench --help` lists them.

#include "daemon/base/error.h"

namespace firmbench::cli {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kJobUnsuccessful = 3,
  kDenied = 4,
  kUnreachable = 5,
  kDiffer = 6,
  kSomeFailed = 7,
  kInterrupted = 130,
};

// Reasons of errors that this program itself makes; all others are the bench's.
inline constexpr char kReasonUnreachable[] = "BENCH_UNREACHABLE";
inline constexpr char kReasonUsage[] = "USAGE";
inline constexpr char kReasonConfirmationNeeded[] = "CONFIRMATION_NEEDED";

// The number for an error that ended a command.
inline ExitCode ExitCodeOf(const Error& error) {
  if (error.reason() == kReasonUnreachable) return ExitCode::kUnreachable;
  if (error.reason() == kReasonUsage) return ExitCode::kUsage;
  if (error.reason() == kReasonConfirmationNeeded) return ExitCode::kUsage;
  if (error.code() == Code::kPermissionDenied || error.code() == Code::kUnauthenticated) {
    return ExitCode::kDenied;
  }
  return ExitCode::kFailed;
}

}  // namespace firmbench::cli
