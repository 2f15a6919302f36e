// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bytes a job uses: those of the image or the dump that its spec names, hashed again on the
// way. Blocks on the database.

#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// What a spec names, read from the ledger: IMAGE_NOT_FOUND, DUMP_NOT_FOUND, BLOB_CORRUPT,
// IMAGE_REQUIRED, DUMP_REQUIRED, REFERENCE_REQUIRED, REFERENCE_UNEXPECTED, MEMORY_UNKNOWN.
Result<PlanInputs> LoadInputs(storage::Ledger& ledger, const JobSpec& spec,
                              inventory::Snapshot drive);

// Only the bytes; empty for a job that uses none.
Result<Bytes> LoadPayload(storage::Ledger& ledger, const JobSpec& spec);

}  // namespace firmbench::jobs
