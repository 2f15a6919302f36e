// SPDX-License-Identifier: Apache-2.0
#pragma once

// A change of the ledger as bytes: written down by a transaction that only remembers, made again on
// a real one. A recorder is for one thread; ReplayChange runs on the ledger's writer thread.
//
// A payload: record id (text), wall time in microseconds (8 bytes), then calls, each one byte that
// names it and its arguments. A row is its number of columns (1 byte) and for each the name (text),
// 'i' with an integer or 's' with a text. Columns that are missing hold their default, so that a
// later version of firmbench takes in what an earlier one wrote down.

#include <cstdint>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "storage/spill_format.h"
#include "storage/storage.h"

namespace firmbench::storage {

class ChangeRecorder : public Transaction {
 public:
  // `id` names the record for ever (NewId). `clock` must outlive the recorder.
  ChangeRecorder(const Clock& clock, const std::string& id);

  const Bytes& payload() const { return out_.bytes(); }

  int64_t now_us() const override { return now_us_; }
  std::string NewId() override;
  Result<std::string> PutBlob(ByteView bytes) override;
  // SPILL_REFUSED: its number cannot be known here.
  Result<int64_t> InsertUnit(const Unit& unit) override;
  Status UpdateUnit(const Unit& unit) override;
  Status InsertEvidence(const UnitEvidence& evidence) override;
  Status InsertDump(const Dump& dump) override;
  Status InsertAttribution(const DumpAttribution& attribution) override;
  Status InsertEvidenceMove(const EvidenceMove& move) override;
  Status InsertUnitEvent(const UnitEvent& event) override;
  Status InsertCustomer(const Customer& customer) override;  // SPILL_REFUSED: stays out of files
  Status EraseCustomerData(const std::string& unit_id) override;  // SPILL_REFUSED
  Status InsertDumpFile(const DumpFile& file) override;
  Status InsertDumpProof(const DumpProof& proof) override;
  Status InsertArchiving(const Archiving& archiving) override;
  Status InsertImage(const Image& image) override;
  Status InsertImageMark(const ImageMark& mark) override;
  Status InsertCopy(const Copy& copy) override;
  Status InsertCheckpoint(const Checkpoint& checkpoint) override;  // SPILL_REFUSED
  Status InsertJob(const Job& job) override;
  Status UpdateJob(const Job& job) override;
  Status PutStep(const JobStep& step) override;
  Result<int64_t> AppendEvent(const JobEvent& event) override;  // 0
  Status InsertQuarantine(const Quarantine& quarantine) override;
  Status LiftQuarantine(const std::string& id, const std::string& by,
                        const std::string& reason) override;
  Status InsertClaim(const Claim& claim) override;
  Status UpdateClaim(const Claim& claim) override;
  Status InsertCredential(const Credential& credential) override;  // SPILL_REFUSED
  Status UpdateCredential(const Credential& credential) override;  // SPILL_REFUSED
  Status InsertApproval(const Approval& approval) override;        // SPILL_REFUSED
  Status InsertJobTrace(const JobTrace& trace) override;           // SPILL_REFUSED
  Status InsertSpilled(const SpilledRecord& record) override;      // SPILL_REFUSED
  Result<int64_t> AppendAudit(const AuditFact& fact) override;     // 0

 private:
  const Clock& clock_;
  const int64_t now_us_;
  Packer out_;
};

// Makes the change, unless the ledger knows its record already: then `taken` is false. Audit
// entries get the detail "spilled", the time of recording. SPILL_DAMAGED, and what the calls
// return.
Status ReplayChange(ByteView payload, const std::string& job_id, Transaction& tx, bool& taken);

}  // namespace firmbench::storage
