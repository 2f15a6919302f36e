// SPDX-License-Identifier: Apache-2.0
// What the inventory knows of units beyond the drives that are attached.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/inventory/evidence.h"
#include "daemon/inventory/inventory.h"

namespace firmbench::inventory {
namespace {

size_t Count(ByteView map) {
  size_t count = 0;
  for (const uint8_t byte : map) count += byte;
  return count;
}

std::string KnowledgeWords(const EepromKnowledge& knowledge, const ModelBytes& model) {
  const std::string units = fmt::format("{} {} of this model seen", WithCommas(knowledge.units),
                                        knowledge.units == 1 ? "unit" : "units");
  if (!knowledge.use_known) {
    return units + "; which bytes change with use is not yet known";
  }
  return fmt::format(
      "{} bytes: {} change with use, {} are the same in all; {}", WithCommas(knowledge.size_bytes),
      WithCommas(Count(model.use.changes_with_use)), WithCommas(Count(model.constant)), units);
}

}  // namespace

Status RecordEvidence(storage::Transaction& tx, const DriveSnapshot& drive,
                      const KnownUnit* already_known, const std::string& unit_id,
                      const std::string& job_id) {
  const auto insert = [&](std::string_view kind, const std::string& value) -> Status {
    return tx.InsertEvidence({.id = tx.NewId(),
                              .unit_id = unit_id,
                              .kind = std::string(kind),
                              .value = value,
                              .job_id = job_id,
                              .seen_us = tx.now_us()});
  };
  for (const SerialSeen& serial : SerialsOf(drive.identity, drive.details.get())) {
    const bool known = already_known != nullptr &&
                       std::find(already_known->serials.begin(), already_known->serials.end(),
                                 serial.value) != already_known->serials.end();
    if (!known) RETURN_IF_ERROR(insert(serial.kind, serial.value));
  }
  if (already_known == nullptr && !drive.eeprom_stable_sha256.empty()) {
    RETURN_IF_ERROR(insert("eeprom_stable", drive.eeprom_stable_sha256));
  }
  if (already_known == nullptr || already_known->topology != drive.topology) {
    RETURN_IF_ERROR(insert("topology", drive.topology));
  }
  if (!drive.bridge.empty() &&
      (already_known == nullptr || already_known->bridge != drive.bridge)) {
    RETURN_IF_ERROR(insert("bridge_serial", drive.bridge));
  }
  return Ok();
}

// A known unit on another port, behind another bridge, or with a serial number that it did not show
// before: evidence, with the time it was seen.
void Inventory::NoteWhatIsNew(const std::string& id) {
  const auto found = Find(id);
  if (!found || (*found)->condition != DriveCondition::kReady ||
      (*found)->unit.verdict != UnitVerdict::kKnown) {
    return;
  }
  const DriveSnapshot& drive = **found;
  KnownUnit known;
  {
    MutexLock lock(known_mutex_);
    const KnownUnit* unit = known_.known().Find(drive.unit.unit_id);
    if (unit == nullptr) return;
    known = *unit;
  }
  bool new_serial = false;
  for (const SerialSeen& serial : SerialsOf(drive.identity, drive.details.get())) {
    new_serial = new_serial || std::find(known.serials.begin(), known.serials.end(),
                                         serial.value) == known.serials.end();
  }
  const bool moved =
      known.topology != drive.topology || (!drive.bridge.empty() && known.bridge != drive.bridge);
  if (!moved && !new_serial) return;
  const Status noted = ledger_.Commit([&](storage::Transaction& tx) {
    return RecordEvidence(tx, drive, &known, known.unit_id, "");
  });
  if (!noted) {
    log::Warn("where a known unit is could not be noted", "drive", id, "reason",
              noted.error().reason());
    return;
  }
  MutexLock lock(known_mutex_);
  known_.Touch(known.unit_id);
}

void Inventory::UnitChanged(const std::string& unit_id) {
  {
    MutexLock lock(known_mutex_);
    known_.Touch(unit_id);
  }
  for (const Snapshot& drive : List()) Reassess(drive->id);
  // One that was somebody's twin could not know yet that the other one is none any more.
  for (const Snapshot& drive : List()) {
    if (drive->unit.verdict == UnitVerdict::kAmbiguous) Reassess(drive->id);
  }
}

Result<UnitMatch> Inventory::MatchContent(const Observed& observed,
                                          std::span<const families::ByteRange> volatile_ranges) {
  MutexLock lock(known_mutex_);
  RETURN_IF_ERROR(known_.Refresh());
  return MatchUnit(observed, known_.known(), volatile_ranges);
}

std::vector<families::ByteRange> Inventory::VolatileEeprom(const families::ModelInfo& model,
                                                           bool simulated) {
  if (!model.volatile_eeprom.empty()) {
    return {model.volatile_eeprom.begin(), model.volatile_eeprom.end()};
  }
  MutexLock lock(known_mutex_);
  // What was learned before is as true when the ledger cannot be read now.
  known_.Refresh().IgnoreError("the older knowledge stays");
  const ModelBytes* bytes =
      known_.known().BytesOf(std::string(model.model), simulated, model.eeprom_bytes);
  if (bytes == nullptr || !bytes->use.known()) return {};
  return bytes->use.ranges();
}

Result<EepromKnowledge> Inventory::KnowledgeOf(const std::string& unit_id) {
  MutexLock lock(known_mutex_);
  RETURN_IF_ERROR(known_.Refresh());
  EepromKnowledge knowledge;
  const KnownUnit* unit = known_.known().Find(unit_id);
  if (unit == nullptr || unit->eeprom.empty()) return knowledge;
  const ModelBytes* model =
      known_.known().BytesOf(unit->model, unit->simulated, unit->eeprom.size());
  if (model == nullptr) return knowledge;
  knowledge.size_bytes = unit->eeprom.size();
  knowledge.newest = unit->eeprom;
  knowledge.units = model->units;
  knowledge.pairs = model->use.pairs;
  knowledge.use_known = model->use.known();
  if (knowledge.use_known) {
    knowledge.use = model->use.changes_with_use;
    knowledge.changes_with_use = model->use.ranges();
  }
  if (model->known()) knowledge.same_in_all = RangesOf(model->constant);
  knowledge.text = KnowledgeWords(knowledge, *model);
  return knowledge;
}

Snapshot Inventory::DriveHolding(const std::string& drive_id,
                                 const std::string& eeprom_sha256) const {
  MutexLock lock(mutex_);
  const auto it = drives_.find(drive_id);
  if (it == drives_.end() || it->second.snapshot->condition != DriveCondition::kReady ||
      it->second.eeprom.empty() || Sha256Hex(it->second.eeprom) != eeprom_sha256) {
    return nullptr;
  }
  return it->second.snapshot;
}

Result<size_t> Inventory::UnitsWithSerial(const std::string& serial) {
  MutexLock lock(known_mutex_);
  RETURN_IF_ERROR(known_.Refresh());
  return known_.known().UnitsWithSerial(serial);
}

}  // namespace firmbench::inventory
