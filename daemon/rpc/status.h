// SPDX-License-Identifier: Apache-2.0
#pragma once

// From our Error to what travels: a canonical code, a message, and an ErrorInfo in the details.
// Pure.

#include <grpcpp/support/status.h>

#include "daemon/base/error.h"

namespace firmbench::rpc {

grpc::Status ToGrpc(const Error& error);

}  // namespace firmbench::rpc
