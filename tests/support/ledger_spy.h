// SPDX-License-Identifier: Apache-2.0
#pragma once

// A ledger in front of a real one that remembers in which order things were committed, and that can
// refuse an entry as a full disk would. Thread-safe.

#include <functional>
#include <string>
#include <vector>

#include "daemon/base/mutex.h"
#include "storage/storage.h"

namespace firmbench::test {

class LedgerSpy final : public storage::Ledger {
 public:
  explicit LedgerSpy(storage::Ledger& real) : real_(real) {}

  // What was committed, in order: "audit job.create", "dump eeprom", "quarantine drive", "event
  // state WRITING", ... Only what is durable is in it.
  std::vector<std::string> committed() const;
  void Forget();

  // Asked on the writer's thread before each of these is put into its transaction; an error undoes
  // the transaction. An empty function stops it.
  using Gate = std::function<Status(const std::string& what)>;
  void AskBefore(Gate gate);
  // From the first entry of this name on nothing is taken any more, until AskBefore({}).
  void RefuseFrom(const std::string& what);

  Status Commit(const std::function<Status(storage::Transaction&)>& change) override;

  // What the gate refused with a reason of the ledger counts as a failed commit.
  storage::LedgerHealth Health() override;
  const std::string& bench_id() const override { return real_.bench_id(); }
  int schema_version() const override { return real_.schema_version(); }
  Result<storage::Unit> GetUnit(const std::string& id) override { return real_.GetUnit(id); }
  Result<storage::Paged<storage::Unit>> ListUnits(const storage::UnitFilter& filter,
                                                  const storage::Page& page) override {
    return real_.ListUnits(filter, page);
  }
  Result<storage::Unit> ResolveUnit(const std::string& id) override {
    return real_.ResolveUnit(id);
  }
  Result<std::vector<storage::UnitEvent>> ListUnitEvents(const std::string& unit_id) override {
    return real_.ListUnitEvents(unit_id);
  }
  Result<std::vector<storage::Customer>> ListCustomers(const std::string& unit_id) override {
    return real_.ListCustomers(unit_id);
  }
  Result<std::vector<storage::UnitEvidence>> ListEvidence(const std::string& unit_id) override {
    return real_.ListEvidence(unit_id);
  }
  Result<std::vector<storage::UnitEvidence>> FindEvidence(const std::string& kind,
                                                          const std::string& value) override {
    return real_.FindEvidence(kind, value);
  }
  Result<storage::Dump> GetDump(const std::string& id) override { return real_.GetDump(id); }
  Result<storage::Paged<storage::Dump>> ListDumps(const storage::DumpFilter& filter,
                                                  const storage::Page& page) override {
    return real_.ListDumps(filter, page);
  }
  Result<std::vector<storage::DumpAttribution>> ListAttributions(
      const std::string& dump_id) override {
    return real_.ListAttributions(dump_id);
  }
  Result<std::vector<storage::DumpFile>> ListDumpFiles(const std::string& dump_id) override {
    return real_.ListDumpFiles(dump_id);
  }
  Result<std::vector<storage::DumpProof>> ListDumpProofs(const std::string& dump_id) override {
    return real_.ListDumpProofs(dump_id);
  }
  Result<std::string> IdentityMark() override { return real_.IdentityMark(); }
  Result<std::optional<storage::Dump>> NewestDump(const std::string& unit_id,
                                                  const std::string& memory) override {
    return real_.NewestDump(unit_id, memory);
  }
  Result<storage::Image> GetImage(const std::string& id) override { return real_.GetImage(id); }
  Result<std::optional<storage::Image>> FindImageBySha256(const std::string& sha256) override {
    return real_.FindImageBySha256(sha256);
  }
  Result<storage::Paged<storage::Image>> ListImages(const storage::ImageFilter& filter,
                                                    const storage::Page& page) override {
    return real_.ListImages(filter, page);
  }
  Result<std::vector<storage::ImageMark>> ListImageMarks(const std::string& image_id) override {
    return real_.ListImageMarks(image_id);
  }
  Result<storage::Job> GetJob(const std::string& id) override { return real_.GetJob(id); }
  Result<std::optional<storage::Job>> FindJobByRequest(const std::string& request_id) override {
    return real_.FindJobByRequest(request_id);
  }
  Result<storage::Paged<storage::Job>> ListJobs(const storage::JobFilter& filter,
                                                const storage::Page& page) override {
    return real_.ListJobs(filter, page);
  }
  Result<std::vector<storage::JobStep>> ListSteps(const std::string& job_id) override {
    return real_.ListSteps(job_id);
  }
  Result<std::vector<storage::JobEvent>> ListEvents(const std::string& job_id,
                                                    int64_t after_sequence, int limit) override {
    return real_.ListEvents(job_id, after_sequence, limit);
  }
  Result<std::vector<storage::Quarantine>> ListQuarantines(bool in_force_only) override {
    return real_.ListQuarantines(in_force_only);
  }
  Result<std::vector<storage::Credential>> ListCredentials(
      const storage::CredentialFilter& filter) override {
    return real_.ListCredentials(filter);
  }
  Result<std::optional<storage::Approval>> FindApproval(const std::string& job_id) override {
    return real_.FindApproval(job_id);
  }
  Result<std::optional<storage::JobTrace>> FindJobTrace(const std::string& job_id) override {
    return real_.FindJobTrace(job_id);
  }
  Result<std::vector<storage::Claim>> ListClaims(const std::string& drive_id,
                                                 bool in_force_only) override {
    return real_.ListClaims(drive_id, in_force_only);
  }
  Result<storage::Paged<storage::AuditEntry>> ListAudit(const storage::AuditFilter& filter,
                                                        const storage::Page& page) override {
    return real_.ListAudit(filter, page);
  }
  Result<std::vector<storage::AuditEntry>> ExportAudit(const storage::AuditFilter& filter,
                                                       int64_t first, int limit) override {
    return real_.ExportAudit(filter, first, limit);
  }
  Result<storage::AuditEntry> GetAuditEntry(int64_t sequence) override {
    return real_.GetAuditEntry(sequence);
  }
  Result<int64_t> AuditSize() override { return real_.AuditSize(); }
  Result<std::string> AuditRoot(int64_t size) override { return real_.AuditRoot(size); }
  Result<std::vector<std::string>> ProveInclusion(int64_t sequence, int64_t size) override {
    return real_.ProveInclusion(sequence, size);
  }
  Result<std::vector<std::string>> ProveConsistency(int64_t old_size, int64_t new_size) override {
    return real_.ProveConsistency(old_size, new_size);
  }
  Result<std::optional<storage::Checkpoint>> FindCheckpoint(int64_t size) override {
    return real_.FindCheckpoint(size);
  }
  Result<std::vector<std::string>> ListUncopied(const std::string& place, int limit) override {
    return real_.ListUncopied(place, limit);
  }
  Result<std::vector<storage::SearchHit>> Search(const std::string& text, int limit) override {
    return real_.Search(text, limit);
  }
  Result<Bytes> ReadBlob(const std::string& sha256) override;
  Status StreamBlob(const std::string& sha256,
                    const std::function<Status(ByteView)>& sink) override {
    return real_.StreamBlob(sha256, sink);
  }
  Result<storage::AuditReport> Verify() override { return real_.Verify(); }

 private:
  storage::Ledger& real_;
  mutable Mutex mutex_;
  Gate gate_ FB_GUARDED_BY(mutex_);
  storage::LedgerHealth health_ FB_GUARDED_BY(mutex_);
  std::vector<std::string> committed_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::test
