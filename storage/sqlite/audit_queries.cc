// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/audit_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "storage/audit/merkle.h"
#include "storage/sqlite/audit_log.h"
#include "storage/sqlite/paging.h"

namespace firmbench::storage::sqlite {
namespace {

std::string SelectEntries() { return fmt::format("SELECT {} FROM audit_entries a", kAuditColumns); }

Where WhereOf(const AuditFilter& filter) {
  Where where;
  where.Equals("a.resource", filter.resource);
  where.Equals("a.principal", filter.principal);
  where.Equals("a.action", filter.action);
  if (!filter.unit_id.empty()) {
    // Also what was said of it under the names of units that were merged into it, and of dumps that
    // were once taken for its own.
    where.Add(fmt::format(
        "a.resource IN (WITH RECURSIVE family (id) AS (SELECT {} UNION SELECT u.id FROM units u"
        " JOIN family f ON u.merged_into = f.id)"
        " SELECT 'units/' || id FROM family"
        " UNION SELECT 'jobs/' || j.id FROM jobs j WHERE j.unit_id IN family"
        " UNION SELECT 'dumps/' || d.dump_id FROM dump_attributions d WHERE d.unit_id IN family)",
        where.Parameter(filter.unit_id)));
  }
  if (filter.from_us != 0) where.Compare("a.time_us >=", filter.from_us);
  if (filter.until_us != 0) where.Compare("a.time_us <", filter.until_us);
  return where;
}

// What was asked for lies outside of the tree; a proof that needs a node that is missing says so
// itself.
Status CheckSize(Database& database, int64_t size) {
  ASSIGN_OR_RETURN(const int64_t now, AuditSize(database));
  if (size >= 0 && size <= now) return Ok();
  return InvalidArgument("TREE_RANGE",
                         fmt::format("the audit log has {} entries, not {}", now, size));
}

std::vector<std::string> Hex(const std::vector<audit::Hash>& hashes) {
  std::vector<std::string> texts;
  for (const audit::Hash& hash : hashes) texts.push_back(ToHex(hash));
  return texts;
}

}  // namespace

Result<Paged<AuditEntry>> ListAudit(Database& database, const AuditFilter& filter,
                                    const Page& page) {
  int64_t start = std::numeric_limits<int64_t>::max();
  if (!page.after.empty()) {
    const char* const end = page.after.data() + page.after.size();
    const auto parsed = std::from_chars(page.after.data(), end, start);
    if (parsed.ec != std::errc() || parsed.ptr != end || start < 0) return BadPage();
  }
  return OnePage<AuditEntry>(
      database, SelectEntries(), "a.sequence", WhereOf(filter), start, page, ReadAuditEntry,
      [](const AuditEntry& entry) { return fmt::format("{}", entry.sequence); });
}

Result<std::vector<AuditEntry>> ExportAudit(Database& database, const AuditFilter& filter,
                                            int64_t first, int limit) {
  Where where = WhereOf(filter);
  where.Compare("a.sequence >=", first);
  ASSIGN_OR_RETURN(Statement list, database.Prepare(fmt::format("{}{} ORDER BY a.sequence LIMIT {}",
                                                                SelectEntries(), where.text(),
                                                                std::clamp(limit, 1, kMaxPage))));
  where.BindTo(list);
  std::vector<AuditEntry> entries;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return entries;
    entries.push_back(ReadAuditEntry(list));
  }
}

Result<AuditEntry> GetAuditEntry(Database& database, int64_t sequence) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(SelectEntries() + " WHERE a.sequence = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(sequence).Step());
  if (!found) {
    return NotFound("AUDIT_ENTRY_NOT_FOUND", fmt::format("there is no audit entry {}", sequence));
  }
  return ReadAuditEntry(find);
}

Result<int64_t> AuditSize(Database& database) {
  return database.QueryInt("SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries");
}

Result<std::string> AuditRoot(Database& database, int64_t size) {
  RETURN_IF_ERROR(CheckSize(database, size));
  ASSIGN_OR_RETURN(const audit::Hash root, audit::Root(size, StoredNodes(database)));
  return ToHex(root);
}

Result<std::vector<std::string>> ProveInclusion(Database& database, int64_t sequence,
                                                int64_t size) {
  RETURN_IF_ERROR(CheckSize(database, size));
  ASSIGN_OR_RETURN(const auto proof, audit::InclusionProof(sequence, size, StoredNodes(database)));
  return Hex(proof);
}

Result<std::vector<std::string>> ProveConsistency(Database& database, int64_t old_size,
                                                  int64_t new_size) {
  RETURN_IF_ERROR(CheckSize(database, new_size));
  ASSIGN_OR_RETURN(const auto proof,
                   audit::ConsistencyProof(old_size, new_size, StoredNodes(database)));
  return Hex(proof);
}

Result<std::optional<Checkpoint>> FindCheckpoint(Database& database, int64_t size) {
  ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare(Select<Checkpoint>("WHERE t.tree_size = ?1 ORDER BY t.seq DESC LIMIT 1")));
  return First<Checkpoint>(find.Bind(size));
}

}  // namespace firmbench::storage::sqlite
