// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/audit_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/clock.h"
#include "daemon/base/utf8.h"
#include "storage/audit/entry.h"

namespace firmbench::storage::sqlite {
namespace {

struct Last {
  int64_t size = 0;  // entries so far
  int64_t time_us = 0;
};

Result<Last> LastEntry(Database& database) {
  ASSIGN_OR_RETURN(Statement last, database.Prepare("SELECT sequence, time_us FROM audit_entries"
                                                    " ORDER BY sequence DESC LIMIT 1"));
  ASSIGN_OR_RETURN(const bool found, last.Step());
  return found ? Last{.size = last.Int(0) + 1, .time_us = last.Int(1)} : Last{};
}

Status AppendOne(Database& database, const AuditContext& context, const AuditFact& fact,
                 int64_t sequence) {
  const std::string json = audit::EntryJson(fact, sequence, context.now_us, context.bench_id,
                                            context.clock_synchronised);
  ASSIGN_OR_RETURN(const auto nodes,
                   audit::Append(sequence, audit::LeafHash(AsBytes(json)), StoredNodes(database)));
  ASSIGN_OR_RETURN(
      Statement entry,
      database.Prepare("INSERT INTO audit_entries (sequence, time_us, json, leaf_hash, principal,"
                       " action, resource, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  // The columns hold what the text holds, also where the caller's was not UTF-8.
  RETURN_IF_ERROR(entry
                      .Bind(sequence, context.now_us, json, ByteView(nodes.front().hash),
                            ReplaceInvalidUtf8(fact.principal), ReplaceInvalidUtf8(fact.action),
                            ReplaceInvalidUtf8(fact.resource), ReplaceInvalidUtf8(fact.outcome))
                      .Run());
  ASSIGN_OR_RETURN(
      Statement insert,
      database.Prepare("INSERT INTO audit_nodes (level, idx, hash) VALUES (?1, ?2, ?3)"));
  for (size_t i = 1; i < nodes.size(); ++i) {
    RETURN_IF_ERROR(insert.Bind(nodes[i].level, nodes[i].index, ByteView(nodes[i].hash)).Run());
  }
  return Ok();
}

}  // namespace

Result<int64_t> AppendAudit(Database& database, const AuditContext& context,
                            const AuditFact& fact) {
  ASSIGN_OR_RETURN(const Last last, LastEntry(database));
  int64_t sequence = last.size;
  if (context.now_us < last.time_us) {
    const AuditFact jump{.principal = "firmbenchd",
                         .action = "clock.jump",
                         .resource = "benches/" + context.bench_id,
                         .outcome = "ok",
                         .details = {{"previous", FormatRfc3339(last.time_us)},
                                     {"now", FormatRfc3339(context.now_us)}}};
    RETURN_IF_ERROR(AppendOne(database, context, jump, sequence));
    ++sequence;
  }
  RETURN_IF_ERROR(AppendOne(database, context, fact, sequence));
  return sequence;
}

audit::NodeReader StoredNodes(Database& database) {
  return [&database](int level, int64_t index) -> Result<audit::Hash> {
    ASSIGN_OR_RETURN(
        Statement read,
        database.Prepare(level == 0
                             ? "SELECT leaf_hash FROM audit_entries WHERE sequence = ?1"
                             : "SELECT hash FROM audit_nodes WHERE idx = ?1 AND level = ?2"));
    read.Bind(index);
    if (level != 0) read.BindOne(2, level);
    ASSIGN_OR_RETURN(const bool found, read.Step());
    audit::Hash hash{};
    if (!found || read.Blob(0).size() != hash.size()) {
      return DataLoss("LEDGER_CORRUPT",
                      fmt::format("node {} of level {} of the audit tree is missing", index, level))
          .WithRemedy("Verify the ledger and bring back the newest copy that verifies.");
    }
    const ByteView stored = read.Blob(0);
    std::copy(stored.begin(), stored.end(), hash.begin());
    return hash;
  };
}

AuditEntry ReadAuditEntry(const Statement& statement) {
  return {.sequence = statement.Int(0),
          .time_us = statement.Int(1),
          .json = statement.Text(2),
          .leaf_hash = ToHex(statement.Blob(3)),
          .principal = statement.Text(4),
          .action = statement.Text(5),
          .resource = statement.Text(6),
          .outcome = statement.Text(7)};
}

}  // namespace firmbench::storage::sqlite
