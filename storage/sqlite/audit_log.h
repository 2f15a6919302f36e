// SPDX-License-Identifier: Apache-2.0
#pragma once

// The audit log's tables. For the thread that owns the Database; Append inside a transaction.

#include <cstdint>
#include <string>

#include "daemon/base/result.h"
#include "storage/audit/merkle.h"
#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

struct AuditContext {
  std::string bench_id;
  int64_t now_us = 0;
  bool clock_synchronised = false;
};

// Appends the entry, its leaf and the nodes that it completes, and returns its sequence number.
// When the clock stands before the previous entry's time, an entry "clock.jump" comes first.
Result<int64_t> AppendAudit(Database& database, const AuditContext& context, const AuditFact& fact);

// Reads stored nodes; level 0 are the entries' leaf hashes. The database must outlive it.
audit::NodeReader StoredNodes(Database& database);

// The columns that ReadAuditEntry expects, of a table alias "a".
inline constexpr const char* kAuditColumns =
    "a.sequence, a.time_us, a.json, a.leaf_hash, a.principal, a.action, a.resource, a.outcome";
AuditEntry ReadAuditEntry(const Statement& statement);

}  // namespace firmbench::storage::sqlite
