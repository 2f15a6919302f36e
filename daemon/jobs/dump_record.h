// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dump as the ledger keeps it: its bytes, where they come from, and whose they are. Used inside a
// transaction, on the writer's thread.

#include <string>

#include "daemon/inventory/inventory.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// Where the bytes were read, and what for. References outlive the call.
struct DumpOrigin {
  const storage::Job& job;
  const inventory::DriveSnapshot& drive;  // its model is known or assumed
  std::string revision;                   // that the drive reported then; "" when it did not
  std::string purpose;                    // storage::Dump::purpose
  int64_t agreeing_reads = 1;
  std::string unit_id;  // "" when nobody can say
  // The part, for a chip that was only in the drive's socket; such a dump is of no unit, and names
  // the part where others name the model.
  std::string chip_part = {};
};

// Stores blob, dump and attribution. Returns the dump's row.
Result<storage::Dump> StoreDump(storage::Transaction& tx, Memory memory, ByteView bytes,
                                const DumpOrigin& origin);

}  // namespace firmbench::jobs
