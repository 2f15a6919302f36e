// SPDX-License-Identifier: Apache-2.0
#pragma once

// Verify(): is everything that was recorded still what was recorded? For the thread that owns the
// Database, a connection of its own; takes as long as reading the whole file.

#include <string>

#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

// Looks for what is wrong, in this order: SQLite's own checks of file and references; migrations;
// audit entries, leaf hashes and tree; the digest of every row; every blob; dumps and images whose
// blob is missing or has another size. Problems are sentences for a person, at most 100 of them.
AuditReport VerifyLedger(Database& database, const std::string& bench_id);

}  // namespace firmbench::storage::sqlite
