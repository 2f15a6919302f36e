// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/record_exchange.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daemon/base/hash.h"

namespace firmbench::jobs {
namespace {

using Insert = std::function<Status(storage::Transaction&)>;

Error Conflict(std::string_view what, const std::string& id) {
  return Error(Code::kAlreadyExists, "RECORD_CONFLICT",
               fmt::format("this ledger has another {} under the id {}", what, id))
      .WithRemedy(
          "one of the two was changed outside of firmbench: run `firmbench audit verify` "
          "on both benches");
}

// Gathers what is missing, before anything is written.
class Put {
 public:
  Put(storage::Ledger& ledger, const PutOptions& options) : ledger_(ledger), options_(options) {}

  Result<PutReport> Unit(const RecordSet& set);
  Result<PutReport> Dump(const RecordSet& set);

 private:
  template <typename Row>
  Status Missing(std::string_view what, const std::vector<Row>& there,
                 const std::vector<Row>& brought, const std::function<Status(Row)>& add);
  void Add(Insert insert) { inserts_.push_back(std::move(insert)); }
  void Note(std::string text) {
    if (std::find(report_.notes.begin(), report_.notes.end(), text) == report_.notes.end()) {
      report_.notes.push_back(std::move(text));
    }
  }
  // The id when `get` finds it, "" when the ledger does not have it.
  Result<std::string> JobHere(const std::string& id);
  Result<bool> UnitHere(const std::string& id);
  Status UnitRow(const storage::Unit& unit);
  Status DumpRow(const storage::Dump& dump);
  Status Attributions(const RecordSet& set);
  Result<PutReport> Commit(const std::string& resource);

  storage::Ledger& ledger_;
  const PutOptions& options_;
  PutReport report_;
  std::vector<Insert> inserts_;
  bool fresh_ = false;  // the unit or dump was not here
};

template <typename Row>
Status Put::Missing(std::string_view what, const std::vector<Row>& there,
                    const std::vector<Row>& brought, const std::function<Status(Row)>& add) {
  std::map<std::string, const Row*> by_id;
  for (const Row& row : there) by_id.emplace(row.id, &row);
  for (const Row& row : brought) {
    const auto known = by_id.find(row.id);
    if (known == by_id.end()) {
      RETURN_IF_ERROR(add(row));
      continue;
    }
    if (!SameRow(*known->second, row)) return Conflict(what, row.id);
    ++report_.present;
  }
  return Ok();
}

Result<std::string> Put::JobHere(const std::string& id) {
  if (id.empty()) return std::string();
  const auto job = ledger_.GetJob(id);
  if (job) return id;
  if (job.error().reason() != "JOB_NOT_FOUND") return job.error();
  Note("the jobs that it names stay with the bench that ran them");
  return std::string();
}

Result<bool> Put::UnitHere(const std::string& id) {
  const auto unit = ledger_.GetUnit(id);
  if (!unit && unit.error().reason() != "UNIT_NOT_FOUND") return unit.error();
  return unit.has_value();
}

Status Put::UnitRow(const storage::Unit& unit) {
  const auto known = ledger_.GetUnit(unit.id);
  if (!known && known.error().reason() != "UNIT_NOT_FOUND") return known.error();
  if (known) {
    const bool same = known->family == unit.family && known->model == unit.model &&
                      known->created_us == unit.created_us;
    if (!same) return Conflict("unit", unit.id);
    if (known->label != unit.label || known->note != unit.note ||
        known->archived != unit.archived || known->merged_into != unit.merged_into) {
      Note("label, note or place of the unit are other here: what this bench says was kept");
    }
    ++report_.present;
    return Ok();
  }
  fresh_ = true;
  storage::Unit row = unit;
  if (!row.merged_into.empty()) {
    ASSIGN_OR_RETURN(const bool there, UnitHere(row.merged_into));
    if (!there) {
      Note("the unit that it was merged into is not here");
      row.merged_into.clear();
    }
  }
  Add([row](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(row));
    return Ok();
  });
  return Ok();
}

Result<PutReport> Put::Unit(const RecordSet& set) {
  const std::string& id = set.unit->id;
  RETURN_IF_ERROR(UnitRow(*set.unit));
  std::vector<storage::UnitEvent> events;
  std::vector<storage::Customer> customers;
  std::vector<storage::UnitEvidence> evidence;
  if (!fresh_) {
    ASSIGN_OR_RETURN(events, ledger_.ListUnitEvents(id));
    ASSIGN_OR_RETURN(customers, ledger_.ListCustomers(id));
    ASSIGN_OR_RETURN(evidence, ledger_.ListEvidence(id));
  }
  RETURN_IF_ERROR(Missing<storage::UnitEvent>(
      "event", events, set.events, [this](storage::UnitEvent row) -> Status {
        if (!row.other_unit_id.empty()) {
          ASSIGN_OR_RETURN(const bool there, UnitHere(row.other_unit_id));
          if (!there) {
            Note("a unit that it was merged with or split from is not here");
            row.other_unit_id.clear();
          }
        }
        Add([row](storage::Transaction& tx) { return tx.InsertUnitEvent(row); });
        return Ok();
      }));
  RETURN_IF_ERROR(Missing<storage::Customer>(
      "customer", customers, set.customers, [this](const storage::Customer& row) -> Status {
        Add([row](storage::Transaction& tx) { return tx.InsertCustomer(row); });
        return Ok();
      }));
  RETURN_IF_ERROR(Missing<storage::UnitEvidence>(
      "evidence", evidence, set.evidence, [this](storage::UnitEvidence row) -> Status {
        ASSIGN_OR_RETURN(row.job_id, JobHere(row.job_id));
        Add([row](storage::Transaction& tx) { return tx.InsertEvidence(row); });
        return Ok();
      }));
  return Commit("units/" + id);
}

Status Put::DumpRow(const storage::Dump& dump) {
  const auto known = ledger_.GetDump(dump.id);
  if (!known && known.error().reason() != "DUMP_NOT_FOUND") return known.error();
  if (known) {
    if (!SameRow(*known, dump)) return Conflict("dump", dump.id);
    ++report_.present;
    return Ok();
  }
  fresh_ = true;
  if (!options_.bytes) {
    return FailedPrecondition("RECORD_BYTES_MISSING",
                              fmt::format("the bytes of dumps/{} did not come with it", dump.id))
        .WithRemedy("send them as an upload");
  }
  const BlobHashes hashes = HashBlob(*options_.bytes);
  const auto size = static_cast<int64_t>(options_.bytes->size());
  const bool fits = hashes.sha256 == dump.sha256 && size == dump.size_bytes &&
                    (dump.md5.empty() || hashes.md5 == dump.md5) &&
                    (dump.crc32.empty() || hashes.crc32 == dump.crc32);
  if (!fits) {
    return DataLoss("SHA256_MISMATCH",
                    fmt::format("the bytes are not those that dumps/{} names", dump.id))
        .WithRemedy("copy the export again; compare with `sha256sum -c SHA256SUMS`");
  }
  storage::Dump row = dump;
  ASSIGN_OR_RETURN(row.job_id, JobHere(row.job_id));
  const std::string principal = options_.principal;
  Add([row, principal, bytes = &*options_.bytes](storage::Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.PutBlob(*bytes));
    RETURN_IF_ERROR(tx.InsertDump(row));
    if (!row.archived) return Ok();
    return tx.InsertArchiving({.id = tx.NewId(),
                               .subject_kind = "dump",
                               .subject_id = row.id,
                               .archived = true,
                               .principal = principal,
                               .reason = "archived on the bench that it came from",
                               .created_us = tx.now_us()});
  });
  return Ok();
}

Status Put::Attributions(const RecordSet& set) {
  std::vector<storage::DumpAttribution> there;
  if (!fresh_) {
    ASSIGN_OR_RETURN(there, ledger_.ListAttributions(set.dump->id));
  }
  // The newest counts, so a row may only be added when nobody decided anything here since.
  const bool decided_here =
      !there.empty() &&
      std::none_of(set.attributions.begin(), set.attributions.end(),
                   [&](const auto& brought) { return brought.id == there.front().id; });
  return Missing<storage::DumpAttribution>(
      "attribution", there, set.attributions,
      [this, decided_here](const storage::DumpAttribution& row) -> Status {
        bool there_now = true;
        if (!row.unit_id.empty()) {
          ASSIGN_OR_RETURN(there_now, UnitHere(row.unit_id));
        }
        if (decided_here || !there_now) {
          ++report_.skipped;
          Note(decided_here ? "whose the dump is was decided here since: that was kept"
                            : "a unit that the dump was attributed to is not here");
          return Ok();
        }
        Add([row](storage::Transaction& tx) { return tx.InsertAttribution(row); });
        return Ok();
      });
}

Result<PutReport> Put::Dump(const RecordSet& set) {
  const std::string& id = set.dump->id;
  RETURN_IF_ERROR(DumpRow(*set.dump));
  RETURN_IF_ERROR(Attributions(set));
  std::vector<storage::DumpFile> files;
  std::vector<storage::DumpProof> proofs;
  if (!fresh_) {
    ASSIGN_OR_RETURN(files, ledger_.ListDumpFiles(id));
    ASSIGN_OR_RETURN(proofs, ledger_.ListDumpProofs(id));
  }
  RETURN_IF_ERROR(Missing<storage::DumpFile>(
      "file name", files, set.files, [this](const storage::DumpFile& row) -> Status {
        Add([row](storage::Transaction& tx) { return tx.InsertDumpFile(row); });
        return Ok();
      }));
  RETURN_IF_ERROR(Missing<storage::DumpProof>(
      "proof", proofs, set.proofs, [this](storage::DumpProof row) -> Status {
        ASSIGN_OR_RETURN(row.job_id, JobHere(row.job_id));
        Add([row](storage::Transaction& tx) { return tx.InsertDumpProof(row); });
        return Ok();
      }));
  return Commit("dumps/" + id);
}

Result<PutReport> Put::Commit(const std::string& resource) {
  report_.added = static_cast<int>(inserts_.size());
  if (inserts_.empty()) return std::move(report_);
  RETURN_IF_ERROR(ledger_.Commit([&](storage::Transaction& tx) -> Status {
    // The function may run again: what is counted here is counted anew.
    int present = 0;
    for (const Insert& insert : inserts_) {
      const Status inserted = insert(tx);
      if (inserted.has_value()) continue;
      // A row that this ledger has elsewhere: evidence that a person moved to another unit.
      if (inserted.error().reason() != "ALREADY_EXISTS") return inserted.error();
      ++present;
    }
    report_.added = static_cast<int>(inserts_.size()) - present;
    storage::AuditFact fact;
    fact.principal = options_.principal;
    fact.action = "record.import";
    fact.resource = resource;
    fact.outcome = "ok";
    fact.details = {{"rows", fmt::format("{}", report_.added)}};
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  report_.present += static_cast<int>(inserts_.size()) - report_.added;
  return std::move(report_);
}

}  // namespace

Result<RecordSet> UnitRecords(storage::Ledger& ledger, const std::string& unit_id) {
  RecordSet set;
  ASSIGN_OR_RETURN(set.unit, ledger.GetUnit(unit_id));
  ASSIGN_OR_RETURN(set.events, ledger.ListUnitEvents(unit_id));
  ASSIGN_OR_RETURN(set.customers, ledger.ListCustomers(unit_id));
  std::reverse(set.customers.begin(), set.customers.end());
  ASSIGN_OR_RETURN(set.evidence, ledger.ListEvidence(unit_id));
  std::stable_sort(set.evidence.begin(), set.evidence.end(),
                   [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  for (storage::UnitEvidence& row : set.evidence) row.unit_id = unit_id;
  return set;
}

Result<RecordSet> DumpRecords(storage::Ledger& ledger, const std::string& dump_id) {
  RecordSet set;
  ASSIGN_OR_RETURN(set.dump, ledger.GetDump(dump_id));
  ASSIGN_OR_RETURN(set.attributions, ledger.ListAttributions(dump_id));
  ASSIGN_OR_RETURN(set.files, ledger.ListDumpFiles(dump_id));
  ASSIGN_OR_RETURN(set.proofs, ledger.ListDumpProofs(dump_id));
  // Newest first as listed; rows travel in the order in which they came.
  std::reverse(set.attributions.begin(), set.attributions.end());
  std::reverse(set.files.begin(), set.files.end());
  std::reverse(set.proofs.begin(), set.proofs.end());
  return set;
}

Result<PutReport> PutRecordSet(storage::Ledger& ledger, const RecordSet& set,
                               const PutOptions& options) {
  Put put(ledger, options);
  return set.unit ? put.Unit(set) : put.Dump(set);
}

}  // namespace firmbench::jobs
