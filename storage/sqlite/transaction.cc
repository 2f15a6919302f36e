// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/transaction.h"

#include <fmt/format.h>

#include "daemon/base/ids.h"
#include "storage/sqlite/blobs.h"
#include "storage/sqlite/erase.h"
#include "storage/sqlite/queries.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/search.h"

namespace firmbench::storage::sqlite {

Status SqliteTransaction::Alive() const {
  if (!database_.autocommit()) return Ok();
  return Aborted("LEDGER_UNDONE", "this change was undone by an earlier error in it");
}

std::string SqliteTransaction::NewId() { return firmbench::NewId(clock_); }

template <typename Row>
Status SqliteTransaction::Insert(const Row& row) {
  RETURN_IF_ERROR(Alive());
  return InsertRow(database_, row);
}
template <typename Row>
Status SqliteTransaction::Update(const Row& row) {
  RETURN_IF_ERROR(Alive());
  return UpdateRow(database_, row);
}

Status SqliteTransaction::CheckBlobSize(const std::string& sha256, int64_t size_bytes) {
  RETURN_IF_ERROR(Alive());
  ASSIGN_OR_RETURN(const BlobInfo blob, FindBlob(database_, sha256));
  if (blob.size_bytes == size_bytes) return Ok();
  return FailedPrecondition(
      "LEDGER_CONSTRAINT",
      fmt::format("the row says {} bytes, its blob has {}", size_bytes, blob.size_bytes));
}

Result<std::string> SqliteTransaction::PutBlob(ByteView bytes) {
  RETURN_IF_ERROR(Alive());
  return sqlite::PutBlob(database_, bytes);
}

Result<int64_t> SqliteTransaction::InsertUnit(const Unit& unit) {
  RETURN_IF_ERROR(Alive());
  Unit numbered = unit;
  ASSIGN_OR_RETURN(numbered.number,
                   database_.QueryInt("SELECT coalesce(max(number), 0) + 1 FROM units"));
  RETURN_IF_ERROR(InsertRow(database_, numbered));
  return numbered.number;
}
Status SqliteTransaction::UpdateUnit(const Unit& unit) {
  RETURN_IF_ERROR(Alive());
  ASSIGN_OR_RETURN(const auto known, FindRow(database_, unit));
  if (known && known->merged_into != unit.merged_into) RETURN_IF_ERROR(CheckMerge(unit));
  if (known && (known->label != unit.label || known->note != unit.note)) {
    RETURN_IF_ERROR(ForgetTexts(database_, unit.id, Texts::kOfUnit));
  }
  return Update(unit);
}

// Who a unit is must have an answer: no merge may end at the unit itself.
Status SqliteTransaction::CheckMerge(const Unit& unit) {
  if (unit.merged_into.empty()) return Ok();
  ASSIGN_OR_RETURN(const Unit target, ResolveUnit(database_, unit.merged_into));
  if (target.id != unit.id) return Ok();
  return FailedPrecondition("LEDGER_CONSTRAINT", "a unit cannot be merged into itself");
}
Status SqliteTransaction::InsertEvidence(const UnitEvidence& evidence) { return Insert(evidence); }
Status SqliteTransaction::InsertDump(const Dump& dump) {
  RETURN_IF_ERROR(CheckBlobSize(dump.sha256, dump.size_bytes));
  return Insert(dump);
}
Status SqliteTransaction::InsertAttribution(const DumpAttribution& attribution) {
  return Insert(attribution);
}
Status SqliteTransaction::InsertEvidenceMove(const EvidenceMove& move) { return Insert(move); }
Status SqliteTransaction::InsertUnitEvent(const UnitEvent& event) { return Insert(event); }
Status SqliteTransaction::InsertCustomer(const Customer& customer) { return Insert(customer); }

Status SqliteTransaction::EraseCustomerData(const std::string& unit_id) {
  RETURN_IF_ERROR(Alive());
  erased_ = true;
  return EraseCustomer(database_, unit_id, audit_.now_us);
}

Status SqliteTransaction::Finish() {
  RETURN_IF_ERROR(Alive());
  return IndexNewTexts(database_);
}

Status SqliteTransaction::InsertDumpFile(const DumpFile& file) { return Insert(file); }
Status SqliteTransaction::InsertDumpProof(const DumpProof& proof) { return Insert(proof); }
Status SqliteTransaction::InsertArchiving(const Archiving& archiving) {
  RETURN_IF_ERROR(Alive());
  if (archiving.subject_kind == "dump") {
    RETURN_IF_ERROR(GetDump(database_, archiving.subject_id));
  } else if (archiving.subject_kind == "image") {
    RETURN_IF_ERROR(GetImage(database_, archiving.subject_id));
  }
  return Insert(archiving);
}
Status SqliteTransaction::InsertImageMark(const ImageMark& mark) { return Insert(mark); }
Status SqliteTransaction::InsertCopy(const Copy& copy) { return Insert(copy); }
Status SqliteTransaction::InsertCheckpoint(const Checkpoint& checkpoint) {
  return Insert(checkpoint);
}
Status SqliteTransaction::InsertImage(const Image& image) {
  RETURN_IF_ERROR(CheckBlobSize(image.sha256, image.size_bytes));
  return Insert(image);
}
Status SqliteTransaction::InsertJob(const Job& job) { return Insert(job); }
Status SqliteTransaction::UpdateJob(const Job& job) { return Update(job); }

Status SqliteTransaction::PutStep(const JobStep& step) {
  RETURN_IF_ERROR(Alive());
  ASSIGN_OR_RETURN(const auto known, FindRow(database_, step));
  if (!known) return InsertRow(database_, step);
  if (known->name != step.name || known->memory != step.memory) {
    return Error(Code::kAlreadyExists, "ALREADY_EXISTS",
                 fmt::format("step {} of this job is another one", step.index));
  }
  return UpdateRow(database_, step);
}

Result<int64_t> SqliteTransaction::AppendEvent(const JobEvent& event) {
  RETURN_IF_ERROR(Alive());
  JobEvent numbered = event;
  ASSIGN_OR_RETURN(numbered.sequence,
                   database_.QueryInt("SELECT coalesce(max(sequence), 0) + 1 FROM job_events"));
  RETURN_IF_ERROR(InsertRow(database_, numbered));
  return numbered.sequence;
}

Status SqliteTransaction::InsertQuarantine(const Quarantine& quarantine) {
  return Insert(quarantine);
}
Status SqliteTransaction::LiftQuarantine(const std::string& id, const std::string& by,
                                         const std::string& reason) {
  Quarantine lifted;
  lifted.id = id;
  lifted.lifted_us = audit_.now_us;
  lifted.lifted_by = by;
  lifted.lift_reason = reason;
  return Update(lifted);
}

Status SqliteTransaction::InsertClaim(const Claim& claim) { return Insert(claim); }
Status SqliteTransaction::UpdateClaim(const Claim& claim) { return Update(claim); }
Status SqliteTransaction::InsertCredential(const Credential& credential) {
  return Insert(credential);
}
Status SqliteTransaction::UpdateCredential(const Credential& credential) {
  return Update(credential);
}
Status SqliteTransaction::InsertApproval(const Approval& approval) { return Insert(approval); }
Status SqliteTransaction::InsertJobTrace(const JobTrace& trace) { return Insert(trace); }

Status SqliteTransaction::InsertSpilled(const SpilledRecord& record) { return Insert(record); }

Result<int64_t> SqliteTransaction::AppendAudit(const AuditFact& fact) {
  RETURN_IF_ERROR(Alive());
  return sqlite::AppendAudit(database_, audit_, fact);
}

}  // namespace firmbench::storage::sqlite
