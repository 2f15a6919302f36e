// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench ledger ...`: copies of the ledger, its check, and putting old dumps away. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct LedgerBackupOptions {
  std::string file;
  bool force = false;
};
struct LedgerRestoreOptions {
  std::string file;
};
struct LedgerArchiveOptions {
  std::string older_than;  // as ParseDuration takes it
  std::string reason;
  bool dry_run = false;
};

// Writes FILE.part, compares its SHA-256 with what the bench says, makes it durable, gives it its
// name. Only the owner may read it. FILE_EXISTS, FILE_NOT_WRITTEN, SHA256_MISMATCH.
Ending RunLedgerBackup(Context& context, const LedgerBackupOptions& options);
// Ends with 1 when something is wrong.
Ending RunLedgerCheck(Context& context);
// Says what to do: only the daemon itself, while none is running, puts a copy back. Ends with 1, as
// nothing was restored. FILE_NOT_READABLE.
Ending RunLedgerRestore(Context& context, const LedgerRestoreOptions& options);
Ending RunLedgerArchive(Context& context, const LedgerArchiveOptions& options);

}  // namespace firmbench::cli
