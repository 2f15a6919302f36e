// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/schema.h"

#include <fmt/format.h>

#include <map>

#include "storage/sqlite/migrate.h"

namespace firmbench::storage::sqlite {
namespace {

using Schema = std::map<std::string, std::string>;  // "trigger units_fixed": its SQL

// Statistics are SQLite's own and come and go.
Result<Schema> ReadSchema(Database& database) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
                                    " WHERE name NOT LIKE 'sqlite_stat%'"));
  Schema schema;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return schema;
    schema.emplace(list.Text(0) + " " + list.Text(1), list.Text(2));
  }
}

Result<Schema> OurSchema() {
  ASSIGN_OR_RETURN(const auto database,
                   Database::Open({.path = ":memory:", .mode = Database::Mode::kCreate}));
  RETURN_IF_ERROR(Migrate(*database, BuiltInMigrations(), RealClock()));
  return ReadSchema(*database);
}

}  // namespace

Result<std::vector<std::string>> CompareSchema(Database& database) {
  ASSIGN_OR_RETURN(const Schema found, ReadSchema(database));
  ASSIGN_OR_RETURN(const Schema ours, OurSchema());
  std::vector<std::string> differences;
  for (const auto& [name, sql] : ours) {
    const auto at = found.find(name);
    if (at == found.end()) {
      differences.push_back(fmt::format("{} is missing", name));
    } else if (at->second != sql) {
      differences.push_back(fmt::format("{} is not as firmbench makes it", name));
    }
  }
  for (const auto& [name, sql] : found) {
    if (!ours.contains(name)) differences.push_back(fmt::format("{} is not firmbench's", name));
  }
  return differences;
}

}  // namespace firmbench::storage::sqlite
