// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands that make a job: backup, flash, restore, verify. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct BackupOptions {
  std::string drive;
  std::string memory = "all";  // "firmware", "eeprom", "all"
};
struct FlashOptions {
  std::string drive;
  std::string image;  // a name or a file
  bool dry_run = false;
  bool yes = false;
};
struct RestoreOptions {
  std::string drive;
  std::string dump;
  bool dry_run = false;
  bool yes = false;
};
struct VerifyOptions {
  std::string drive;
  std::string against;  // a dump, an image or a file
};

Ending RunBackup(Context& context, const BackupOptions& options);
Ending RunFlash(Context& context, const FlashOptions& options);
// A dump of the EEPROM makes an "eeprom_restore" job, any other a "restore" job.
Ending RunRestore(Context& context, const RestoreOptions& options);
Ending RunVerify(Context& context, const VerifyOptions& options);

}  // namespace firmbench::cli
