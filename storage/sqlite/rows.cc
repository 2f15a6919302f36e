// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/rows.h"

#include <type_traits>
#include <vector>

#include "storage/audit/canonical_json.h"

namespace firmbench::storage::sqlite {
namespace {

using audit::Json;

template <typename Row>
Error Missing(const Row&) {
  return NotFound("NOT_FOUND",
                  fmt::format("no such row in the ledger's table {}", TableOf<Row>().name));
}

// "a = ?1 AND b = ?2" over the key columns, from parameter `first` on.
template <typename Row>
std::string KeyCondition(int first) {
  std::string text;
  for (const auto& column : TableOf<Row>().columns) {
    if (column.kind != ColumnKind::kKey) continue;
    fmt::format_to(std::back_inserter(text), "{}{} = ?{}", text.empty() ? "" : " AND ", column.name,
                   first++);
  }
  return text;
}
template <typename Row>
void BindKeys(Statement& statement, int first, const Row& row) {
  for (const auto& column : TableOf<Row>().columns) {
    if (column.kind == ColumnKind::kKey) BindColumn(statement, first++, row, column);
  }
}

// SQL texts depend on the type only: made once, then looked up among the prepared statements.
template <typename Row>
const std::string& InsertSql() {
  static const std::string* const kSql = [] {
    std::string names;
    std::string parameters;
    int index = 0;
    for (const auto& column : TableOf<Row>().columns) {
      fmt::format_to(std::back_inserter(names), "{}, ", column.name);
      fmt::format_to(std::back_inserter(parameters), "?{}, ", ++index);
    }
    return new std::string(fmt::format("INSERT INTO {} ({}row_sha256) VALUES ({}?{})",
                                       TableOf<Row>().name, names, parameters, index + 1));
  }();
  return *kSql;
}
template <typename Row>
const std::string& UpdateSql() {
  static const std::string* const kSql = [] {
    std::string sets;
    int index = 0;
    for (const auto& column : TableOf<Row>().columns) {
      if (!IsMutable(column)) continue;
      fmt::format_to(std::back_inserter(sets), "{} = ?{}, ", column.name, ++index);
    }
    return new std::string(fmt::format("UPDATE {} SET {}row_sha256 = ?{} WHERE {}",
                                       TableOf<Row>().name, sets, index + 1,
                                       KeyCondition<Row>(index + 2)));
  }();
  return *kSql;
}
template <typename Row>
const std::string& FindSql() {
  static const std::string* const kSql =
      new std::string(fmt::format("SELECT {} FROM {} AS t WHERE {}", ColumnList<Row>("t"),
                                  TableOf<Row>().name, KeyCondition<Row>(1)));
  return *kSql;
}

}  // namespace

template <typename Row>
Sha256Digest RowDigest(const Row& row) {
  Json json = Json::Object();
  for (const auto& column : TableOf<Row>().columns) {
    std::visit(
        [&](auto member) {
          const auto& field = row.*member;
          if (column.added_later && field == std::remove_cvref_t<decltype(field)>()) return;
          if constexpr (std::is_same_v<decltype(member), std::string Row::*>) {
            json.Set(column.name, IsReference(column) && field.empty() ? Json() : Json(field));
          } else {
            json.Set(column.name, static_cast<int64_t>(field));
          }
        },
        column.member);
  }
  return Sha256(AsBytes(json.Dump()));
}

template <typename Row>
Status InsertRow(Database& database, const Row& row) {
  const Sha256Digest digest = RowDigest(row);
  ASSIGN_OR_RETURN(Statement insert, database.Prepare(InsertSql<Row>()));
  int index = 0;
  for (const auto& column : TableOf<Row>().columns) BindColumn(insert, ++index, row, column);
  insert.BindOne(index + 1, ByteView(digest));
  return insert.Run();
}

template <typename Row>
Status UpdateRow(Database& database, const Row& row) {
  ASSIGN_OR_RETURN(std::optional<Row> current, FindRow(database, row));
  if (!current) return Missing(row);
  ASSIGN_OR_RETURN(Statement update, database.Prepare(UpdateSql<Row>()));
  int index = 0;
  for (const auto& column : TableOf<Row>().columns) {
    if (!IsMutable(column)) continue;
    std::visit([&](auto member) { (*current).*member = row.*member; }, column.member);
    BindColumn(update, ++index, row, column);
  }
  // Over the whole row as it will be: fixed columns as the ledger has them.
  const Sha256Digest digest = RowDigest(*current);
  update.BindOne(index + 1, ByteView(digest));
  BindKeys(update, index + 2, row);
  return update.Run();
}

template <typename Row>
Result<std::optional<Row>> FindRow(Database& database, const Row& keys) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(FindSql<Row>()));
  BindKeys(find, 1, keys);
  ASSIGN_OR_RETURN(const bool found, find.Step());
  if (!found) return std::optional<Row>();
  return std::optional<Row>(ReadRow<Row>(find));
}

#define FB_ROW(Row)                                      \
  template Sha256Digest RowDigest<Row>(const Row&);      \
  template Status InsertRow<Row>(Database&, const Row&); \
  template Status UpdateRow<Row>(Database&, const Row&); \
  template Result<std::optional<Row>> FindRow<Row>(Database&, const Row&);
FB_ROW(Unit)
FB_ROW(UnitEvidence)
FB_ROW(Dump)
FB_ROW(DumpAttribution)
FB_ROW(Image)
FB_ROW(Job)
FB_ROW(JobStep)
FB_ROW(JobEvent)
FB_ROW(Quarantine)
FB_ROW(Claim)
FB_ROW(SpilledRecord)
FB_ROW(UnitEvent)
FB_ROW(Customer)
FB_ROW(EvidenceMove)
FB_ROW(DumpFile)
FB_ROW(DumpProof)
FB_ROW(Archiving)
FB_ROW(ImageMark)
FB_ROW(Checkpoint)
FB_ROW(Copy)
FB_ROW(Credential)
FB_ROW(Approval)
FB_ROW(JobTrace)
#undef FB_ROW

}  // namespace firmbench::storage::sqlite
