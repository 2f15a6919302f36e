// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench find`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct FindOptions {
  std::string text;
  int limit = 100;
};

// Ends with 1 when nothing was found, as grep does.
Ending RunFind(Context& context, const FindOptions& options);

}  // namespace firmbench::cli
