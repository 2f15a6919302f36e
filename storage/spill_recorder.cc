// SPDX-License-Identifier: Apache-2.0
#include "storage/spill_recorder.h"

#include <type_traits>
#include <variant>

#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "storage/sqlite/rows.h"

namespace firmbench::storage {
namespace {

// In files on disks: never renumbered.
enum class Call : uint8_t {
  kPutBlob = 1,
  kUpdateUnit = 2,
  kInsertEvidence = 3,
  kInsertDump = 4,
  kInsertAttribution = 5,
  kInsertImage = 6,
  kInsertJob = 7,
  kUpdateJob = 8,
  kPutStep = 9,
  kAppendEvent = 10,
  kInsertQuarantine = 11,
  kLiftQuarantine = 12,
  kInsertClaim = 13,
  kUpdateClaim = 14,
  kAppendAudit = 15,
  kInsertEvidenceMove = 16,
  kInsertUnitEvent = 17,
  kInsertDumpFile = 18,
  kInsertDumpProof = 19,
  kInsertArchiving = 20,
  kInsertImageMark = 21,
  kInsertCopy = 22,
};

constexpr int64_t kLatestTime = 253'402'300'800'000'000;  // the year 10000

Error Refused(const char* what) {
  return FailedPrecondition("SPILL_REFUSED",
                            std::string(what) + " cannot be written down while the ledger fails");
}

template <typename Row>
Status NoteRow(Packer& out, Call call, const Row& row) {
  const auto& columns = sqlite::TableOf<Row>().columns;
  out.Byte(static_cast<uint8_t>(call));
  out.Byte(static_cast<uint8_t>(columns.size()));
  for (const auto& column : columns) {
    out.Text(column.name);
    std::visit(
        [&](auto member) {
          if constexpr (std::is_same_v<decltype(member), std::string Row::*>) {
            out.Byte('s');
            out.Text(row.*member);
          } else {
            out.Byte('i');
            out.Int(static_cast<int64_t>(row.*member));
          }
        },
        column.member);
  }
  return Ok();
}

template <typename Row>
Status ReadValue(Unpacker& in, const sqlite::Column<Row>& column, Row& row) {
  ASSIGN_OR_RETURN(const uint8_t type, in.Byte());
  if (auto* const text = std::get_if<std::string Row::*>(&column.member); text != nullptr) {
    if (type != 's') return SpillDamaged("a text is of another type");
    ASSIGN_OR_RETURN(row.**text, in.Text());
    return Ok();
  }
  if (type != 'i') return SpillDamaged("a number is of another type");
  ASSIGN_OR_RETURN(const int64_t value, in.Int());
  if (auto* const flag = std::get_if<bool Row::*>(&column.member); flag != nullptr) {
    if (value != 0 && value != 1) return SpillDamaged("a flag is neither 0 nor 1");
    row.** flag = value != 0;
  } else {
    row.*std::get<int64_t Row::*>(column.member) = value;
  }
  return Ok();
}

template <typename Row>
Result<Row> ReadRow(Unpacker& in) {
  Row row;
  ASSIGN_OR_RETURN(const uint8_t count, in.Byte());
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::string name, in.Text());
    const sqlite::Column<Row>* found = nullptr;
    for (const auto& column : sqlite::TableOf<Row>().columns) {
      if (column.name == name) found = &column;
    }
    if (found == nullptr) return SpillDamaged("a column is not known here");
    RETURN_IF_ERROR(ReadValue(in, *found, row));
  }
  return row;
}

template <typename Row>
Status ReplayRow(Unpacker& in, Transaction& tx, Status (Transaction::*call)(const Row&)) {
  ASSIGN_OR_RETURN(const Row row, ReadRow<Row>(in));
  return (tx.*call)(row);
}

Status ReplayLift(Unpacker& in, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::string id, in.Text());
  ASSIGN_OR_RETURN(const std::string by, in.Text());
  ASSIGN_OR_RETURN(const std::string reason, in.Text());
  return tx.LiftQuarantine(id, by, reason);
}

Status ReplayAudit(Unpacker& in, Transaction& tx, int64_t time_us) {
  AuditFact fact;
  ASSIGN_OR_RETURN(fact.principal, in.Text());
  ASSIGN_OR_RETURN(fact.action, in.Text());
  ASSIGN_OR_RETURN(fact.resource, in.Text());
  ASSIGN_OR_RETURN(fact.outcome, in.Text());
  ASSIGN_OR_RETURN(const int64_t details, in.Int());
  for (int64_t i = 0; i < details; ++i) {
    ASSIGN_OR_RETURN(std::string key, in.Text());
    ASSIGN_OR_RETURN(std::string value, in.Text());
    fact.details.emplace_back(std::move(key), std::move(value));
  }
  fact.details.emplace_back("spilled", FormatRfc3339(time_us));
  RETURN_IF_ERROR(tx.AppendAudit(fact));
  return Ok();
}

Status ReplayCall(Unpacker& in, Transaction& tx, int64_t time_us) {
  ASSIGN_OR_RETURN(const uint8_t call, in.Byte());
  switch (static_cast<Call>(call)) {
    case Call::kPutBlob: {
      ASSIGN_OR_RETURN(const ByteView bytes, in.Blob());
      RETURN_IF_ERROR(tx.PutBlob(bytes));
      return Ok();
    }
    case Call::kUpdateUnit:
      return ReplayRow(in, tx, &Transaction::UpdateUnit);
    case Call::kInsertEvidence:
      return ReplayRow(in, tx, &Transaction::InsertEvidence);
    case Call::kInsertDump:
      return ReplayRow(in, tx, &Transaction::InsertDump);
    case Call::kInsertAttribution:
      return ReplayRow(in, tx, &Transaction::InsertAttribution);
    case Call::kInsertImage:
      return ReplayRow(in, tx, &Transaction::InsertImage);
    case Call::kInsertJob:
      return ReplayRow(in, tx, &Transaction::InsertJob);
    case Call::kUpdateJob:
      return ReplayRow(in, tx, &Transaction::UpdateJob);
    case Call::kPutStep:
      return ReplayRow(in, tx, &Transaction::PutStep);
    case Call::kAppendEvent: {
      ASSIGN_OR_RETURN(const JobEvent event, ReadRow<JobEvent>(in));
      RETURN_IF_ERROR(tx.AppendEvent(event));
      return Ok();
    }
    case Call::kInsertQuarantine:
      return ReplayRow(in, tx, &Transaction::InsertQuarantine);
    case Call::kLiftQuarantine:
      return ReplayLift(in, tx);
    case Call::kInsertClaim:
      return ReplayRow(in, tx, &Transaction::InsertClaim);
    case Call::kUpdateClaim:
      return ReplayRow(in, tx, &Transaction::UpdateClaim);
    case Call::kAppendAudit:
      return ReplayAudit(in, tx, time_us);
    case Call::kInsertEvidenceMove:
      return ReplayRow(in, tx, &Transaction::InsertEvidenceMove);
    case Call::kInsertUnitEvent:
      return ReplayRow(in, tx, &Transaction::InsertUnitEvent);
    case Call::kInsertDumpFile:
      return ReplayRow(in, tx, &Transaction::InsertDumpFile);
    case Call::kInsertDumpProof:
      return ReplayRow(in, tx, &Transaction::InsertDumpProof);
    case Call::kInsertArchiving:
      return ReplayRow(in, tx, &Transaction::InsertArchiving);
    case Call::kInsertImageMark:
      return ReplayRow(in, tx, &Transaction::InsertImageMark);
    case Call::kInsertCopy:
      return ReplayRow(in, tx, &Transaction::InsertCopy);
  }
  return SpillDamaged("a call is not known here");
}

}  // namespace

ChangeRecorder::ChangeRecorder(const Clock& clock, const std::string& id)
    : clock_(clock), now_us_(clock.WallMicros()) {
  out_.Text(id);
  out_.Int(now_us_);
}

std::string ChangeRecorder::NewId() { return firmbench::NewId(clock_); }

Result<std::string> ChangeRecorder::PutBlob(ByteView bytes) {
  out_.Byte(static_cast<uint8_t>(Call::kPutBlob));
  out_.Blob(bytes);
  return Sha256Hex(bytes);
}
Result<int64_t> ChangeRecorder::InsertUnit(const Unit&) { return Refused("a new unit"); }
Status ChangeRecorder::UpdateUnit(const Unit& unit) {
  return NoteRow(out_, Call::kUpdateUnit, unit);
}
Status ChangeRecorder::InsertEvidence(const UnitEvidence& evidence) {
  return NoteRow(out_, Call::kInsertEvidence, evidence);
}
Status ChangeRecorder::InsertDump(const Dump& dump) {
  return NoteRow(out_, Call::kInsertDump, dump);
}
Status ChangeRecorder::InsertAttribution(const DumpAttribution& attribution) {
  return NoteRow(out_, Call::kInsertAttribution, attribution);
}
Status ChangeRecorder::InsertImage(const Image& image) {
  return NoteRow(out_, Call::kInsertImage, image);
}
Status ChangeRecorder::InsertEvidenceMove(const EvidenceMove& move) {
  return NoteRow(out_, Call::kInsertEvidenceMove, move);
}
Status ChangeRecorder::InsertUnitEvent(const UnitEvent& event) {
  return NoteRow(out_, Call::kInsertUnitEvent, event);
}
Status ChangeRecorder::InsertDumpFile(const DumpFile& file) {
  return NoteRow(out_, Call::kInsertDumpFile, file);
}
Status ChangeRecorder::InsertDumpProof(const DumpProof& proof) {
  return NoteRow(out_, Call::kInsertDumpProof, proof);
}
Status ChangeRecorder::InsertArchiving(const Archiving& archiving) {
  return NoteRow(out_, Call::kInsertArchiving, archiving);
}
Status ChangeRecorder::InsertImageMark(const ImageMark& mark) {
  return NoteRow(out_, Call::kInsertImageMark, mark);
}
Status ChangeRecorder::InsertCopy(const Copy& copy) {
  return NoteRow(out_, Call::kInsertCopy, copy);
}
// A spill file lies about until somebody looks at it: no place for names of people.
Status ChangeRecorder::InsertCustomer(const Customer&) { return Refused("a customer"); }
Status ChangeRecorder::EraseCustomerData(const std::string&) { return Refused("an erasure"); }
Status ChangeRecorder::InsertCheckpoint(const Checkpoint&) { return Refused("a checkpoint"); }
Status ChangeRecorder::InsertJob(const Job& job) { return NoteRow(out_, Call::kInsertJob, job); }
Status ChangeRecorder::UpdateJob(const Job& job) { return NoteRow(out_, Call::kUpdateJob, job); }
Status ChangeRecorder::PutStep(const JobStep& step) { return NoteRow(out_, Call::kPutStep, step); }
Result<int64_t> ChangeRecorder::AppendEvent(const JobEvent& event) {
  RETURN_IF_ERROR(NoteRow(out_, Call::kAppendEvent, event));
  return int64_t{0};
}
Status ChangeRecorder::InsertQuarantine(const Quarantine& quarantine) {
  return NoteRow(out_, Call::kInsertQuarantine, quarantine);
}
Status ChangeRecorder::LiftQuarantine(const std::string& id, const std::string& by,
                                      const std::string& reason) {
  out_.Byte(static_cast<uint8_t>(Call::kLiftQuarantine));
  out_.Text(id);
  out_.Text(by);
  out_.Text(reason);
  return Ok();
}
Status ChangeRecorder::InsertClaim(const Claim& claim) {
  return NoteRow(out_, Call::kInsertClaim, claim);
}
Status ChangeRecorder::UpdateClaim(const Claim& claim) {
  return NoteRow(out_, Call::kUpdateClaim, claim);
}
Status ChangeRecorder::InsertCredential(const Credential&) { return Refused("a credential"); }
Status ChangeRecorder::UpdateCredential(const Credential&) { return Refused("a credential"); }
Status ChangeRecorder::InsertApproval(const Approval&) { return Refused("an approval"); }
Status ChangeRecorder::InsertJobTrace(const JobTrace&) { return Refused("a trace"); }
Status ChangeRecorder::InsertSpilled(const SpilledRecord&) { return Refused("a spilled record"); }

Result<int64_t> ChangeRecorder::AppendAudit(const AuditFact& fact) {
  out_.Byte(static_cast<uint8_t>(Call::kAppendAudit));
  out_.Text(fact.principal);
  out_.Text(fact.action);
  out_.Text(fact.resource);
  out_.Text(fact.outcome);
  out_.Int(static_cast<int64_t>(fact.details.size()));
  for (const auto& [key, value] : fact.details) {
    out_.Text(key);
    out_.Text(value);
  }
  return int64_t{0};
}

Status ReplayChange(ByteView payload, const std::string& job_id, Transaction& tx, bool& taken) {
  taken = false;
  Unpacker in(payload);
  ASSIGN_OR_RETURN(const std::string id, in.Text());
  ASSIGN_OR_RETURN(const int64_t time_us, in.Int());
  if (!IsId(id) || time_us < 0 || time_us >= kLatestTime) {
    return SpillDamaged("a record has no id or no time");
  }
  const Status known = tx.InsertSpilled({.id = id, .job_id = job_id, .taken_us = tx.now_us()});
  if (!known && known.error().reason() == "ALREADY_EXISTS") return Ok();
  RETURN_IF_ERROR(known);
  while (!in.done()) RETURN_IF_ERROR(ReplayCall(in, tx, time_us));
  taken = true;
  return Ok();
}

}  // namespace firmbench::storage
