// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench unit passport`. Main thread.

#include <string>

#include "client/cli/context.h"
#include "firmbench/v1/passport.pb.h"

namespace firmbench::cli {

struct UnitPassportOptions {
  std::string unit;
  std::string file;  // ends with .html or .json
  bool force = false;
};

Ending RunUnitPassport(Context& context, const UnitPassportOptions& options);

// Everything that a passport says, asked of the bench.
Result<v1::UnitPassport> CollectPassport(BenchClient& client, const v1::Unit& unit);

}  // namespace firmbench::cli
