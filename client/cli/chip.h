// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench chip`: a drive as programmer for the chip in its socket. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct ChipOptions {
  std::string drive;
  std::string voltage;  // of the drive's board: "5" or "3.3"
  std::string part;     // as printed on the case; "" for whatever answers
  std::string model;    // on the drive's sticker, when it does not say what it is
  std::string file;     // read: the new file; verify: a dump, an image or a file
  bool force = false;   // read: replaces a file that exists
};

Ending RunChipIdentify(Context& context, const ChipOptions& options);
Ending RunChipRead(Context& context, const ChipOptions& options);
Ending RunChipVerify(Context& context, const ChipOptions& options);

}  // namespace firmbench::cli
