// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench mtkflash`: the command line of MTKFLASH, carried out by the protected jobs of the
// bench. Main thread.

#include <string>
#include <vector>

#include "client/cli/context.h"
#include "client/cli/work.h"

namespace firmbench::cli {

struct MtkflashOptions {
  std::vector<std::string> words;  // as MTKFLASH takes them
  bool force = false;              // R replaces a file that exists
  WritingOptions writing;
};

// R: a backup, then its firmware dump as a file. W: the file into the library, then a flash job. V:
// a verify job. C and S: what the bench knows of the drive and its chip.
Ending RunMtkflash(Context& context, const MtkflashOptions& options);

}  // namespace firmbench::cli
