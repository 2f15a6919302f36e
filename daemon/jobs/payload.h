// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a job uses: the image, the dump or the cut job that its spec names, its bytes hashed again
// on the way. Blocks on the database.

#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// What a spec names, read from the ledger: IMAGE_NOT_FOUND, DUMP_NOT_FOUND, BLOB_CORRUPT,
// IMAGE_REQUIRED, DUMP_REQUIRED, REFERENCE_REQUIRED, REFERENCE_UNEXPECTED, MEMORY_UNKNOWN,
// MODEL_REQUIRED, RECOVER_TO_UNKNOWN and those of LoadCutJob. A recovery takes a drive that does
// not say who it is for the model of its job or its sticker.
Result<PlanInputs> LoadInputs(storage::Ledger& ledger, const JobSpec& spec,
                              inventory::Snapshot drive);

}  // namespace firmbench::jobs
