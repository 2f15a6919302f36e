// SPDX-License-Identifier: Apache-2.0
#pragma once

// One change of the ledger while it is being made. Lives on the writer's thread, inside a
// savepoint.

#include <cstdint>
#include <string>

#include "storage/sqlite/audit_log.h"
#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(Database& database, const Clock& clock, AuditContext audit)
      : database_(database), clock_(clock), audit_(std::move(audit)) {}

  int64_t now_us() const override { return audit_.now_us; }
  std::string NewId() override;
  Result<std::string> PutBlob(ByteView bytes) override;
  Result<int64_t> InsertUnit(const Unit& unit) override;
  Status UpdateUnit(const Unit& unit) override;
  Status InsertEvidence(const UnitEvidence& evidence) override;
  Status InsertDump(const Dump& dump) override;
  Status InsertAttribution(const DumpAttribution& attribution) override;
  Status InsertEvidenceMove(const EvidenceMove& move) override;
  Status InsertUnitEvent(const UnitEvent& event) override;
  Status InsertCustomer(const Customer& customer) override;
  Status EraseCustomerData(const std::string& unit_id) override;
  Status InsertDumpFile(const DumpFile& file) override;
  Status InsertDumpProof(const DumpProof& proof) override;
  Status InsertArchiving(const Archiving& archiving) override;
  Status InsertImage(const Image& image) override;
  Status InsertImageMark(const ImageMark& mark) override;
  Status InsertCopy(const Copy& copy) override;
  Status InsertCheckpoint(const Checkpoint& checkpoint) override;
  Status InsertJob(const Job& job) override;
  Status UpdateJob(const Job& job) override;
  Status PutStep(const JobStep& step) override;
  Result<int64_t> AppendEvent(const JobEvent& event) override;
  Status InsertQuarantine(const Quarantine& quarantine) override;
  Status LiftQuarantine(const std::string& id, const std::string& by,
                        const std::string& reason) override;
  Status InsertClaim(const Claim& claim) override;
  Status UpdateClaim(const Claim& claim) override;
  Status InsertCredential(const Credential& credential) override;
  Status UpdateCredential(const Credential& credential) override;
  Status InsertApproval(const Approval& approval) override;
  Status InsertJobTrace(const JobTrace& trace) override;
  Status InsertSpilled(const SpilledRecord& record) override;
  Result<int64_t> AppendAudit(const AuditFact& fact) override;

  // Ends the change: what it wrote can be searched for.
  Status Finish();
  // Whether the old bytes of what was erased must still be wiped from the log once it is committed.
  bool erased() const { return erased_; }

 private:
  // SQLite leaves a transaction by itself on some errors; what follows would then not be atomic.
  Status Alive() const;
  template <typename Row>
  Status Insert(const Row& row);
  template <typename Row>
  Status Update(const Row& row);
  Status CheckMerge(const Unit& unit);
  Status CheckBlobSize(const std::string& sha256, int64_t size_bytes);

  Database& database_;
  const Clock& clock_;
  const AuditContext audit_;
  bool erased_ = false;
};

}  // namespace firmbench::storage::sqlite
