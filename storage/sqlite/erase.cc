// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/erase.h"

#include <vector>

#include "storage/sqlite/paging.h"
#include "storage/sqlite/queries.h"
#include "storage/sqlite/search.h"

namespace firmbench::storage::sqlite {
namespace {

Status EraseNote(Database& database, const std::string& unit_id) {
  ASSIGN_OR_RETURN(Unit unit, GetUnit(database, unit_id));
  if (unit.note.empty()) return Ok();
  unit.note.clear();
  RETURN_IF_ERROR(ForgetTexts(database, unit_id, Texts::kOfUnit));
  return UpdateRow(database, unit);
}

Result<std::vector<std::string>> FamilyOf(Database& database, const std::string& unit_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(std::string(kFamily) + "SELECT id FROM family"));
  list.Bind(unit_id);
  std::vector<std::string> ids;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return ids;
    ids.push_back(list.Text(0));
  }
}

}  // namespace

Status EraseCustomer(Database& database, const std::string& unit_id, int64_t now_us) {
  RETURN_IF_ERROR(GetUnit(database, unit_id));
  ASSIGN_OR_RETURN(const auto customers, ListCustomers(database, unit_id));
  for (Customer customer : customers) {
    if (customer.erased_us != 0) continue;
    customer.customer.clear();
    customer.ticket.clear();
    customer.erased_us = now_us;
    RETURN_IF_ERROR(ForgetTexts(database, customer.id, Texts::kAll));
    RETURN_IF_ERROR(UpdateRow(database, customer));
  }
  ASSIGN_OR_RETURN(const auto events, ListUnitEvents(database, unit_id));
  for (UnitEvent event : events) {
    if (event.erased_us != 0 || event.text.empty()) continue;
    event.text.clear();
    event.erased_us = now_us;
    RETURN_IF_ERROR(ForgetTexts(database, event.id, Texts::kOfUnitEvent));
    RETURN_IF_ERROR(UpdateRow(database, event));
  }
  ASSIGN_OR_RETURN(const auto units, FamilyOf(database, unit_id));
  for (const std::string& id : units) RETURN_IF_ERROR(EraseNote(database, id));
  RETURN_IF_ERROR(IndexNewTexts(database));
  return WipeIndex(database);
}

Status WipeLog(const Database::Options& options) {
  ASSIGN_OR_RETURN(const auto database, Database::Open(options));
  ASSIGN_OR_RETURN(const int64_t busy, database->QueryInt("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (busy == 0) return Ok();
  return Unavailable("LEDGER_BUSY", "what was erased is still in the log of the ledger");
}

}  // namespace firmbench::storage::sqlite
