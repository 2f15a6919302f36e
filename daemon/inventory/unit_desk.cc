// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/inventory/list_dumps.h"

namespace firmbench::inventory {
namespace {

constexpr int kPageRows = 1000;

Status CheckText(std::string_view field, const std::string& text, size_t longest,
                 bool lines = false) {
  if (text.size() > longest) {
    return InvalidArgument("FIELD_TOO_LONG",
                           fmt::format("the {} has more than {} bytes", field, longest))
        .WithRemedy("make it shorter");
  }
  const bool control = std::any_of(text.begin(), text.end(), [lines](unsigned char c) {
    return (c < ' ' && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f;
  });
  if (!control) return Ok();
  return InvalidArgument("FIELD_INVALID", fmt::format("the {} holds control characters", field))
      .WithRemedy("type it without them");
}

Status CheckGiven(std::string_view field, const std::string& text, size_t longest,
                  bool lines = false) {
  if (text.find_first_not_of(" \t\r\n") != std::string::npos) {
    return CheckText(field, text, longest, lines);
  }
  return InvalidArgument("FIELD_REQUIRED", fmt::format("the {} is missing", field))
      .WithRemedy("say it; it is kept in the unit's history");
}

Result<std::vector<storage::Dump>> DumpsOf(storage::Ledger& ledger, const std::string& unit_id) {
  storage::DumpFilter filter;
  filter.unit_id = unit_id;
  filter.archived_too = true;
  return ListAllDumps(ledger, filter);
}

Result<bool> LabelTaken(storage::Ledger& ledger, const std::string& label,
                        const std::string& unit_id) {
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger.ListUnits({.archived_too = true}, page));
    for (const storage::Unit& unit : listed.rows) {
      if (unit.label == label && unit.id != unit_id && unit.merged_into.empty()) return true;
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return false;
}

storage::UnitEvent EventOf(storage::Transaction& tx, const std::string& unit_id,
                           std::string_view kind, const std::string& principal) {
  storage::UnitEvent event;
  event.id = tx.NewId();
  event.unit_id = unit_id;
  event.kind = kind;
  event.principal = principal;
  event.created_us = tx.now_us();
  return event;
}

Status Audit(storage::Transaction& tx, std::string_view action, const std::string& unit_id,
             const std::string& principal,
             std::vector<std::pair<std::string, std::string>> details = {}) {
  storage::AuditFact fact;
  fact.principal = principal;
  fact.action = action;
  fact.resource = "units/" + unit_id;
  fact.outcome = "ok";
  fact.details = std::move(details);
  RETURN_IF_ERROR(tx.AppendAudit(fact));
  return Ok();
}

Status MoveDump(storage::Transaction& tx, const std::string& dump_id, const std::string& unit_id,
                const std::string& reason, const std::string& principal) {
  return tx.InsertAttribution({.id = tx.NewId(),
                               .dump_id = dump_id,
                               .kind = "unit",
                               .unit_id = unit_id,
                               .principal = principal,
                               .reason = reason,
                               .created_us = tx.now_us()});
}

Status MoveEvidence(storage::Transaction& tx, const std::string& evidence_id,
                    const std::string& unit_id, const std::string& reason,
                    const std::string& principal) {
  return tx.InsertEvidenceMove({.id = tx.NewId(),
                                .evidence_id = evidence_id,
                                .unit_id = unit_id,
                                .principal = principal,
                                .reason = reason,
                                .created_us = tx.now_us()});
}

// What may not be written to as one unit may not be written to as another.
Status CopyQuarantines(storage::Transaction& tx, const std::vector<storage::Quarantine>& in_force,
                       const std::string& from, const std::string& to) {
  for (storage::Quarantine quarantine : in_force) {
    if (quarantine.subject_kind != "unit" || quarantine.subject_id != from) continue;
    quarantine.id = tx.NewId();
    quarantine.subject_id = to;
    RETURN_IF_ERROR(tx.InsertQuarantine(quarantine));
  }
  return Ok();
}

Result<storage::Unit> MakeUnit(storage::Transaction& tx, const storage::Dump& like) {
  storage::Unit unit;
  unit.id = tx.NewId();
  unit.family = like.family;
  unit.model = like.model;
  unit.created_us = tx.now_us();
  ASSIGN_OR_RETURN(unit.number, tx.InsertUnit(unit));
  return unit;
}

// Evidence that was seen only in jobs of which every dump goes.
std::vector<std::string> EvidenceThatGoes(const std::vector<storage::UnitEvidence>& evidence,
                                          const std::vector<storage::Dump>& dumps,
                                          const std::set<std::string>& going) {
  std::map<std::string, bool> all_go;  // by job
  for (const storage::Dump& dump : dumps) {
    const bool goes = going.count(dump.id) != 0;
    const auto [it, added] = all_go.try_emplace(dump.job_id, goes);
    if (!added) it->second = it->second && goes;
  }
  std::vector<std::string> ids;
  for (const storage::UnitEvidence& item : evidence) {
    const auto job = all_go.find(item.job_id);
    if (!item.job_id.empty() && job != all_go.end() && job->second) ids.push_back(item.id);
  }
  return ids;
}

}  // namespace

Status UnitDesk::Change(const std::string& unit_id,
                        const std::function<Status(storage::Transaction&)>& change) {
  RETURN_IF_ERROR(ledger_.Commit(change));
  inventory_.UnitChanged(unit_id);
  return Ok();
}

Status UnitDesk::Label(const std::string& unit_id, const std::string& label,
                       const std::string& principal) {
  RETURN_IF_ERROR(CheckText("label", label, kLongestLabel));
  ASSIGN_OR_RETURN(storage::Unit unit, ledger_.ResolveUnit(unit_id));
  if (!label.empty()) {
    ASSIGN_OR_RETURN(const bool taken, LabelTaken(ledger_, label, unit.id));
    if (taken) {
      return FailedPrecondition("LABEL_IN_USE", "another unit has this label")
          .WithRemedy("take it off the other one first, or scan the right label");
    }
  }
  unit.label = label;
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateUnit(unit));
    storage::UnitEvent event = EventOf(tx, unit.id, "label", principal);
    event.text = label;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    if (!label.empty()) {
      RETURN_IF_ERROR(tx.InsertEvidence({.id = tx.NewId(),
                                         .unit_id = unit.id,
                                         .kind = "label",
                                         .value = label,
                                         .job_id = "",
                                         .seen_us = tx.now_us()}));
    }
    return Audit(tx, "unit.label", unit.id, principal);
  });
}

Status UnitDesk::Note(const std::string& unit_id, const std::string& text,
                      const std::string& principal) {
  RETURN_IF_ERROR(CheckGiven("note", text, kLongestNote, /*lines=*/true));
  ASSIGN_OR_RETURN(storage::Unit unit, ledger_.ResolveUnit(unit_id));
  unit.note = text;
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateUnit(unit));
    storage::UnitEvent event = EventOf(tx, unit.id, "note", principal);
    event.text = text;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    return Audit(tx, "unit.note", unit.id, principal);
  });
}

Status UnitDesk::NoteOutside(const std::string& unit_id, const std::string& tool,
                             const std::string& text, const std::string& principal) {
  RETURN_IF_ERROR(CheckGiven("tool", tool, kLongestShort));
  RETURN_IF_ERROR(CheckText("note", text, kLongestNote, /*lines=*/true));
  ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.ResolveUnit(unit_id));
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    storage::UnitEvent event = EventOf(tx, unit.id, "outside", principal);
    event.tool = tool;
    event.text = text;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    return Audit(tx, "unit.note_outside", unit.id, principal);
  });
}

Result<storage::Unit> UnitDesk::Merge(const std::string& from, const std::string& into,
                                      const std::string& reason, const std::string& principal) {
  RETURN_IF_ERROR(CheckGiven("reason", reason, kLongestShort));
  ASSIGN_OR_RETURN(storage::Unit source, ledger_.ResolveUnit(from));
  ASSIGN_OR_RETURN(storage::Unit target, ledger_.ResolveUnit(into));
  if (source.id == target.id) {
    return InvalidArgument("UNITS_ARE_ONE", "both names mean the same unit already")
        .WithRemedy("`firmbench unit list` shows the units");
  }
  ASSIGN_OR_RETURN(const auto dumps, DumpsOf(ledger_, source.id));
  ASSIGN_OR_RETURN(const auto evidence, ledger_.ListEvidence(source.id));
  ASSIGN_OR_RETURN(const auto quarantines, ledger_.ListQuarantines(true));
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    for (const auto& dump : dumps) {
      RETURN_IF_ERROR(MoveDump(tx, dump.id, target.id, reason, principal));
    }
    for (const auto& item : evidence) {
      RETURN_IF_ERROR(MoveEvidence(tx, item.id, target.id, reason, principal));
    }
    RETURN_IF_ERROR(CopyQuarantines(tx, quarantines, source.id, target.id));
    source.merged_into = target.id;
    RETURN_IF_ERROR(tx.UpdateUnit(source));
    if (target.label.empty() && !source.label.empty()) {
      target.label = source.label;
      RETURN_IF_ERROR(tx.UpdateUnit(target));
    }
    storage::UnitEvent event = EventOf(tx, target.id, "merge", principal);
    event.other_unit_id = source.id;
    event.text = reason;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    return Audit(tx, "unit.merge", target.id, principal,
                 {{"from", "units/" + source.id},
                  {"dumps", std::to_string(dumps.size())},
                  {"evidence", std::to_string(evidence.size())}});
  }));
  for (const std::string& id : {source.id, target.id}) inventory_.UnitChanged(id);
  return ledger_.GetUnit(target.id);
}

Result<storage::Unit> UnitDesk::Split(const std::string& unit_id,
                                      const std::vector<std::string>& dump_ids,
                                      const std::string& reason, const std::string& principal) {
  RETURN_IF_ERROR(CheckGiven("reason", reason, kLongestShort));
  ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.ResolveUnit(unit_id));
  ASSIGN_OR_RETURN(const auto dumps, DumpsOf(ledger_, unit.id));
  const std::set<std::string> going(dump_ids.begin(), dump_ids.end());
  std::vector<storage::Dump> moved;
  for (const auto& dump : dumps) {
    if (going.count(dump.id) != 0) moved.push_back(dump);
  }
  if (going.empty()) {
    return InvalidArgument("DUMPS_REQUIRED", "no dump was named")
        .WithRemedy("name the dumps that are of the other drive");
  }
  if (moved.size() != going.size()) {
    return InvalidArgument("DUMP_NOT_OF_UNIT", "one of these dumps is not attributed to the unit")
        .WithRemedy("`firmbench dump list --unit UNIT` shows those that are");
  }
  if (moved.size() == dumps.size()) {
    return InvalidArgument("SPLIT_LEAVES_NOTHING", "these are all the dumps that the unit has")
        .WithRemedy("leave at least one; to correct a name use `firmbench unit label`");
  }
  ASSIGN_OR_RETURN(const auto evidence, ledger_.ListEvidence(unit.id));
  ASSIGN_OR_RETURN(const auto quarantines, ledger_.ListQuarantines(true));
  const auto evidence_going = EvidenceThatGoes(evidence, dumps, going);
  storage::Unit made;
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(made, MakeUnit(tx, moved.front()));
    for (const auto& dump : moved) {
      RETURN_IF_ERROR(MoveDump(tx, dump.id, made.id, reason, principal));
    }
    for (const std::string& id : evidence_going) {
      RETURN_IF_ERROR(MoveEvidence(tx, id, made.id, reason, principal));
    }
    RETURN_IF_ERROR(CopyQuarantines(tx, quarantines, unit.id, made.id));
    for (const auto& [of, other] : {std::pair(unit.id, made.id), std::pair(made.id, unit.id)}) {
      storage::UnitEvent event = EventOf(tx, of, "split", principal);
      event.other_unit_id = other;
      event.text = reason;
      RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    }
    return Audit(tx, "unit.split", unit.id, principal,
                 {{"into", "units/" + made.id}, {"dumps", std::to_string(moved.size())}});
  }));
  for (const std::string& id : {unit.id, made.id}) inventory_.UnitChanged(id);
  return made;
}

Result<storage::Unit> UnitDesk::Attribute(const std::string& dump_id, const std::string& kind,
                                          const std::string& unit_id, const std::string& reason,
                                          const std::string& principal) {
  RETURN_IF_ERROR(CheckGiven("reason", reason, kLongestShort));
  if ((kind != "unit" && kind != "chip" && kind != "unidentified") ||
      (kind != "unit" && !unit_id.empty())) {
    return InvalidArgument("ATTRIBUTION_INVALID", "a dump is of a unit, of a chip, or unidentified")
        .WithRemedy("name a unit, or say chip or unidentified");
  }
  ASSIGN_OR_RETURN(const storage::Dump dump, ledger_.GetDump(dump_id));
  storage::Unit unit;
  if (!unit_id.empty()) {
    ASSIGN_OR_RETURN(unit, ledger_.ResolveUnit(unit_id));
  }
  const bool make = kind == "unit" && unit_id.empty();
  // The drive itself, when it is still there and nobody knows yet whose it is.
  const Snapshot drive = kind == "unit" && dump.memory == ToString(Memory::kEeprom)
                             ? inventory_.DriveHolding(dump.drive_id, dump.sha256)
                             : nullptr;
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    if (make) {
      ASSIGN_OR_RETURN(unit, MakeUnit(tx, dump));
    }
    RETURN_IF_ERROR(tx.InsertAttribution({.id = tx.NewId(),
                                          .dump_id = dump.id,
                                          .kind = kind,
                                          .unit_id = unit.id,
                                          .principal = principal,
                                          .reason = reason,
                                          .created_us = tx.now_us()}));
    if (drive != nullptr && drive->unit.verdict != UnitVerdict::kKnown) {
      RETURN_IF_ERROR(RecordEvidence(tx, *drive, nullptr, unit.id, dump.job_id));
    }
    for (const std::string& of : {unit.id, dump.unit_id}) {
      if (of.empty() || (of == dump.unit_id && of == unit.id)) continue;
      storage::UnitEvent event = EventOf(tx, of, "attribute", principal);
      if (of != unit.id) event.other_unit_id = unit.id;
      event.text = reason;
      RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    }
    storage::AuditFact fact;
    fact.principal = principal;
    fact.action = "dump.attribute";
    fact.resource = "dumps/" + dump.id;
    fact.outcome = "ok";
    fact.details = {{"kind", kind}};
    if (!unit.id.empty()) fact.details.emplace_back("unit", "units/" + unit.id);
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  for (const std::string& id : {unit.id, dump.unit_id}) {
    if (!id.empty()) inventory_.UnitChanged(id);
  }
  return unit;
}

Status UnitDesk::Archive(const std::string& unit_id, bool archived, const std::string& reason,
                         const std::string& principal) {
  RETURN_IF_ERROR(CheckText("reason", reason, kLongestShort));
  ASSIGN_OR_RETURN(storage::Unit unit, ledger_.ResolveUnit(unit_id));
  if (unit.archived == archived) return Ok();
  unit.archived = archived;
  const std::string kind = archived ? "archive" : "unarchive";
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateUnit(unit));
    storage::UnitEvent event = EventOf(tx, unit.id, kind, principal);
    event.text = reason;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    return Audit(tx, "unit." + kind, unit.id, principal);
  });
}

Status UnitDesk::SetCustomer(const std::string& unit_id, const std::string& customer,
                             const std::string& ticket, const std::string& principal) {
  RETURN_IF_ERROR(CheckText("customer", customer, kLongestShort));
  RETURN_IF_ERROR(CheckText("ticket", ticket, kLongestShort));
  ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.ResolveUnit(unit_id));
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertCustomer({.id = tx.NewId(),
                                       .unit_id = unit.id,
                                       .customer = customer,
                                       .ticket = ticket,
                                       .principal = principal,
                                       .created_us = tx.now_us()}));
    return Audit(tx, "unit.customer", unit.id, principal);
  });
}

Status UnitDesk::EraseCustomerData(const std::string& unit_id, const std::string& reason,
                                   const std::string& principal) {
  RETURN_IF_ERROR(CheckText("reason", reason, kLongestShort));
  ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.ResolveUnit(unit_id));
  return Change(unit.id, [&](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.EraseCustomerData(unit.id));
    // After the erasing, so that its own reason stays.
    storage::UnitEvent event = EventOf(tx, unit.id, "erase", principal);
    event.text = reason;
    RETURN_IF_ERROR(tx.InsertUnitEvent(event));
    return Audit(tx, "unit.erase_customer_data", unit.id, principal);
  });
}

EepromRestoreRule JudgeEepromRestore(const DriveSnapshot& drive, const storage::Unit* own,
                                     const std::string& label) {
  EepromRestoreRule rule;
  if (own == nullptr ||
      (drive.unit.verdict == UnitVerdict::kKnown && drive.unit.unit_id != own->id)) {
    rule.problem = {"DUMP_OF_ANOTHER_UNIT", "this EEPROM dump is not known to be of this very unit",
                    "`firmbench dump list --unit UNIT` shows the dumps of one unit"};
  } else if (drive.unit.verdict == UnitVerdict::kKnown) {
    rule.allowed = true;
  } else if (own->label.empty()) {
    rule.problem = {"UNIT_LABEL_REQUIRED",
                    "the drive is not known by its EEPROM, and the unit that the dump is of has no "
                    "label to tell it by",
                    "make sure that it is this drive, then `firmbench unit label UNIT LABEL`"};
  } else if (label.empty()) {
    rule.problem = {"UNIT_LABEL_REQUIRED",
                    "the drive is not known by its EEPROM, so the label on it has to be scanned",
                    "say --label with what is on the drive; a second person has to approve"};
  } else if (label != own->label) {
    rule.problem = {"LABEL_OF_ANOTHER_UNIT",
                    "the label that was scanned is not that of the unit the dump is of",
                    "the calibration of another drive ruins this one: look again"};
  } else {
    rule.allowed = true;
    rule.needs_approval = true;
  }
  return rule;
}

}  // namespace firmbench::inventory
