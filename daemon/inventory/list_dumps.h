// SPDX-License-Identifier: Apache-2.0
#pragma once

// All pages of a list of dumps at once. Any thread; blocks on the database.

#include <vector>

#include "storage/storage.h"

namespace firmbench::inventory {

// Newest first. LEDGER_*.
Result<std::vector<storage::Dump>> ListAllDumps(storage::Ledger& ledger,
                                                const storage::DumpFilter& filter);

}  // namespace firmbench::inventory
