// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every unit that the ledger knows, in memory and in the form that matching wants, with what the
// units of one model teach together: which EEPROM bytes tell them apart and which change with use.
// A value; not thread-safe by itself.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/inventory/eeprom_learning.h"

namespace firmbench::inventory {

// What the ledger knows of a unit.
struct KnownUnit {
  std::string unit_id;
  std::vector<std::string> serials;
  Bytes eeprom;                            // its newest dump; empty when there is none
  std::vector<std::string> stable_sha256;  // of stable parts seen earlier, in hex
  std::string model;                       // of the newest EEPROM dump; "" without one
  bool simulated = false;       // what a simulated drive does teaches nothing of real ones
  std::string topology;         // newest of its kind, weak
  std::string bridge;           // newest of its kind, weak; "" for none
  std::vector<Change> changes;  // pairs of its dumps that may teach
};

// What the EEPROMs of one model teach.
struct ModelBytes {
  size_t units = 0;  // with an EEPROM dump
  // One byte per EEPROM byte: 1 where the units of the model differ. Bytes that are the same in all
  // of them belong to the model and say nothing of one unit.
  Bytes telling;
  Bytes constant;  // 1 where every unit has the same
  LearnedUse use;
  // Are enough units known to say which bytes tell them apart?
  bool known() const { return units >= kLeastUnits; }
};

class KnownSet {
 public:
  KnownSet() = default;
  explicit KnownSet(std::vector<KnownUnit> units);

  // Adds the unit, or replaces what was known of it.
  void Put(KnownUnit unit);
  void Remove(const std::string& unit_id);
  // Call after changes, before anything is asked.
  void Study();

  const std::vector<KnownUnit>& units() const { return units_; }
  const KnownUnit* Find(const std::string& unit_id) const;
  // How many units have shown this serial number.
  size_t UnitsWithSerial(const std::string& serial) const;
  // nullptr when no unit of the model has an EEPROM dump of that size.
  const ModelBytes* BytesOf(const std::string& model, bool simulated, size_t size_bytes) const;

 private:
  struct Model {
    std::vector<size_t> units;                      // places in units_
    std::vector<std::array<uint32_t, 256>> counts;  // by EEPROM byte: how many units have a value
    ModelBytes bytes;
    bool stale = true;
  };
  static std::string KeyOf(const std::string& model, bool simulated, size_t size_bytes);
  void Forget(const KnownUnit& unit);
  void StudyModel(Model& model) const;

  std::vector<KnownUnit> units_;
  std::map<std::string, size_t> places_;  // by unit id
  std::map<std::string, size_t> serials_;
  std::map<std::string, Model> models_;
};

}  // namespace firmbench::inventory
