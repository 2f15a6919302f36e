// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the structs of storage.h lie in tables: one list of columns for each, from which inserts,
// updates, reads and row digests are made. For the thread that owns the Database.

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/base/hash.h"
#include "daemon/base/result.h"
#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

enum class ColumnKind : unsigned char {
  kKey,        // names the row in updates
  kFixed,      // never changes
  kReference,  // of another table; "" is NULL; never changes
  kMutable,
  kMutableReference,
};

template <typename Row>
struct Column {
  const char* name;
  std::variant<std::string Row::*, int64_t Row::*, bool Row::*> member;
  ColumnKind kind = ColumnKind::kFixed;
  // Added by a later migration: left out of the row's digest while it is 0, false or "", so that
  // rows written before keep theirs.
  bool added_later = false;
};

template <typename Row>
struct Table {
  const char* name;
  std::span<const Column<Row>> columns;  // all but seq and row_sha256
};

// Defined in tables.cc.
template <typename Row>
const Table<Row>& TableOf();
template <>
const Table<Unit>& TableOf<Unit>();
template <>
const Table<UnitEvidence>& TableOf<UnitEvidence>();
template <>
const Table<Dump>& TableOf<Dump>();
template <>
const Table<DumpAttribution>& TableOf<DumpAttribution>();
template <>
const Table<Image>& TableOf<Image>();
template <>
const Table<Job>& TableOf<Job>();
template <>
const Table<JobStep>& TableOf<JobStep>();
template <>
const Table<JobEvent>& TableOf<JobEvent>();
template <>
const Table<Quarantine>& TableOf<Quarantine>();
template <>
const Table<Claim>& TableOf<Claim>();
template <>
const Table<SpilledRecord>& TableOf<SpilledRecord>();
template <>
const Table<UnitEvent>& TableOf<UnitEvent>();
template <>
const Table<Customer>& TableOf<Customer>();
template <>
const Table<EvidenceMove>& TableOf<EvidenceMove>();
template <>
const Table<DumpFile>& TableOf<DumpFile>();
template <>
const Table<DumpProof>& TableOf<DumpProof>();
template <>
const Table<Archiving>& TableOf<Archiving>();
template <>
const Table<ImageMark>& TableOf<ImageMark>();
template <>
const Table<Checkpoint>& TableOf<Checkpoint>();
template <>
const Table<Copy>& TableOf<Copy>();
template <>
const Table<Credential>& TableOf<Credential>();
template <>
const Table<Approval>& TableOf<Approval>();
template <>
const Table<JobTrace>& TableOf<JobTrace>();

template <typename Row>
bool IsReference(const Column<Row>& column) {
  return column.kind == ColumnKind::kReference || column.kind == ColumnKind::kMutableReference;
}
template <typename Row>
bool IsMutable(const Column<Row>& column) {
  return column.kind == ColumnKind::kMutable || column.kind == ColumnKind::kMutableReference;
}

// "prefix.a, prefix.b, ..." in the order of ReadRow.
template <typename Row>
std::string ColumnList(std::string_view prefix) {
  std::string list;
  for (const auto& column : TableOf<Row>().columns) {
    fmt::format_to(std::back_inserter(list), "{}{}.{}", list.empty() ? "" : ", ", prefix,
                   column.name);
  }
  return list;
}

// Reads the columns of ColumnList from the statement's row, from `first` on.
template <typename Row>
Row ReadRow(const Statement& statement, int first = 0) {
  Row row;
  for (const auto& column : TableOf<Row>().columns) {
    const int at = first++;
    std::visit(
        [&](auto member) {
          auto& field = row.*member;
          using Field = std::remove_reference_t<decltype(field)>;
          if constexpr (std::is_same_v<Field, std::string>) {
            field = statement.Text(at);
          } else {
            field = static_cast<Field>(statement.Int(at));
          }
        },
        column.member);
  }
  return row;
}

template <typename Row>
void BindColumn(Statement& statement, int index, const Row& row, const Column<Row>& column) {
  std::visit(
      [&](auto member) {
        if constexpr (std::is_same_v<decltype(member), std::string Row::*>) {
          if (IsReference(column)) {
            statement.BindOne(index, Nullable{row.*member});
            return;
          }
        }
        statement.BindOne(index, row.*member);
      },
      column.member);
}

// SHA-256 of the row's columns as canonical JSON: NULL for an empty reference, 0 or 1 for bool,
// nothing for a column that was added later and holds its default.
// Verify() compares it, so that a changed byte is noticed in every table.
template <typename Row>
Sha256Digest RowDigest(const Row& row);

// ALREADY_EXISTS, NOT_FOUND (a reference), LEDGER_*.
template <typename Row>
Status InsertRow(Database& database, const Row& row);

// Writes the mutable columns of the row with these keys. NOT_FOUND when there is none.
template <typename Row>
Status UpdateRow(Database& database, const Row& row);

// The row with the same keys as `keys`, as the ledger has it.
template <typename Row>
Result<std::optional<Row>> FindRow(Database& database, const Row& keys);

}  // namespace firmbench::storage::sqlite
