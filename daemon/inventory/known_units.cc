// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/known_units.h"

namespace firmbench::inventory {
namespace {

Result<KnownUnit> LoadUnit(storage::Ledger& ledger, const std::string& unit_id) {
  KnownUnit known;
  known.unit_id = unit_id;
  ASSIGN_OR_RETURN(const auto evidence, ledger.ListEvidence(unit_id));
  for (const auto& item : evidence) {
    if (item.kind == "vpd_serial" || item.kind == "mmc_serial" || item.kind == "ata_serial") {
      known.serials.push_back(item.value);
    } else if (item.kind == "eeprom_stable") {
      known.stable_sha256.push_back(item.value);
    }
  }
  ASSIGN_OR_RETURN(const auto dump, ledger.NewestDump(unit_id, "eeprom"));
  if (dump) {
    auto bytes = ledger.ReadBlob(dump->sha256);
    if (bytes) known.eeprom = std::move(*bytes);
  }
  return known;
}

}  // namespace

Result<std::vector<KnownUnit>> LoadKnownUnits(storage::Ledger& ledger) {
  std::vector<KnownUnit> units;
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger.ListUnits(page));
    for (const auto& unit : listed.rows) {
      if (unit.archived) continue;
      ASSIGN_OR_RETURN(KnownUnit known, LoadUnit(ledger, unit.id));
      units.push_back(std::move(known));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return units;
}

}  // namespace firmbench::inventory
