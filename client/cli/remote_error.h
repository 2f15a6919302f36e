// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a failed call means: gRPC's status with the bench's own details, as an Error. Pure.

#include <grpcpp/support/status.h>

#include "daemon/base/error.h"

namespace firmbench::cli {

// `status` must not be OK. Without details, UNAVAILABLE becomes BENCH_UNREACHABLE. The drive state
// is put under the metadata key "drive_state" when the bench said one, because an Error's own
// default cannot be told from "untouched".
Error FromStatus(const grpc::Status& status);

}  // namespace firmbench::cli
