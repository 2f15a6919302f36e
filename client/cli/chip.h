// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench chip`: a drive as programmer for the chip in its socket. Main thread.

#include <string>

#include "client/cli/context.h"
#include "client/cli/work.h"

namespace firmbench::cli {

struct ChipOptions {
  std::string drive;
  std::string voltage;  // of the drive's board: "5" or "3.3"
  std::string part;     // as printed on the case; "" for whatever answers
  std::string model;    // on the drive's sticker, when it does not say what it is
  std::string file;     // read: the new file; verify, write: a dump, an image or a file
  std::string fill;     // verify, write: "repeat", "blank"; "" for a file that fills the chip
  bool force = false;   // read: replaces a file that exists
  WritingOptions writing;
};

Ending RunChipIdentify(Context& context, const ChipOptions& options);
Ending RunChipRead(Context& context, const ChipOptions& options);
Ending RunChipVerify(Context& context, const ChipOptions& options);
Ending RunChipWrite(Context& context, const ChipOptions& options);
Ending RunChipErase(Context& context, const ChipOptions& options);

}  // namespace firmbench::cli
