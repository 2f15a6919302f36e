// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bytes of a dump, from the bench. Blocking.

#include "client/cli/bench_client.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

// SHA256_MISMATCH when what arrives is not what the dump says.
Result<Bytes> DownloadDump(BenchClient& client, const v1::Dump& dump);

}  // namespace firmbench::cli
