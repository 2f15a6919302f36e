// SPDX-License-Identifier: Apache-2.0
#pragma once

// Erasing what is known of a customer: the rows stay, their texts go. For the thread that owns the
// Database.

#include <cstdint>
#include <string>

#include "daemon/base/result.h"
#include "storage/sqlite/database.h"

namespace firmbench::storage::sqlite {

// As Transaction::EraseCustomerData, inside a transaction. UNIT_NOT_FOUND.
Status EraseCustomer(Database& database, const std::string& unit_id, int64_t now_us);

// After the commit: takes the old bytes out of the write-ahead log, on a connection of its own.
// LEDGER_BUSY when a reader kept it from that for the whole of the busy time.
Status WipeLog(const Database::Options& options);

}  // namespace firmbench::storage::sqlite
