// SPDX-License-Identifier: Apache-2.0
#pragma once

// What people decide and say about units. Every call is one transaction with one audit entry, and
// nothing is lost by any of them: dumps and evidence keep their rows, attributions and moves say
// where they belong now. Thread-safe; blocks on the database. Texts are kept in the ledger only:
// neither audit entries nor logs hold labels, notes or customers.

#include <string>
#include <vector>

#include "daemon/inventory/inventory.h"
#include "storage/storage.h"

namespace firmbench::inventory {

// What a person types is bounded: FIELD_TOO_LONG, FIELD_INVALID for control characters.
inline constexpr size_t kLongestLabel = 64;
inline constexpr size_t kLongestNote = 4000;
inline constexpr size_t kLongestShort = 200;  // reasons, tools, customers, tickets

class UnitDesk {
 public:
  // Both must outlive the desk.
  UnitDesk(storage::Ledger& ledger, Inventory& inventory)
      : ledger_(ledger), inventory_(inventory) {}

  // Ids are without "units/"; a unit that was merged stands for the one it turned out to be.
  // All: UNIT_NOT_FOUND, LEDGER_*.

  // "" takes the label off. LABEL_IN_USE when another unit has it.
  Status Label(const std::string& unit_id, const std::string& label, const std::string& principal);
  // Sets the note, and keeps it in the unit's history.
  Status Note(const std::string& unit_id, const std::string& text, const std::string& principal);
  // Work that was done with a foreign tool. What the EEPROM did around that time teaches nothing.
  Status NoteOutside(const std::string& unit_id, const std::string& tool, const std::string& text,
                     const std::string& principal);

  // `from` turned out to be `into`. UNITS_ARE_ONE. Returns the unit that counts now.
  Result<storage::Unit> Merge(const std::string& from, const std::string& into,
                              const std::string& reason, const std::string& principal);
  // These dumps are of another drive: they, and what was seen in jobs all of whose dumps go, become
  // a new unit. DUMP_NOT_OF_UNIT, SPLIT_LEAVES_NOTHING, DUMPS_REQUIRED. Returns the new unit.
  Result<storage::Unit> Split(const std::string& unit_id, const std::vector<std::string>& dump_ids,
                              const std::string& reason, const std::string& principal);

  // Says of a dump what it is of: "unit", "chip" or "unidentified". For "unit" with `unit_id` "" a
  // new unit is made. When the drive that it was read from is still attached and holds the same
  // EEPROM, what that drive shows becomes evidence of the unit. ATTRIBUTION_INVALID,
  // DUMP_NOT_FOUND. Returns the unit, or one without an id.
  Result<storage::Unit> Attribute(const std::string& dump_id, const std::string& kind,
                                  const std::string& unit_id, const std::string& reason,
                                  const std::string& principal);

  // Puts the unit away, or takes it out again. It is still recognised.
  Status Archive(const std::string& unit_id, bool archived, const std::string& reason,
                 const std::string& principal);

  Status SetCustomer(const std::string& unit_id, const std::string& customer,
                     const std::string& ticket, const std::string& principal);
  // Overwrites customers, tickets and notes of the unit. The audit log stays and can be proved: it
  // never held them.
  Status EraseCustomerData(const std::string& unit_id, const std::string& reason,
                           const std::string& principal);

 private:
  Status Change(const std::string& unit_id,
                const std::function<Status(storage::Transaction&)>& change);

  storage::Ledger& ledger_;
  Inventory& inventory_;
};

// May this EEPROM dump go into this drive? A drive whose EEPROM was ruined is not known by its
// content any more: then the label on it has to be scanned, and a second person has to agree.
struct EepromRestoreRule {
  bool allowed = false;
  bool needs_approval = false;
  Problem problem;  // when it is not allowed
};
// `own`: the unit that the dump is attributed to; nullptr for none. `label`: as scanned now, ""
// when nobody did.
EepromRestoreRule JudgeEepromRestore(const DriveSnapshot& drive, const storage::Unit* own,
                                     const std::string& label);

}  // namespace firmbench::inventory
