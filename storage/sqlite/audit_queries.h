// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the audit log is asked: lists of entries, the tree at any size it had, proofs, checkpoints.
// For the thread that owns the Database.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

Result<Paged<AuditEntry>> ListAudit(Database& database, const AuditFilter& filter,
                                    const Page& page);
Result<std::vector<AuditEntry>> ExportAudit(Database& database, const AuditFilter& filter,
                                            int64_t first, int limit);
Result<AuditEntry> GetAuditEntry(Database& database, int64_t sequence);

Result<int64_t> AuditSize(Database& database);
Result<std::string> AuditRoot(Database& database, int64_t size);
Result<std::vector<std::string>> ProveInclusion(Database& database, int64_t sequence, int64_t size);
Result<std::vector<std::string>> ProveConsistency(Database& database, int64_t old_size,
                                                  int64_t new_size);
Result<std::optional<Checkpoint>> FindCheckpoint(Database& database, int64_t size);

}  // namespace firmbench::storage::sqlite
