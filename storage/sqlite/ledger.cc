// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ledger.h"

#include <algorithm>
#include <utility>

#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "storage/audit/entry.h"
#include "storage/sqlite/audit_queries.h"
#include "storage/sqlite/blobs.h"
#include "storage/sqlite/erase.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/queries.h"
#include "storage/sqlite/search.h"
#include "storage/sqlite/transaction.h"
#include "storage/sqlite/verify.h"

namespace firmbench::storage {
namespace sqlite {
namespace {

constexpr int kMaxReaders = 4;
constexpr int64_t kChunksAtOnce = 16;  // 1 MiB

int BusyMillis(const OpenOptions& options) {
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::milliseconds>(options.busy_wait).count());
}

// The bench's identity is made with the ledger and stays.
Result<std::string> BenchId(Database& database, const Clock& clock) {
  ASSIGN_OR_RETURN(
      Statement insert,
      database.Prepare("INSERT INTO bench (key, value) VALUES ('bench_id', ?1), ('commits', '0')"
                       " ON CONFLICT DO NOTHING"));
  RETURN_IF_ERROR(insert.Bind(NewId(clock)).Run());
  ASSIGN_OR_RETURN(Statement read,
                   database.Prepare("SELECT value FROM bench WHERE key = 'bench_id'"));
  ASSIGN_OR_RETURN(const bool found, read.Step());
  if (!found || !IsId(read.Text(0))) return DataLoss("LEDGER_CORRUPT", "the ledger names no bench");
  return read.Text(0);
}

}  // namespace

Result<std::unique_ptr<Ledger>> SqliteLedger::Create(std::unique_ptr<Database> database,
                                                     const OpenOptions& options) {
  ASSIGN_OR_RETURN(std::string bench_id, BenchId(*database, *options.clock));
  return std::unique_ptr<Ledger>(
      new SqliteLedger(std::move(database), options, std::move(bench_id)));
}

SqliteLedger::SqliteLedger(std::unique_ptr<Database> database, const OpenOptions& options,
                           std::string bench_id)
    : bench_id_(std::move(bench_id)),
      reader_options_{
          .path = options.path, .mode = Database::Mode::kReadOnly, .busy_ms = BusyMillis(options)},
      clock_(options.clock),
      clock_synchronised_(options.clock_synchronised ? options.clock_synchronised
                                                     : audit::KernelClockSynchronised),
      writer_(
          std::move(database), reader_options_, [](Database& db) { return db.Exec("COMMIT"); },
          *clock_),
      readers_(reader_options_, kMaxReaders) {}

Status SqliteLedger::Commit(const std::function<Status(Transaction&)>& change) {
  bool erased = false;
  RETURN_IF_ERROR(writer_.Submit([&](Database& database) -> Status {
    SqliteTransaction transaction(database, *clock_,
                                  {.bench_id = bench_id_,
                                   .now_us = clock_->WallMicros(),
                                   .clock_synchronised = clock_synchronised_()});
    RETURN_IF_ERROR(change(transaction));
    erased = transaction.erased();
    return transaction.Finish();
  }));
  if (!erased && !wipe_due_) return Ok();
  Database::Options options = reader_options_;
  options.mode = Database::Mode::kReadWrite;
  // What was erased is erased: a read that keeps old pages of the log in use is not waited for
  // more than once. Later commits try again, and closing the ledger removes the log.
  if (!erased) options.busy_ms = 0;
  wipe_due_ = !WipeLog(options).has_value();
  return Ok();
}

LedgerHealth SqliteLedger::Health() {
  if (writer_.health().ProbeDue()) writer_.Probe(kProbeWait);
  return writer_.health().Now();
}

template <typename Query>
auto SqliteLedger::Read(Query query) -> decltype(query(std::declval<Database&>())) {
  ASSIGN_OR_RETURN(const auto reader, readers_.Take());
  auto result = query(*reader);
  if (!result) writer_.health().ReadFailed(result.error());
  return result;
}

Result<Unit> SqliteLedger::GetUnit(const std::string& id) {
  return Read([&](Database& db) { return sqlite::GetUnit(db, id); });
}
Result<Paged<Unit>> SqliteLedger::ListUnits(const UnitFilter& filter, const Page& page) {
  return Read([&](Database& db) { return sqlite::ListUnits(db, filter, page); });
}
Result<Unit> SqliteLedger::ResolveUnit(const std::string& id) {
  return Read([&](Database& db) { return sqlite::ResolveUnit(db, id); });
}
Result<std::vector<UnitEvent>> SqliteLedger::ListUnitEvents(const std::string& unit_id) {
  return Read([&](Database& db) { return sqlite::ListUnitEvents(db, unit_id); });
}
Result<std::vector<Customer>> SqliteLedger::ListCustomers(const std::string& unit_id) {
  return Read([&](Database& db) { return sqlite::ListCustomers(db, unit_id); });
}
Result<std::vector<UnitEvidence>> SqliteLedger::ListEvidence(const std::string& unit_id) {
  return Read([&](Database& db) { return sqlite::ListEvidence(db, unit_id); });
}
Result<std::vector<UnitEvidence>> SqliteLedger::FindEvidence(const std::string& kind,
                                                             const std::string& value) {
  return Read([&](Database& db) { return sqlite::FindEvidence(db, kind, value); });
}
Result<Dump> SqliteLedger::GetDump(const std::string& id) {
  return Read([&](Database& db) { return sqlite::GetDump(db, id); });
}
Result<Paged<Dump>> SqliteLedger::ListDumps(const DumpFilter& filter, const Page& page) {
  return Read([&](Database& db) { return sqlite::ListDumps(db, filter, page); });
}
Result<std::vector<DumpAttribution>> SqliteLedger::ListAttributions(const std::string& dump_id) {
  return Read([&](Database& db) { return sqlite::ListAttributions(db, dump_id); });
}
Result<std::vector<DumpFile>> SqliteLedger::ListDumpFiles(const std::string& dump_id) {
  return Read([&](Database& db) { return sqlite::ListDumpFiles(db, dump_id); });
}
Result<std::vector<DumpProof>> SqliteLedger::ListDumpProofs(const std::string& dump_id) {
  return Read([&](Database& db) { return sqlite::ListDumpProofs(db, dump_id); });
}
Result<std::string> SqliteLedger::IdentityMark() {
  return Read([&](Database& db) { return sqlite::IdentityMark(db); });
}
Result<std::optional<Dump>> SqliteLedger::NewestDump(const std::string& unit_id,
                                                     const std::string& memory) {
  return Read([&](Database& db) { return sqlite::NewestDump(db, unit_id, memory); });
}
Result<Image> SqliteLedger::GetImage(const std::string& id) {
  return Read([&](Database& db) { return sqlite::GetImage(db, id); });
}
Result<std::optional<Image>> SqliteLedger::FindImageBySha256(const std::string& sha256) {
  return Read([&](Database& db) { return sqlite::FindImageBySha256(db, sha256); });
}
Result<Paged<Image>> SqliteLedger::ListImages(const ImageFilter& filter, const Page& page) {
  return Read([&](Database& db) { return sqlite::ListImages(db, filter, page); });
}
Result<std::vector<ImageMark>> SqliteLedger::ListImageMarks(const std::string& image_id) {
  return Read([&](Database& db) { return sqlite::ListImageMarks(db, image_id); });
}
Result<Job> SqliteLedger::GetJob(const std::string& id) {
  return Read([&](Database& db) { return sqlite::GetJob(db, id); });
}
Result<std::optional<Job>> SqliteLedger::FindJobByRequest(const std::string& request_id) {
  return Read([&](Database& db) { return sqlite::FindJobByRequest(db, request_id); });
}
Result<Paged<Job>> SqliteLedger::ListJobs(const JobFilter& filter, const Page& page) {
  return Read([&](Database& db) { return sqlite::ListJobs(db, filter, page); });
}
Result<std::vector<JobStep>> SqliteLedger::ListSteps(const std::string& job_id) {
  return Read([&](Database& db) { return sqlite::ListSteps(db, job_id); });
}
Result<std::vector<JobEvent>> SqliteLedger::ListEvents(const std::string& job_id,
                                                       int64_t after_sequence, int limit) {
  return Read([&](Database& db) { return sqlite::ListEvents(db, job_id, after_sequence, limit); });
}
Result<std::vector<Quarantine>> SqliteLedger::ListQuarantines(bool in_force_only) {
  return Read([&](Database& db) { return sqlite::ListQuarantines(db, in_force_only); });
}
Result<std::vector<Claim>> SqliteLedger::ListClaims(const std::string& drive_id,
                                                    bool in_force_only) {
  const int64_t now_us = in_force_only ? clock_->WallMicros() : 0;
  return Read([&](Database& db) { return sqlite::ListClaims(db, drive_id, now_us); });
}
Result<std::vector<Credential>> SqliteLedger::ListCredentials(const CredentialFilter& filter) {
  const int64_t now_us = filter.ended_too ? 0 : clock_->WallMicros();
  return Read([&](Database& db) { return sqlite::ListCredentials(db, filter, now_us); });
}
Result<std::optional<JobTrace>> SqliteLedger::FindJobTrace(const std::string& job_id) {
  return Read([&](Database& db) { return sqlite::FindJobTrace(db, job_id); });
}
Result<std::optional<Approval>> SqliteLedger::FindApproval(const std::string& job_id) {
  return Read([&](Database& db) { return sqlite::FindApproval(db, job_id); });
}
Result<Paged<AuditEntry>> SqliteLedger::ListAudit(const AuditFilter& filter, const Page& page) {
  return Read([&](Database& db) { return sqlite::ListAudit(db, filter, page); });
}
Result<std::vector<AuditEntry>> SqliteLedger::ExportAudit(const AuditFilter& filter, int64_t first,
                                                          int limit) {
  return Read([&](Database& db) { return sqlite::ExportAudit(db, filter, first, limit); });
}
Result<AuditEntry> SqliteLedger::GetAuditEntry(int64_t sequence) {
  return Read([&](Database& db) { return sqlite::GetAuditEntry(db, sequence); });
}
Result<int64_t> SqliteLedger::AuditSize() {
  return Read([](Database& db) { return sqlite::AuditSize(db); });
}
Result<std::string> SqliteLedger::AuditRoot(int64_t size) {
  return Read([&](Database& db) { return sqlite::AuditRoot(db, size); });
}
Result<std::vector<std::string>> SqliteLedger::ProveInclusion(int64_t sequence, int64_t size) {
  return Read([&](Database& db) { return sqlite::ProveInclusion(db, sequence, size); });
}
Result<std::vector<std::string>> SqliteLedger::ProveConsistency(int64_t old_size,
                                                                int64_t new_size) {
  return Read([&](Database& db) { return sqlite::ProveConsistency(db, old_size, new_size); });
}
Result<std::optional<Checkpoint>> SqliteLedger::FindCheckpoint(int64_t size) {
  return Read([&](Database& db) { return sqlite::FindCheckpoint(db, size); });
}

Result<std::vector<std::string>> SqliteLedger::ListUncopied(const std::string& place, int limit) {
  return Read([&](Database& db) { return sqlite::ListUncopied(db, place, limit); });
}
Result<std::vector<SearchHit>> SqliteLedger::Search(const std::string& text, int limit) {
  return Read([&](Database& db) { return sqlite::Search(db, text, limit); });
}

Result<Bytes> SqliteLedger::ReadBlob(const std::string& sha256) {
  Bytes content;
  RETURN_IF_ERROR(StreamBlob(sha256, [&](ByteView piece) {
    content.insert(content.end(), piece.begin(), piece.end());
    return Ok();
  }));
  return content;
}

Status SqliteLedger::StreamBlob(const std::string& sha256,
                                const std::function<Status(ByteView)>& sink) {
  ASSIGN_OR_RETURN(const BlobInfo blob, Read([&](Database& db) { return FindBlob(db, sha256); }));
  ChunkReader chunks;
  Sha256Stream hash;
  Bytes piece;
  for (int64_t first = 0; first < blob.chunks; first += kChunksAtOnce) {
    // A sink must not wait with a connection in hand; blobs never change between two pieces.
    RETURN_IF_ERROR(Read([&](Database& db) {
      return chunks.Read(db, blob, first, std::min(kChunksAtOnce, blob.chunks - first), piece);
    }));
    hash.Update(piece);
    // The last piece is given only when the whole is right, so that no sink ever has all of a
    // damaged blob.
    const bool last = first + kChunksAtOnce >= blob.chunks;
    if (last && ToHex(hash.Finish()) != sha256) {
      return BlobCorrupt("blob " + sha256 + " has other content than its hash says");
    }
    RETURN_IF_ERROR(sink(piece));
  }
  if (blob.chunks == 0 && ToHex(hash.Finish()) != sha256) {
    return BlobCorrupt("blob " + sha256 + " has lost its content");
  }
  return Ok();
}

Result<AuditReport> SqliteLedger::Verify() {
  // SQLite reads the CHECK constraints only on a connection that could write.
  Database::Options options = reader_options_;
  options.mode = Database::Mode::kReadWrite;
  ASSIGN_OR_RETURN(const auto database, Database::Open(options));
  RETURN_IF_ERROR(database->Exec("PRAGMA query_only=ON"));
  return VerifyLedger(*database, bench_id_);
}

}  // namespace sqlite

Result<std::unique_ptr<Ledger>> OpenLedger(const OpenOptions& options) {
  using sqlite::Database;
  const auto migrations = sqlite::BuiltInMigrations();
  ASSIGN_OR_RETURN(const bool there, sqlite::Inspect(options.path, options.create, migrations));
  if (!there) RETURN_IF_ERROR(sqlite::CreateFile(options.path));
  ASSIGN_OR_RETURN(auto database, Database::Open({.path = options.path,
                                                  .cache_kib = 1024,
                                                  .busy_ms = sqlite::BusyMillis(options)}));
  // A new file gets its log by a transaction with a rollback journal; EXTRA makes durable that this
  // journal is gone, or a power cut much later could bring it back and undo what came after it.
  // The log is kept within 16 MiB after a checkpoint: a few backups of the largest firmware.
  RETURN_IF_ERROR(
      database->Exec("PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "PRAGMA journal_size_limit=16777216;"));
  RETURN_IF_ERROR(sqlite::Migrate(*database, migrations, *options.clock));
  return sqlite::SqliteLedger::Create(std::move(database), options);
}

}  // namespace firmbench::storage
