// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench compare` and `firmbench dump compare`. Main thread.

#include <string>
#include <string_view>

#include "client/cli/context.h"

namespace firmbench::cli {

// What each side may be: a dump, an image, a file, or "drive:WHICH", the drive as it is now.
struct CompareOptions {
  std::string a;
  std::string b;
  std::string memory;  // of a drive: "firmware", "eeprom", or "" for what the other side is
  bool hex = false;
};

// A drive is read by a backup job first, whose dump is compared. kDiffer when they differ.
Ending RunCompare(Context& context, const CompareOptions& options);

// "bay-1" for "drive:bay-1"; "" for anything else. Pure.
std::string_view DriveOf(std::string_view side);

}  // namespace firmbench::cli
