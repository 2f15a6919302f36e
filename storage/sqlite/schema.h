// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is a ledger's schema the one that our migrations make? For the thread that owns the Database.

#include <string>
#include <vector>

#include "storage/sqlite/database.h"

namespace firmbench::storage::sqlite {

// What is missing, changed or too much, each as a sentence. The database has the newest version.
Result<std::vector<std::string>> CompareSchema(Database& database);

}  // namespace firmbench::storage::sqlite
