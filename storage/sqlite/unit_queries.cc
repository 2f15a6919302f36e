// SPDX-License-Identifier: Apache-2.0
// Units and what is said of them; the rest of queries.h is in queries.cc.

#include "storage/sqlite/paging.h"
#include "storage/sqlite/queries.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr int kMaxMerges = 64;  // in a row; unit_roots follows as many

// Evidence ("e") with the unit that its newest move names ("now_id").
std::string SelectEvidence(std::string_view condition) {
  return fmt::format(
      "SELECT {}, e.seq, coalesce((SELECT m.unit_id FROM evidence_moves m"
      " WHERE m.evidence_id = e.id ORDER BY m.seq DESC LIMIT 1), e.unit_id) AS now_id"
      " FROM unit_evidence e WHERE {} ORDER BY e.seq DESC",
      ColumnList<UnitEvidence>("e"), condition);
}

Result<std::vector<UnitEvidence>> AllEvidence(Database& database, Statement& list) {
  std::vector<UnitEvidence> rows;
  const auto columns = static_cast<int>(TableOf<UnitEvidence>().columns.size());
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return rows;
    UnitEvidence evidence = ReadRow<UnitEvidence>(list);
    evidence.sequence = list.Int(columns);
    ASSIGN_OR_RETURN(const Unit unit, ResolveUnit(database, list.Text(columns + 1)));
    evidence.unit_id = unit.id;
    rows.push_back(std::move(evidence));
  }
}

template <typename Row>
std::string SelectOfFamily(std::string_view order) {
  return fmt::format("{}SELECT {}, t.seq FROM {} t WHERE t.unit_id IN family ORDER BY t.seq {}",
                     kFamily, ColumnList<Row>("t"), TableOf<Row>().name, order);
}

}  // namespace

Result<Unit> GetUnit(Database& database, const std::string& id) {
  return Get<Unit>(database, id, "UNIT_NOT_FOUND", "unit");
}

Result<Paged<Unit>> ListUnits(Database& database, const UnitFilter& filter, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT number FROM units WHERE id = ?1", page.after));
  Where where;
  if (!filter.archived_too) where.Add("t.archived = 0 AND t.merged_into IS NULL");
  return OnePage<Unit>(
      database, Select<Unit>(""), "t.number", std::move(where), start, page,
      [](const Statement& row) { return ReadRow<Unit>(row); }, IdOfRow<Unit>);
}

Result<Unit> ResolveUnit(Database& database, const std::string& id) {
  ASSIGN_OR_RETURN(Unit unit, GetUnit(database, id));
  for (int merges = 0; !unit.merged_into.empty(); ++merges) {
    if (merges == kMaxMerges) {
      return DataLoss("LEDGER_CORRUPT", "the merges of this unit come to no end");
    }
    ASSIGN_OR_RETURN(unit, GetUnit(database, unit.merged_into));
  }
  return unit;
}

Result<std::vector<UnitEvent>> ListUnitEvents(Database& database, const std::string& unit_id) {
  ASSIGN_OR_RETURN(Statement list, database.Prepare(SelectOfFamily<UnitEvent>("ASC")));
  list.Bind(unit_id);
  std::vector<UnitEvent> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return rows;
    rows.push_back(ReadRow<UnitEvent>(list));
    rows.back().sequence = list.Int(static_cast<int>(TableOf<UnitEvent>().columns.size()));
  }
}

Result<std::vector<Customer>> ListCustomers(Database& database, const std::string& unit_id) {
  ASSIGN_OR_RETURN(Statement list, database.Prepare(SelectOfFamily<Customer>("DESC")));
  return All<Customer>(list.Bind(unit_id));
}

Result<std::vector<UnitEvidence>> ListEvidence(Database& database, const std::string& unit_id) {
  static const std::string* const kSql = new std::string(
      std::string(kFamily) +
      SelectEvidence("now_id IN family AND e.id IN (SELECT id FROM unit_evidence WHERE unit_id IN"
                     " family UNION SELECT evidence_id FROM evidence_moves WHERE unit_id IN"
                     " family)"));
  ASSIGN_OR_RETURN(Statement list, database.Prepare(*kSql));
  return AllEvidence(database, list.Bind(unit_id));
}

Result<std::vector<UnitEvidence>> FindEvidence(Database& database, const std::string& kind,
                                               const std::string& value) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(SelectEvidence("e.kind = ?1 AND e.value = ?2")));
  return AllEvidence(database, list.Bind(kind, value));
}

Result<std::string> IdentityMark(Database& database) {
  ASSIGN_OR_RETURN(Statement mark,
                   database.Prepare("SELECT printf('%d.%d.%d.%d.%d.%s',"
                                    " (SELECT max(seq) FROM unit_evidence),"
                                    " (SELECT max(seq) FROM evidence_moves),"
                                    " (SELECT max(seq) FROM dump_attributions),"
                                    " (SELECT max(seq) FROM dumps WHERE memory = 'eeprom'),"
                                    " (SELECT max(seq) FROM archivings),"
                                    " (SELECT value FROM bench WHERE key = 'unit_changes'))"));
  ASSIGN_OR_RETURN(const bool found, mark.Step());
  return found ? mark.Text(0) : std::string();
}

}  // namespace firmbench::storage::sqlite
