// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/dump_import.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "daemon/base/hash.h"
#include "daemon/families/family.h"

namespace firmbench::jobs {
namespace {

// A dump that many units share is shown with a few of them.
constexpr int kMostSame = 100;

struct ModelRow {
  const families::Family* family = nullptr;
  const families::ModelInfo* model = nullptr;
};

ModelRow FindModelRow(std::string_view name) {
  for (const families::Family* family : families::AllFamilies()) {
    for (const families::ModelInfo& model : family->models()) {
      if (model.model == name) return {family, &model};
    }
  }
  return {};
}

std::string_view MemoryOf(FileKind kind) {
  return ToString(kind == FileKind::kEeprom ? Memory::kEeprom : Memory::kFirmware);
}

std::string UnitNumber(const storage::Unit& unit) { return fmt::format("U-{:04}", unit.number); }

// Whether this bench could ever write the EEPROM back into a real drive, in words when it cannot.
std::string CannotWriteBack(std::string_view model) {
  const std::string way = "; `firmbench dump export` gives the exact raw file";
  const ModelRow row = FindModelRow(model);
  if (row.family == nullptr) {
    return "no drive that firmbench knows takes this EEPROM: it cannot be written back" + way;
  }
  const families::Connection every_way{.scsi = true, .task_file = true, .simulated = false};
  for (const auto& memory : row.family->Abilities(*row.model, every_way)) {
    if (memory.memory != Memory::kEeprom || memory.restore.possible) continue;
    return fmt::format("firmbench cannot write this EEPROM back into a drive: {}{}",
                       memory.restore.why, way);
  }
  return {};
}

// What the ledger keeps of a file that is a dump; ids, time and hash of the blob are the caller's.
storage::Dump Describe(const ClassifiedFile& what, const BlobHashes& hashes) {
  storage::Dump dump;
  const ModelRow row = FindModelRow(what.model);
  dump.memory = MemoryOf(what.kind);
  dump.purpose = "backup";
  if (row.family != nullptr) dump.family = row.family->name();
  dump.model = what.model;
  dump.revision = what.revision;
  dump.size_bytes = static_cast<int64_t>(what.bytes.size());
  dump.sha256 = hashes.sha256;
  dump.md5 = hashes.md5;
  dump.crc32 = hashes.crc32;
  if (what.kind == FileKind::kEeprom && row.model != nullptr &&
      !row.model->volatile_eeprom.empty()) {
    dump.stable_sha256 = Sha256Hex(inventory::StablePart(what.bytes, row.model->volatile_eeprom));
  }
  dump.evidence = ToString(Evidence::kSecondHand);
  dump.method = what.from_hex ? "imported from a file, converted from the text of MTKFLASH"
                              : "imported from a file";
  dump.tool_version = FIRMBENCH_VERSION;
  return dump;
}

Status Attribute(storage::Transaction& tx, const std::string& dump_id, const ImportFile& file,
                 const ImportVerdict& verdict) {
  const bool chip = verdict.kind == FileKind::kChip;
  return tx.InsertAttribution({.id = tx.NewId(),
                               .dump_id = dump_id,
                               .kind = chip                      ? "chip"
                                       : verdict.unit_id.empty() ? "unidentified"
                                                                 : "unit",
                               .unit_id = verdict.unit_id,
                               .principal = file.principal,
                               .reason = chip ? "imported from a file, for a bare chip"
                                         : verdict.unit_id.empty() ? "imported from a file"
                                                                   : verdict.unit_why,
                               .created_us = tx.now_us()});
}

Status NameFile(storage::Transaction& tx, const std::string& dump_id, const ImportFile& file) {
  return tx.InsertDumpFile({.id = tx.NewId(),
                            .dump_id = dump_id,
                            .file_name = file.file_name,
                            .modified_us = file.modified_us,
                            .principal = file.principal,
                            .created_us = tx.now_us()});
}

// File names stay out of the audit log: people write serials and customers into them.
Status Audit(storage::Transaction& tx, const std::string& dump_id, const ImportFile& file,
             const ImportVerdict& verdict) {
  storage::AuditFact fact;
  fact.principal = file.principal;
  fact.action = "dump.import";
  fact.resource = "dumps/" + dump_id;
  fact.outcome = "ok";
  fact.details = {{"action", std::string(ToString(verdict.action))},
                  {"memory", std::string(MemoryOf(verdict.kind))},
                  {"sha256", verdict.sha256}};
  if (!verdict.unit_id.empty()) fact.details.emplace_back("unit", "units/" + verdict.unit_id);
  RETURN_IF_ERROR(tx.AppendAudit(fact));
  return Ok();
}

// The dump that a file with the same bytes joins: one of its unit, or one that is nobody's yet. A
// file without a unit joins any. Firmware of one unit is kept apart from that of another.
const storage::Dump* Joined(const std::vector<storage::Dump>& same, const std::string& unit_id) {
  const storage::Dump* any = nullptr;
  for (const storage::Dump& dump : same) {
    if (!unit_id.empty() && dump.unit_id == unit_id) return &dump;
    if (dump.unit_id.empty() && dump.job_id.empty()) any = &dump;
  }
  if (any != nullptr || !unit_id.empty() || same.empty()) return any;
  return &same.front();
}

}  // namespace

std::string_view ToString(ImportAction action) {
  switch (action) {
    case ImportAction::kNotImported:
      return "not_imported";
    case ImportAction::kStored:
      return "stored";
    case ImportAction::kNameAdded:
      return "name_added";
    case ImportAction::kKnown:
      return "known";
  }
  return "not_imported";
}

Status DumpImporter::Refresh() {
  RETURN_IF_ERROR(known_.Refresh());
  ASSIGN_OR_RETURN(std::string mark, ledger_.IdentityMark());
  if (mark == names_mark_) return Ok();
  std::vector<NamedUnit> names;
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger_.ListUnits({.archived_too = true}, page));
    for (const storage::Unit& unit : listed.rows) {
      if (!unit.merged_into.empty()) continue;
      NamedUnit named{unit.id, unit.number, unit.label, {}};
      const inventory::KnownUnit* known = known_.known().Find(unit.id);
      if (known != nullptr) named.serials = known->serials;
      names.push_back(std::move(named));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  names_ = std::move(names);
  names_mark_ = std::move(mark);
  return Ok();
}

inventory::UnitMatch DumpImporter::Match(const ClassifiedFile& what) {
  inventory::Observed observed;
  observed.eeprom = what.bytes;
  const ModelRow row = FindModelRow(what.model);
  return inventory::MatchUnit(
      observed, known_.known(),
      row.model != nullptr ? row.model->volatile_eeprom : std::span<const families::ByteRange>());
}

Result<std::vector<storage::Dump>> DumpImporter::SameBytes(const std::string& sha256) {
  ASSIGN_OR_RETURN(auto listed, ledger_.ListDumps({.sha256 = sha256, .archived_too = true},
                                                  {.size = kMostSame}));
  std::erase_if(listed.rows, [](const storage::Dump& d) { return d.purpose == "disagreeing"; });
  return std::move(listed.rows);
}

// Nothing in the file says that it is an EEPROM; what the bench has read may.
Status DumpImporter::TellByLedger(ClassifiedFile& what, ByteView file,
                                  const std::vector<storage::Dump>& same) {
  ClassifiedFile eeprom = ClassifyFile(file, true);
  for (const storage::Dump& dump : same) {
    if (dump.memory != ToString(Memory::kEeprom)) continue;
    eeprom.model = dump.model;
    eeprom.text = "EEPROM dump: an EEPROM that this bench knows has the same bytes";
    what = std::move(eeprom);
    return Ok();
  }
  const inventory::UnitMatch match = Match(eeprom);
  if (match.verdict != inventory::UnitVerdict::kKnown) return Ok();
  ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.GetUnit(match.unit_id));
  eeprom.model = unit.model;
  eeprom.text = fmt::format("EEPROM dump: it is like that of {}", UnitNumber(unit));
  what = std::move(eeprom);
  return Ok();
}

Result<DumpImporter::Owner> DumpImporter::OwnerOf(const ClassifiedFile& what,
                                                  const std::vector<storage::Dump>& same) {
  Owner owner;
  if (what.kind == FileKind::kChip) return owner;
  std::vector<std::string> units;
  std::string dump_id;
  for (const storage::Dump& dump : same) {
    const bool counted = std::find(units.begin(), units.end(), dump.unit_id) != units.end();
    if (dump.unit_id.empty() || counted) continue;
    units.push_back(dump.unit_id);
    if (dump_id.empty()) dump_id = dump.id;
  }
  if (what.kind == FileKind::kFirmware) {
    for (const std::string& unit : units) {
      if (owner.proposals.size() == kMostProposals) break;
      owner.proposals.push_back({unit,
                                 "the same bytes as firmware read from it; other drives may "
                                 "hold the same"});
    }
    return owner;
  }
  if (units.size() == 1) {
    owner.unit_id = units[0];
    owner.why = fmt::format("the same bytes as dumps/{} of this unit", dump_id);
    return owner;
  }
  for (const std::string& unit : units) {
    owner.proposals.push_back({unit, "the same bytes as an EEPROM dump of it, and of others"});
  }
  if (!units.empty()) return owner;
  const inventory::UnitMatch match = Match(what);
  if (match.verdict == inventory::UnitVerdict::kKnown) {
    owner.unit_id = match.unit_id;
    owner.why = match.why;
  }
  for (const std::string& unit : match.candidates) owner.proposals.push_back({unit, match.why});
  return owner;
}

Status DumpImporter::Decide(const ImportFile& file, const ClassifiedFile& what,
                            const std::vector<storage::Dump>& same, ImportVerdict& verdict) {
  ASSIGN_OR_RETURN(Owner owner, OwnerOf(what, same));
  if (!file.unit_id.empty()) {
    ASSIGN_OR_RETURN(const storage::Unit said, ledger_.ResolveUnit(file.unit_id));
    if (!owner.unit_id.empty() && owner.unit_id != said.id) {
      ASSIGN_OR_RETURN(const storage::Unit other, ledger_.GetUnit(owner.unit_id));
      return FailedPrecondition("IMPORT_UNIT_CONTRADICTED",
                                fmt::format("the bytes are the EEPROM of {}, not of {}",
                                            UnitNumber(other), UnitNumber(said)))
          .WithRemedy("import it without naming a unit, or merge the two units if they are one");
    }
    if (owner.unit_id.empty()) owner = {said.id, "a person says so", {}};
  }
  verdict.unit_id = std::move(owner.unit_id);
  verdict.unit_why = std::move(owner.why);
  const std::string path =
      file.folder.empty() ? file.file_name : file.folder + "/" + file.file_name;
  if (verdict.unit_id.empty()) verdict.proposals = std::move(owner.proposals);
  for (UnitProposal& proposal : ProposeByName(path, names_)) {
    const bool known = proposal.unit_id == verdict.unit_id ||
                       std::any_of(verdict.proposals.begin(), verdict.proposals.end(),
                                   [&](const auto& p) { return p.unit_id == proposal.unit_id; });
    if (known) continue;
    if (!verdict.unit_id.empty()) {
      ASSIGN_OR_RETURN(const storage::Unit unit, ledger_.GetUnit(proposal.unit_id));
      verdict.notes.push_back(fmt::format("{} as well: {}", UnitNumber(unit), proposal.why));
    } else {
      verdict.proposals.push_back(std::move(proposal));
    }
  }
  return Ok();
}

Status DumpImporter::Store(const ImportFile& file, const ClassifiedFile& what,
                           ImportVerdict& verdict) {
  verdict.action = ImportAction::kStored;
  if (file.validate_only) return Ok();
  storage::Dump dump = Describe(what, HashBlob(what.bytes));
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    dump.id = tx.NewId();
    dump.created_us = tx.now_us();
    RETURN_IF_ERROR(tx.PutBlob(what.bytes));
    RETURN_IF_ERROR(tx.InsertDump(dump));
    RETURN_IF_ERROR(Attribute(tx, dump.id, file, verdict));
    RETURN_IF_ERROR(NameFile(tx, dump.id, file));
    if (what.kind == FileKind::kFirmware) {
      RETURN_IF_ERROR(tx.InsertDumpProof({.id = tx.NewId(),
                                          .dump_id = dump.id,
                                          .kind = "recognised",
                                          .job_id = "",
                                          .detail = what.text,
                                          .created_us = tx.now_us()}));
    }
    return Audit(tx, dump.id, file, verdict);
  }));
  verdict.dump_id = dump.id;
  return Ok();
}

Status DumpImporter::AddName(const ImportFile& file, const storage::Dump& dump,
                             ImportVerdict& verdict) {
  verdict.dump_id = dump.id;
  ASSIGN_OR_RETURN(const auto names, ledger_.ListDumpFiles(dump.id));
  const bool named = std::any_of(names.begin(), names.end(), [&](const storage::DumpFile& known) {
    return known.file_name == file.file_name && known.modified_us == file.modified_us;
  });
  const bool attribute = !verdict.unit_id.empty() && dump.unit_id.empty();
  verdict.action = named ? ImportAction::kKnown : ImportAction::kNameAdded;
  verdict.notes.push_back(fmt::format("the same bytes as dumps/{}, stored once{}", dump.id,
                                      named ? "" : "; the file name was added"));
  if (file.validate_only || (named && !attribute)) return Ok();
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    if (!named) RETURN_IF_ERROR(NameFile(tx, dump.id, file));
    if (attribute) RETURN_IF_ERROR(Attribute(tx, dump.id, file, verdict));
    return Audit(tx, dump.id, file, verdict);
  }));
  return Ok();
}

Result<ImportVerdict> DumpImporter::Import(const ImportFile& file) {
  ClassifiedFile what =
      file.said_chip ? ClassifyChipFile(file.bytes) : ClassifyFile(file.bytes, file.said_eeprom);
  ImportVerdict verdict;
  verdict.sha256 = Sha256Hex(what.bytes.empty() ? ByteView(file.bytes) : ByteView(what.bytes));
  verdict.size_bytes =
      static_cast<int64_t>(what.bytes.empty() ? file.bytes.size() : what.bytes.size());

  // One at a time, so that two files with the same bytes make one dump.
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Refresh());
  ASSIGN_OR_RETURN(const std::vector<storage::Dump> same, SameBytes(verdict.sha256));
  if (what.kind == FileKind::kEepromSize) RETURN_IF_ERROR(TellByLedger(what, file.bytes, same));
  verdict.kind = what.kind;
  verdict.text = what.text;
  verdict.from_hex = what.from_hex;
  verdict.model = what.model;
  verdict.revision = what.revision;
  verdict.notes = what.notes;
  if (what.kind != FileKind::kFirmware && what.kind != FileKind::kEeprom &&
      what.kind != FileKind::kChip) {
    return verdict;
  }

  for (std::string& note : NameNotes(file.file_name, what.model, what.revision)) {
    verdict.notes.push_back(std::move(note));
  }
  RETURN_IF_ERROR(Decide(file, what, same, verdict));
  const storage::Dump* joined = Joined(same, verdict.unit_id);
  if (joined != nullptr) {
    RETURN_IF_ERROR(AddName(file, *joined, verdict));
  } else {
    RETURN_IF_ERROR(Store(file, what, verdict));
  }
  if (!verdict.unit_id.empty()) known_.Touch(verdict.unit_id);
  if (what.kind == FileKind::kEeprom) verdict.cannot_write_back = CannotWriteBack(what.model);
  return verdict;
}

}  // namespace firmbench::jobs
