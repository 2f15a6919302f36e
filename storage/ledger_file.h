// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger as a file: its copy while it is in use, its size and counts, and putting a copy back.
// Connections of their own, any thread; RestoreLedger only by whoever holds the state folder's
// lock.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"
#include "storage/records.h"

namespace firmbench::storage {

// A copy of the whole ledger of one moment, read back and verified. The file has no name any more:
// it is gone when the descriptor is closed.
struct LedgerCopy {
  UniqueFd file;
  int64_t size_bytes = 0;
  std::string sha256;  // hex, of the file
  AuditReport report;
};

// Copies the ledger at `path`, whether it is in use or not, beside it; one call at a time. What an
// earlier process left of a copy is removed. LEDGER_COPY_DAMAGED when the copy does not verify,
// which is the ledger's own fault; LEDGER_*.
Result<LedgerCopy> CopyLedger(const std::string& path);

// What there is of everything, as of now.
struct LedgerFacts {
  int64_t file_bytes = 0;
  int64_t log_bytes = 0;   // of the write-ahead log
  int64_t free_bytes = 0;  // for us, on the file system
  int64_t schema_version = 0;
  int64_t units = 0;
  int64_t dumps = 0;
  int64_t archived_dumps = 0;
  int64_t images = 0;
  int64_t jobs = 0;
  int64_t blobs = 0;
  int64_t blob_bytes = 0;  // before compression
  int64_t entries = 0;     // of the audit log
  // Tables, indexes, views or triggers that are not as this program makes them: without its
  // triggers a ledger is no longer protected from careless programs.
  std::vector<std::string> problems;
};
Result<LedgerFacts> ReadLedgerFacts(const std::string& path);

struct RestoreOptions {
  std::string file;       // the copy; is only read
  std::string path;       // of ledger.db
  std::string bench_id;   // that the folder belongs to; "" for a new one
  std::string principal;  // who asks
  Clock* clock = &RealClock();
};

struct RestoredLedger {
  std::string bench_id;
  std::string kept_as;           // path of what was replaced; "" when there was nothing
  int64_t entries = 0;           // of the audit log, the new one included
  int64_t replaced_entries = 0;  // -1: what was replaced cannot be read
};

// Puts a copy in the place of the ledger. The copy is taken in beside it, brought to this program's
// schema and verified first; the ledger that was there is kept under the name `kept_as`, never
// deleted; the change of names is atomic. The audit log of the new one gets the entry
// "ledger.restored" with the size and root of the tree that was replaced. Until the change of names
// nothing has happened. RESTORE_FILE_MISSING, RESTORE_FILE_IN_USE, RESTORE_FILE_DAMAGED,
// RESTORE_NOT_A_LEDGER, RESTORE_OTHER_BENCH, RESTORE_NO_SPACE, LEDGER_NEWER, LEDGER_*.
Result<RestoredLedger> RestoreLedger(const RestoreOptions& options);

}  // namespace firmbench::storage
