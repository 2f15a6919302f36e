// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger: what the rest of firmbench knows of storage. Two interfaces over the plain structs of
// storage/records.h; the implementation is storage/sqlite. The schema is drawn in
// storage/README.md.
//
// Threads: a Ledger is thread-safe. Commit() blocks until the change is durable (WAL,
// synchronous=FULL); one writer thread gathers what several callers commit at the same time into
// one SQLite transaction. Reads run on connections of their own and see the last commit.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "daemon/base/result.h"
#include "storage/records.h"

namespace firmbench::storage {

// One atomic change. Used only inside the function given to Commit, on the writer's thread. Each
// call returns ALREADY_EXISTS, NOT_FOUND or a LEDGER_* error; an error returned from the function
// undoes everything that the function did.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual int64_t now_us() const = 0;
  virtual std::string NewId() = 0;

  // Stores the bytes under their SHA-256 (once, chunked, compressed) and returns it in hex.
  virtual Result<std::string> PutBlob(ByteView bytes) = 0;

  // Gives the unit its number and returns it.
  virtual Result<int64_t> InsertUnit(const Unit& unit) = 0;
  virtual Status UpdateUnit(const Unit& unit) = 0;  // mutable columns
  virtual Status InsertEvidence(const UnitEvidence& evidence) = 0;
  virtual Status InsertDump(const Dump& dump) = 0;  // its blob must be there
  virtual Status InsertAttribution(const DumpAttribution& attribution) = 0;
  virtual Status InsertEvidenceMove(const EvidenceMove& move) = 0;
  virtual Status InsertUnitEvent(const UnitEvent& event) = 0;
  virtual Status InsertCustomer(const Customer& customer) = 0;
  // Overwrites customer and ticket of all the unit's rows, the texts of its events and its note,
  // and their traces in the search index, with nothing; of those merged into it as well. The rows
  // and the audit log stay. After the commit the old bytes are gone from the database file and its
  // log, or will be once no read of before is under way.
  virtual Status EraseCustomerData(const std::string& unit_id) = 0;
  virtual Status InsertDumpFile(const DumpFile& file) = 0;
  virtual Status InsertDumpProof(const DumpProof& proof) = 0;
  virtual Status InsertArchiving(const Archiving& archiving) = 0;
  virtual Status InsertImage(const Image& image) = 0;
  virtual Status InsertImageMark(const ImageMark& mark) = 0;
  virtual Status InsertCopy(const Copy& copy) = 0;
  virtual Status InsertCheckpoint(const Checkpoint& checkpoint) = 0;
  virtual Status InsertJob(const Job& job) = 0;
  virtual Status UpdateJob(const Job& job) = 0;     // mutable columns
  virtual Status PutStep(const JobStep& step) = 0;  // inserts, or replaces outcome, note and times
  // Returns the sequence number.
  virtual Result<int64_t> AppendEvent(const JobEvent& event) = 0;
  virtual Status InsertQuarantine(const Quarantine& quarantine) = 0;
  virtual Status LiftQuarantine(const std::string& id, const std::string& by,
                                const std::string& reason) = 0;
  virtual Status InsertClaim(const Claim& claim) = 0;
  virtual Status UpdateClaim(const Claim& claim) = 0;  // mutable columns
  virtual Status InsertCredential(const Credential& credential) = 0;
  virtual Status UpdateCredential(const Credential& credential) = 0;  // mutable columns, once
  virtual Status InsertApproval(const Approval& approval) = 0;
  virtual Status InsertJobTrace(const JobTrace& trace) = 0;  // its blob must be there
  // ALREADY_EXISTS: the record with this id was taken in before.
  virtual Status InsertSpilled(const SpilledRecord& record) = 0;
  // Appends the entry, its leaf and the nodes of the tree. Returns the sequence number.
  virtual Result<int64_t> AppendAudit(const AuditFact& fact) = 0;
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  // Runs `change` on the writer's thread and returns once it is durable. When the commit itself
  // fails its fate is read again: the answer is an error only when the change is not there
  // (LEDGER_FULL, LEDGER_READ_ONLY, LEDGER_IO, LEDGER_BUSY, LEDGER_CORRUPT).
  virtual Status Commit(const std::function<Status(Transaction&)>& change) = 0;

  // What the last commits showed: a failing one sets it, the next that succeeds clears it. Asked
  // kProbeEvery or longer after the last failure, this tries a commit of its own and waits for it
  // at most kProbeWait. LEDGER_CORRUPT, which reads may show as well, stays until the ledger is
  // opened anew.
  virtual LedgerHealth Health() = 0;
  static constexpr Nanos kProbeEvery = std::chrono::seconds(5);
  static constexpr Nanos kProbeWait = std::chrono::milliseconds(250);

  virtual const std::string& bench_id() const = 0;
  // Version of the schema this ledger has, from 1.
  virtual int schema_version() const = 0;

  // The Get functions: UNIT_NOT_FOUND, DUMP_NOT_FOUND, IMAGE_NOT_FOUND, JOB_NOT_FOUND.
  virtual Result<Unit> GetUnit(const std::string& id) = 0;
  virtual Result<Paged<Unit>> ListUnits(const UnitFilter& filter, const Page& page) = 0;
  // Follows `merged_into` to the unit that counts today.
  virtual Result<Unit> ResolveUnit(const std::string& id) = 0;
  // Wherever a unit is asked for below, what belongs to those merged into it is its own.
  // Oldest first.
  virtual Result<std::vector<UnitEvent>> ListUnitEvents(const std::string& unit_id) = 0;
  // Newest first.
  virtual Result<std::vector<Customer>> ListCustomers(const std::string& unit_id) = 0;
  // Newest first, as moves and merges say it: with the unit that it belongs to now.
  virtual Result<std::vector<UnitEvidence>> ListEvidence(const std::string& unit_id) = 0;
  virtual Result<std::vector<UnitEvidence>> FindEvidence(const std::string& kind,
                                                         const std::string& value) = 0;
  virtual Result<Dump> GetDump(const std::string& id) = 0;
  virtual Result<Paged<Dump>> ListDumps(const DumpFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<DumpAttribution>> ListAttributions(const std::string& dump_id) = 0;
  virtual Result<std::vector<DumpFile>> ListDumpFiles(const std::string& dump_id) = 0;
  virtual Result<std::vector<DumpProof>> ListDumpProofs(const std::string& dump_id) = 0;
  // Changes whenever evidence, attributions, moves, EEPROM dumps or units do: for caches.
  virtual Result<std::string> IdentityMark() = 0;
  // The newest dump of that memory that is attributed to the unit, any purpose but "disagreeing".
  virtual Result<std::optional<Dump>> NewestDump(const std::string& unit_id,
                                                 const std::string& memory) = 0;
  virtual Result<Image> GetImage(const std::string& id) = 0;
  virtual Result<std::optional<Image>> FindImageBySha256(const std::string& sha256) = 0;
  virtual Result<Paged<Image>> ListImages(const ImageFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<ImageMark>> ListImageMarks(const std::string& image_id) = 0;
  virtual Result<Job> GetJob(const std::string& id) = 0;
  virtual Result<std::optional<Job>> FindJobByRequest(const std::string& request_id) = 0;
  virtual Result<Paged<Job>> ListJobs(const JobFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<JobStep>> ListSteps(const std::string& job_id) = 0;
  // Oldest first; `job_id` "" for all jobs.
  virtual Result<std::vector<JobEvent>> ListEvents(const std::string& job_id,
                                                   int64_t after_sequence, int limit) = 0;
  virtual Result<std::vector<Quarantine>> ListQuarantines(bool in_force_only) = 0;
  // Newest first; `drive_id` "" for all drives. In force: neither released nor expired.
  virtual Result<std::vector<Claim>> ListClaims(const std::string& drive_id,
                                                bool in_force_only) = 0;
  // Newest first, all of them: a shop has few.
  virtual Result<std::vector<Credential>> ListCredentials(const CredentialFilter& filter) = 0;
  virtual Result<std::optional<Approval>> FindApproval(const std::string& job_id) = 0;
  // The newest of the job.
  virtual Result<std::optional<JobTrace>> FindJobTrace(const std::string& job_id) = 0;
  virtual Result<Paged<AuditEntry>> ListAudit(const AuditFilter& filter, const Page& page) = 0;
  // At most `limit` (1 to 1000) entries from number `first` on, oldest first.
  virtual Result<std::vector<AuditEntry>> ExportAudit(const AuditFilter& filter, int64_t first,
                                                      int limit) = 0;
  virtual Result<AuditEntry> GetAuditEntry(int64_t sequence) = 0;  // AUDIT_ENTRY_NOT_FOUND

  // The audit tree (RFC 6962) at this size or any that it had; hashes are hex. Proofs cost
  // O(log n). TREE_RANGE for a leaf or a size that was never there.
  virtual Result<int64_t> AuditSize() = 0;
  virtual Result<std::string> AuditRoot(int64_t size) = 0;
  virtual Result<std::vector<std::string>> ProveInclusion(int64_t sequence, int64_t size) = 0;
  virtual Result<std::vector<std::string>> ProveConsistency(int64_t old_size, int64_t new_size) = 0;
  // The newest that was signed of the tree of that size.
  virtual Result<std::optional<Checkpoint>> FindCheckpoint(int64_t size) = 0;

  // Dumps' blobs that are not yet at `place`, oldest first.
  virtual Result<std::vector<std::string>> ListUncopied(const std::string& place, int limit) = 0;
  // Serials, labels, notes, customers, hashes, revisions and file names that contain `text` (3 to
  // 200 bytes, case-insensitive). Best first. SEARCH_TEXT_INVALID.
  virtual Result<std::vector<SearchHit>> Search(const std::string& text, int limit) = 0;

  // The whole blob, hashed again on the way: BLOB_CORRUPT when it does not equal its name.
  virtual Result<Bytes> ReadBlob(const std::string& sha256) = 0;
  // The same in pieces of at most 1 MiB; stops at the first error of `sink`. The last piece is
  // given only when the whole has the right hash.
  virtual Status StreamBlob(const std::string& sha256,
                            const std::function<Status(ByteView)>& sink) = 0;

  // Walks everything: SQLite's own check, every entry, every node of the tree, every checkpoint
  // with its signature, every row, every blob. Reads once, in bounded memory.
  virtual Result<AuditReport> Verify() = 0;
};

struct OpenOptions {
  std::string path;  // of ledger.db; made when it is missing and `create` says so
  bool create = true;
  Clock* clock = &RealClock();
  // How long a lock of another program is waited for before a commit says LEDGER_BUSY.
  Nanos busy_wait = std::chrono::seconds(5);
  // Whether the clock follows an external one, said in every audit entry; empty asks the kernel.
  std::function<bool()> clock_synchronised;
};

// LEDGER_MISSING, LEDGER_NEWER (made by a newer firmbench: versions as metadata), LEDGER_CORRUPT,
// LEDGER_NOT_A_LEDGER, LEDGER_IO, LEDGER_READ_ONLY. Brings an older database up to date.
Result<std::unique_ptr<Ledger>> OpenLedger(const OpenOptions& options);

}  // namespace firmbench::storage
