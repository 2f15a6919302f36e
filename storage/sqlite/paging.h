// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the lists of queries.cc and unit_queries.cc share: conditions from filters, pages, rows. For
// the thread that owns the Database.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/sqlite/rows.h"

namespace firmbench::storage::sqlite {

inline constexpr int kMaxPage = 1000;

// A condition and its parameters, put together from the filters that are set. Column names come
// from this file only; what a caller gives is always bound.
class Where {
 public:
  void Equals(const char* column, const std::string& value) {
    if (value.empty()) return;
    values_.emplace_back(value);
    Add(fmt::format("{} = ?{}", column, values_.size()));
  }
  // A column that names the unit or one that was merged into it.
  void InFamily(const char* column, const std::string& unit_id) {
    if (unit_id.empty()) return;
    values_.emplace_back(unit_id);
    Add(fmt::format(
        "{} IN (WITH RECURSIVE family (id) AS (SELECT ?{} UNION SELECT u.id FROM units u"
        " JOIN family f ON u.merged_into = f.id) SELECT id FROM family)",
        column, values_.size()));
  }
  // Binds the text and returns the parameter's name, for a condition given to Add.
  std::string Parameter(const std::string& value) {
    values_.emplace_back(value);
    return fmt::format("?{}", values_.size());
  }
  // A number, bound; `comparison` is "a.b >=".
  void Compare(const char* comparison, int64_t value) {
    values_.emplace_back(value);
    Add(fmt::format("{} ?{}", comparison, values_.size()));
  }
  void Add(const std::string& condition) {
    fmt::format_to(std::back_inserter(text_), "{}{}", text_.empty() ? " WHERE " : " AND ",
                   condition);
  }
  // The number that the next Equals would use.
  size_t next() const { return values_.size() + 1; }
  const std::string& text() const { return text_; }
  void BindTo(Statement& statement) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      std::visit([&](const auto& value) { statement.BindOne(static_cast<int>(i) + 1, value); },
                 values_[i]);
    }
  }

 private:
  std::string text_;
  std::vector<std::variant<std::string, int64_t>> values_;
};

inline Error BadPage() {
  return InvalidArgument("PAGE_TOKEN_INVALID", "the list has no row of that name to go on after");
}

template <typename Row>
Result<std::vector<Row>> All(Statement& statement) {
  std::vector<Row> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return rows;
    rows.push_back(ReadRow<Row>(statement));
  }
}

template <typename Row>
Result<std::optional<Row>> First(Statement& statement) {
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<Row>();
  return std::optional<Row>(ReadRow<Row>(statement));
}

template <typename Row>
Result<Row> Get(Database& database, const std::string& id, std::string_view reason,
                std::string_view what) {
  Row keys;
  keys.id = id;
  ASSIGN_OR_RETURN(std::optional<Row> row, FindRow(database, keys));
  if (!row) return NotFound(reason, fmt::format("no {} with this id in the ledger", what));
  return std::move(*row);
}

// Where a page starts: rows below the returned number, which is that of the row `after`.
inline Result<int64_t> Start(Database& database, std::string_view sql, const std::string& after) {
  if (after.empty()) return std::numeric_limits<int64_t>::max();
  ASSIGN_OR_RETURN(Statement find, database.Prepare(sql));
  ASSIGN_OR_RETURN(const bool found, find.Bind(after).Step());
  if (!found) return BadPage();
  return find.Int(0);
}

// Runs "SELECT columns FROM from WHERE ... ORDER BY order DESC" for one row more than the page has.
template <typename Row, typename Read, typename Name>
Result<Paged<Row>> OnePage(Database& database, const std::string& select, const char* order,
                           Where where, int64_t start, const Page& page, Read read, Name name) {
  const auto size = static_cast<size_t>(std::clamp(page.size, 1, kMaxPage));
  const auto parameter = static_cast<int>(where.next());
  where.Add(fmt::format("{} < ?{}", order, parameter));
  ASSIGN_OR_RETURN(Statement statement,
                   database.Prepare(fmt::format("{}{} ORDER BY {} DESC LIMIT ?{}", select,
                                                where.text(), order, parameter + 1)));
  where.BindTo(statement);
  statement.BindOne(parameter, start);
  statement.BindOne(parameter + 1, static_cast<int64_t>(size + 1));
  Paged<Row> result;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return result;
    if (result.rows.size() == size) {
      result.next = name(result.rows.back());
      return result;
    }
    result.rows.push_back(read(statement));
  }
}

template <typename Row>
std::string IdOfRow(const Row& row) {
  return row.id;
}

template <typename Row>
std::string Select(std::string_view condition) {
  return fmt::format("SELECT {} FROM {} t {}", ColumnList<Row>("t"), TableOf<Row>().name,
                     condition);
}

// A unit ?1 and all that were merged into it, directly or not. Goes before a SELECT.
inline constexpr std::string_view kFamily =
    "WITH RECURSIVE family (id) AS (SELECT ?1 UNION"
    " SELECT u.id FROM units u JOIN family f ON u.merged_into = f.id) ";

}  // namespace firmbench::storage::sqlite
