// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench web ...`: the bench's page in a browser. Main thread.

#include "client/cli/context.h"

namespace firmbench::cli {

// Prints a link that opens the page as the caller, once.
Ending RunWebLogin(Context& context);

}  // namespace firmbench::cli
