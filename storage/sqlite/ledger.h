// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger on SQLite: one writer thread, a few connections for reading. Thread-safe.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/sqlite/migrate.h"
#include "storage/sqlite/reader_pool.h"
#include "storage/sqlite/writer.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

class SqliteLedger final : public Ledger {
 public:
  // `database` is open for writing and migrated.
  static Result<std::unique_ptr<Ledger>> Create(std::unique_ptr<Database> database,
                                                const OpenOptions& options);

  Status Commit(const std::function<Status(Transaction&)>& change) override;
  LedgerHealth Health() override;
  const std::string& bench_id() const override { return bench_id_; }
  // An open ledger was brought to the newest schema.
  int schema_version() const override { return BuiltInMigrations().back().version; }

  Result<Unit> GetUnit(const std::string& id) override;
  Result<Paged<Unit>> ListUnits(const UnitFilter& filter, const Page& page) override;
  Result<Unit> ResolveUnit(const std::string& id) override;
  Result<std::vector<UnitEvent>> ListUnitEvents(const std::string& unit_id) override;
  Result<std::vector<Customer>> ListCustomers(const std::string& unit_id) override;
  Result<std::vector<UnitEvidence>> ListEvidence(const std::string& unit_id) override;
  Result<std::vector<UnitEvidence>> FindEvidence(const std::string& kind,
                                                 const std::string& value) override;
  Result<Dump> GetDump(const std::string& id) override;
  Result<Paged<Dump>> ListDumps(const DumpFilter& filter, const Page& page) override;
  Result<std::vector<DumpAttribution>> ListAttributions(const std::string& dump_id) override;
  Result<std::vector<DumpFile>> ListDumpFiles(const std::string& dump_id) override;
  Result<std::vector<DumpProof>> ListDumpProofs(const std::string& dump_id) override;
  Result<std::string> IdentityMark() override;
  Result<std::optional<Dump>> NewestDump(const std::string& unit_id,
                                         const std::string& memory) override;
  Result<Image> GetImage(const std::string& id) override;
  Result<std::optional<Image>> FindImageBySha256(const std::string& sha256) override;
  Result<Paged<Image>> ListImages(const ImageFilter& filter, const Page& page) override;
  Result<std::vector<ImageMark>> ListImageMarks(const std::string& image_id) override;
  Result<Job> GetJob(const std::string& id) override;
  Result<std::optional<Job>> FindJobByRequest(const std::string& request_id) override;
  Result<Paged<Job>> ListJobs(const JobFilter& filter, const Page& page) override;
  Result<std::vector<JobStep>> ListSteps(const std::string& job_id) override;
  Result<std::vector<JobEvent>> ListEvents(const std::string& job_id, int64_t after_sequence,
                                           int limit) override;
  Result<std::vector<Quarantine>> ListQuarantines(bool in_force_only) override;
  Result<std::vector<Claim>> ListClaims(const std::string& drive_id, bool in_force_only) override;
  Result<std::vector<Credential>> ListCredentials(const CredentialFilter& filter) override;
  Result<std::optional<Approval>> FindApproval(const std::string& job_id) override;
  Result<std::optional<JobTrace>> FindJobTrace(const std::string& job_id) override;
  Result<Paged<AuditEntry>> ListAudit(const AuditFilter& filter, const Page& page) override;
  Result<std::vector<AuditEntry>> ExportAudit(const AuditFilter& filter, int64_t first,
                                              int limit) override;
  Result<AuditEntry> GetAuditEntry(int64_t sequence) override;
  Result<int64_t> AuditSize() override;
  Result<std::string> AuditRoot(int64_t size) override;
  Result<std::vector<std::string>> ProveInclusion(int64_t sequence, int64_t size) override;
  Result<std::vector<std::string>> ProveConsistency(int64_t old_size, int64_t new_size) override;
  Result<std::optional<Checkpoint>> FindCheckpoint(int64_t size) override;
  Result<std::vector<std::string>> ListUncopied(const std::string& place, int limit) override;
  Result<std::vector<SearchHit>> Search(const std::string& text, int limit) override;
  Result<Bytes> ReadBlob(const std::string& sha256) override;
  Status StreamBlob(const std::string& sha256,
                    const std::function<Status(ByteView)>& sink) override;
  Result<AuditReport> Verify() override;

 private:
  SqliteLedger(std::unique_ptr<Database> database, const OpenOptions& options,
               std::string bench_id);
  // Runs the query on a connection for reading and notes damage that it meets.
  template <typename Query>
  auto Read(Query query) -> decltype(query(std::declval<Database&>()));

  const std::string bench_id_;
  const Database::Options reader_options_;
  Clock* const clock_;
  const std::function<bool()> clock_synchronised_;
  Writer writer_;  // before the readers: the last connection to close tidies the write-ahead log
  ReaderPool readers_;
  std::atomic<bool> wipe_due_ = false;  // the log still holds what was erased
};

}  // namespace firmbench::storage::sqlite
