// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench dump import`. Main thread.

#include <string>
#include <vector>

#include "client/cli/context.h"

namespace firmbench::cli {

struct DumpImportOptions {
  std::vector<std::string> paths;  // files and folders
  std::string unit;                // as typed; "" to let the bytes decide
  std::string as;                  // "eeprom" or ""
  bool dry_run = false;
};

// Lists every file. kFailed when one could not be read or was refused; the others are done then.
Ending RunDumpImport(Context& context, const DumpImportOptions& options);

}  // namespace firmbench::cli
