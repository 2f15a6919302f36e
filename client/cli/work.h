// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands that make a job: backup, flash, convert, restore, recover, verify. Main thread.

#include <string>

#include "client/cli/context.h"
#include "client/cli/job_flow.h"

namespace firmbench::cli {

// What every command that writes takes.
struct WritingOptions {
  bool dry_run = false;
  bool yes = false;
  std::string reason;

  JobFlowOptions flow() const {
    return {.dry_run = dry_run, .writes = true, .yes = yes, .reason = reason};
  }
};

struct BackupOptions {
  std::string drive;
  std::string memory = "all";  // "firmware", "eeprom", "all"
};
struct FlashOptions {
  std::string drive;
  std::string image;  // a name or a file
  WritingOptions writing;
};
struct ConvertOptions {
  std::string drive;
  std::string model;  // what it is made into
  std::string image;  // of that model: a name or a file
  WritingOptions writing;
};
struct RestoreOptions {
  std::string drive;
  std::string dump;
  std::string label;  // on the drive, as scanned
  WritingOptions writing;
};
// A drive that does not say any more what it is, and that no job of this bench wrote.
struct RecoverOptions {
  std::string drive;
  std::string model;  // what its sticker says
  std::string image;  // one of the two: a name or a file ...
  std::string dump;   // ... or a dump
  WritingOptions writing;
};
struct VerifyOptions {
  std::string drive;
  std::string against;  // a dump, an image or a file
};

Ending RunBackup(Context& context, const BackupOptions& options);
Ending RunFlash(Context& context, const FlashOptions& options);
Ending RunConvert(Context& context, const ConvertOptions& options);
// A dump of the EEPROM makes an "eeprom_restore" job, any other a "restore" job.
Ending RunRestore(Context& context, const RestoreOptions& options);
Ending RunRecover(Context& context, const RecoverOptions& options);
Ending RunVerify(Context& context, const VerifyOptions& options);

}  // namespace firmbench::cli
