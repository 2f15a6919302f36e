// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench bench info`. Main thread.

#include "client/cli/context.h"

namespace firmbench::cli {

Ending RunBenchInfo(Context& context);

}  // namespace firmbench::cli
