// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes a ledger's file and brings it to the newest schema. Called while the ledger is opened, from
// one thread.

#include <span>
#include <string>
#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "storage/sqlite/database.h"

namespace firmbench::storage::sqlite {

// One file of storage/migrations: "0001_initial.sql" has version 1. Applied once, never changed.
struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

// Those built into this program, by version from 1 without gaps.
std::span<const Migration> BuiltInMigrations();

// Looks before anything is written. True when the file is there and a ledger, false when it is
// empty or missing (and `create`). LEDGER_MISSING, LEDGER_NOT_A_LEDGER, LEDGER_NEWER with
// "ledger_version" and "supported_version" as metadata, LEDGER_IO, LEDGER_CORRUPT.
Result<bool> Inspect(const std::string& path, bool create, std::span<const Migration> migrations);

// Makes an empty file that only its owner may read, durable in its folder.
Status CreateFile(const std::string& path);

// Applies what is missing, each file in one transaction with its row in `migrations`.
// LEDGER_CORRUPT when one that was applied has other content than ours.
Status Migrate(Database& database, std::span<const Migration> migrations, const Clock& clock);

// Compares the rows of `migrations` with ours, up to the database's version.
Status CheckMigrations(Database& database, std::span<const Migration> migrations);

}  // namespace firmbench::storage::sqlite
