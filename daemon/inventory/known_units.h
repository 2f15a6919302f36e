// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger's units in memory, kept in step with it: an identification compares with all of them
// and must not read thousands of rows each time. Not thread-safe by itself; Refresh blocks on the
// database.

#include <set>
#include <string>
#include <vector>

#include "daemon/inventory/known_set.h"
#include "storage/storage.h"

namespace firmbench::inventory {

class KnownUnits {
 public:
  explicit KnownUnits(storage::Ledger& ledger) : ledger_(ledger) {}

  // Takes what changed since the last call: units that are new or changed and units with new EEPROM
  // dumps, those that Touch named, and everything when it cannot tell. LEDGER_* errors; what was
  // known stays then. An EEPROM dump whose blob is damaged counts as not there.
  Status Refresh();
  // What is attributed to the unit, or its evidence, may have changed; "" means any unit's.
  void Touch(const std::string& unit_id);

  const KnownSet& known() const { return known_; }

 private:
  Status FindChanged(std::set<std::string>& changed);
  Status ReloadAll(const std::set<std::string>& living);

  storage::Ledger& ledger_;
  KnownSet known_;
  std::string mark_;  // of the ledger as `known_` has it; "" when nothing was loaded
  int64_t newest_dump_ = 0;
  std::set<std::string> living_;   // units that were not merged into another
  std::set<std::string> touched_;  // "" in it: all
};

// One unit as matching wants it. LEDGER_* errors.
Result<KnownUnit> LoadKnownUnit(storage::Ledger& ledger, const std::string& unit_id);

}  // namespace firmbench::inventory
