// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/known_units.h"

#include <algorithm>
#include <functional>
#include <map>

#include "daemon/inventory/list_dumps.h"

namespace firmbench::inventory {
namespace {

constexpr int kPageRows = 1000;
// So many of a unit's newest EEPROM dumps teach what changes with use.
constexpr size_t kTeachingDumps = 32;

Status ForEachJob(storage::Ledger& ledger, const storage::JobFilter& filter,
                  const std::function<void(const storage::Job&)>& visit) {
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger.ListJobs(filter, page));
    for (const auto& job : listed.rows) visit(job);
    page.after = listed.next;
  } while (!page.after.empty());
  return Ok();
}

// Everything that was or may have been written to the unit.
Status FindWrites(storage::Ledger& ledger, const std::string& unit_id,
                  const std::set<std::string>& drives, EepromPast& past) {
  const auto add = [&past](const storage::Job& job) {
    if (job.write_started_us != 0) {
      past.writes.push_back({job.write_started_us, job.ended_us});
    }
  };
  RETURN_IF_ERROR(ForEachJob(ledger, {.unit_id = unit_id}, add));
  ASSIGN_OR_RETURN(const auto events, ledger.ListUnitEvents(unit_id));
  for (const auto& event : events) {
    if (event.kind == "outside") past.outside_us.push_back(event.created_us);
  }
  for (const std::string& drive : drives) {
    // On the same port, and nobody knew which drive it was.
    RETURN_IF_ERROR(ForEachJob(ledger, {.drive_id = drive}, [&](const storage::Job& job) {
      if (job.unit_id.empty()) add(job);
    }));
  }
  return Ok();
}

// `dumps` newest first. Imported dumps teach nothing: nobody knows what happened between them.
Result<std::vector<Change>> LearnFrom(storage::Ledger& ledger, const std::string& unit_id,
                                      const std::vector<storage::Dump>& dumps) {
  std::vector<storage::Dump> taught;
  std::set<std::string> contents;
  std::set<std::string> drives;
  for (const storage::Dump& dump : dumps) {
    if (dump.job_id.empty() || taught.size() == kTeachingDumps) continue;
    taught.push_back(dump);
    contents.insert(dump.sha256);
    drives.insert(dump.drive_id);
  }
  if (contents.size() < 2) return std::vector<Change>();
  EepromPast past;
  std::map<std::string, Bytes> blobs;
  for (const std::string& sha256 : contents) {
    if (auto bytes = ledger.ReadBlob(sha256)) blobs[sha256] = std::move(*bytes);
  }
  for (auto it = taught.rbegin(); it != taught.rend(); ++it) {
    past.sightings.push_back({it->created_us, it->model, it->revision, blobs[it->sha256]});
  }
  RETURN_IF_ERROR(FindWrites(ledger, unit_id, drives, past));
  return ChangesWithUse(past);
}

}  // namespace

Result<KnownUnit> LoadKnownUnit(storage::Ledger& ledger, const std::string& unit_id) {
  KnownUnit known;
  known.unit_id = unit_id;
  ASSIGN_OR_RETURN(auto evidence, ledger.ListEvidence(unit_id));
  std::sort(evidence.begin(), evidence.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  for (const auto& item : evidence) {
    if (item.kind == "vpd_serial" || item.kind == "mmc_serial" || item.kind == "ata_serial") {
      known.serials.push_back(item.value);
    } else if (item.kind == "eeprom_stable") {
      known.stable_sha256.push_back(item.value);
    } else if (item.kind == "topology") {
      known.topology = item.value;
    } else if (item.kind == "bridge_serial") {
      known.bridge = item.value;
    }
  }
  storage::DumpFilter filter;
  filter.unit_id = unit_id;
  filter.memory = "eeprom";
  filter.archived_too = true;
  ASSIGN_OR_RETURN(auto dumps, ListAllDumps(ledger, filter));
  std::erase_if(dumps, [](const auto& dump) { return dump.purpose == "disagreeing"; });
  // What a job read says more of the unit than an old file that somebody imported later.
  std::stable_partition(dumps.begin(), dumps.end(),
                        [](const auto& dump) { return dump.agreeing_reads > 0; });
  if (dumps.empty()) return known;
  known.model = dumps.front().model;
  known.simulated = dumps.front().simulated;
  if (auto bytes = ledger.ReadBlob(dumps.front().sha256)) known.eeprom = std::move(*bytes);
  ASSIGN_OR_RETURN(known.changes, LearnFrom(ledger, unit_id, dumps));
  return known;
}

void KnownUnits::Touch(const std::string& unit_id) { touched_.insert(unit_id); }

Status KnownUnits::Refresh() {
  ASSIGN_OR_RETURN(const std::string mark, ledger_.IdentityMark());
  if (mark == mark_ && touched_.empty() && !mark_.empty()) return Ok();
  std::set<std::string> living;
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger_.ListUnits({.archived_too = true}, page));
    for (const auto& unit : listed.rows) {
      if (unit.merged_into.empty()) living.insert(unit.id);
    }
    page.after = listed.next;
  } while (!page.after.empty());

  std::set<std::string> changed = touched_;
  for (const auto& id : living) {
    if (living_.count(id) == 0) changed.insert(id);
  }
  const bool some_left = std::any_of(living_.begin(), living_.end(),
                                     [&](const auto& id) { return living.count(id) == 0; });
  RETURN_IF_ERROR(FindChanged(changed));
  // A mark that nothing explains means that all may have changed.
  const bool all = mark_.empty() || changed.count("") != 0 || (changed.empty() && !some_left);
  if (all) {
    RETURN_IF_ERROR(ReloadAll(living));
  } else {
    std::vector<KnownUnit> loaded;
    for (const std::string& id : changed) {
      if (living.count(id) == 0) continue;
      ASSIGN_OR_RETURN(KnownUnit unit, LoadKnownUnit(ledger_, id));
      loaded.push_back(std::move(unit));
    }
    for (const std::string& id : living_) {
      if (living.count(id) == 0) known_.Remove(id);
    }
    for (KnownUnit& unit : loaded) known_.Put(std::move(unit));
    known_.Study();
  }
  living_ = std::move(living);
  touched_.clear();
  mark_ = mark;
  return Ok();
}

Status KnownUnits::FindChanged(std::set<std::string>& changed) {
  storage::DumpFilter filter;
  // Of the firmware as well: what the mark shows of them has to be explained by something.
  filter.archived_too = true;
  filter.after_sequence = newest_dump_;
  ASSIGN_OR_RETURN(const auto dumps, ListAllDumps(ledger_, filter));
  for (const storage::Dump& dump : dumps) {
    newest_dump_ = std::max(newest_dump_, dump.sequence);
    if (!dump.unit_id.empty()) changed.insert(dump.unit_id);
  }
  return Ok();
}

Status KnownUnits::ReloadAll(const std::set<std::string>& living) {
  std::vector<KnownUnit> units;
  units.reserve(living.size());
  for (const std::string& id : living) {
    ASSIGN_OR_RETURN(KnownUnit unit, LoadKnownUnit(ledger_, id));
    units.push_back(std::move(unit));
  }
  known_ = KnownSet(std::move(units));
  return Ok();
}

}  // namespace firmbench::inventory
