// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench unit ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct UnitListOptions {
  int limit = 1000;
};
struct UnitShowOptions {
  std::string unit;
};

Ending RunUnitList(Context& context, const UnitListOptions& options);
Ending RunUnitShow(Context& context, const UnitShowOptions& options);

}  // namespace firmbench::cli
