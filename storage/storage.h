// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger: what the rest of firmbench knows of storage. Plain structs and two interfaces; the
// implementation is storage/sqlite. The schema is drawn in storage/README.md.
//
// Threads: a Ledger is thread-safe. Commit() blocks until the change is durable (WAL,
// synchronous=FULL); one writer thread gathers what several callers commit at the same time into
// one SQLite transaction. Reads run on connections of their own and see the last commit.
//
// Times are microseconds since 1970 UTC. Ids are 26 characters (daemon/base/ids.h), without the
// collection's name. Nothing is ever deleted or rewritten except the columns that a comment calls
// mutable.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "daemon/base/result.h"

namespace firmbench::storage {

struct Unit {
  std::string id;
  int64_t number = 0;        // per bench, from 1: shown as U-0001
  std::string label;         // what a technician scanned; mutable; "" until then
  std::string family;        // of the model it was first seen as
  std::string model;
  std::string note;          // mutable
  bool archived = false;     // mutable
  int64_t created_us = 0;
};

// One observation of who a drive is. Kinds: "vpd_serial", "mmc_serial", "ata_serial",
// "bridge_serial", "topology", "eeprom_stable" (SHA-256 of the stable EEPROM bytes), "label".
struct UnitEvidence {
  std::string id;
  std::string unit_id;
  std::string kind;
  std::string value;
  std::string job_id;        // "" when seen outside a job
  int64_t seen_us = 0;
};

// Bytes of one memory, read once, immutable. Names no unit: attributions do.
struct Dump {
  std::string id;
  std::string memory;        // "firmware", "eeprom"
  std::string job_id;
  std::string drive_id;
  std::string purpose;       // "backup", "before_write", "readback", "disagreeing"
  std::string family;
  std::string model;
  std::string revision;      // firmware revision of the drive at that time
  int64_t size_bytes = 0;
  std::string sha256;        // the blob
  std::string md5;
  std::string crc32;
  std::string stable_sha256; // of the stable EEPROM ranges; "" when they are not known
  int64_t agreeing_reads = 0;
  std::string evidence;      // grade of the commands that read it
  std::string method;        // "vendor mode, op 00", "DF 89"
  bool simulated = false;
  std::string tool_version;
  int64_t created_us = 0;
  // From the newest attribution; filled in by reads, ignored by writes.
  std::string unit_id;       // "" when attributed to none
  std::string attribution;   // "unit", "chip", "unidentified"
};

struct DumpAttribution {
  std::string id;
  std::string dump_id;
  std::string kind;          // "unit", "chip", "unidentified"
  std::string unit_id;       // "" unless kind is "unit"
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

struct Image {
  std::string id;
  std::string file_name;     // as the user had it, without folders; for show only
  int64_t size_bytes = 0;
  std::string sha256;
  std::string md5;
  std::string crc32;
  std::string format;        // "mediatek_liteon", or "" when not recognised
  std::string vendor;
  std::string product;
  std::string revision;
  std::string model;         // the model its bytes name, "" when none
  std::string layout;        // "plain", "packed"
  std::string timestamp;     // the text inside the image, "" when none
  std::string principal;
  int64_t created_us = 0;
};

struct Job {
  std::string id;
  std::string kind;          // "backup", "flash", "restore", "verify", "eeprom_restore"
  std::string drive_id;
  std::string topology;
  std::string unit_id;       // mutable until the end: known once identified
  std::string family;
  std::string model;
  std::string memory;        // "firmware", "eeprom", "all"
  std::string image_id;      // "" unless the job uses one
  std::string dump_id;       // "" unless the job uses one
  std::string plan_digest;   // hex SHA-256 of plan_json
  std::string plan_json;     // canonical
  std::string request_id;    // unique when not ""
  std::string request_digest;  // of the request's content: same id and another body is refused
  std::string principal;
  std::string tool_version;
  bool simulated = false;
  int64_t created_us = 0;
  // Mutable while the job runs:
  std::string state;         // design section 4, e.g. "WRITING"
  std::string result;        // "" until CLOSED, then "SUCCEEDED", "FAILED", "CANCELLED", "REFUSED"
  std::string outcome;       // of the memory written: "CHANGED_VERIFIED", ...; "" when none yet
  std::string eeprom_check;  // "EQUAL", "VOLATILE_ONLY", "CHANGED", "NOT_READ"; "" until known
  std::string error_reason;
  std::string error_message;
  std::string error_remedy;
  std::string drive_state;   // "untouched", "partly_written", "unknown"
  int64_t started_us = 0;
  int64_t write_started_us = 0;  // 0: no destructive command was sent
  int64_t ended_us = 0;
};

struct JobStep {
  std::string job_id;
  int64_t index = 0;
  std::string name;          // "dump firmware, second read"
  std::string memory;        // "" when it concerns none
  std::string outcome;       // NOT_STARTED, UNCHANGED, CHANGED_VERIFIED, ...
  std::string note;
  int64_t started_us = 0;
  int64_t ended_us = 0;
};

// A state change. `sequence` counts bench-wide from 1 and is given by the ledger.
struct JobEvent {
  int64_t sequence = 0;
  std::string job_id;
  std::string type;          // "state", "step", "prompt", "prompt_answered", "message"
  std::string state;         // of the job after the event
  std::string detail_json;   // canonical JSON object
  int64_t time_us = 0;
};

// Something that may not be written to until a person lifts it.
struct Quarantine {
  std::string id;
  std::string subject_kind;  // "drive", "unit"
  std::string subject_id;
  std::string reason;
  std::string job_id;
  int64_t since_us = 0;
  int64_t lifted_us = 0;     // mutable; 0 while in force
  std::string lifted_by;     // mutable
  std::string lift_reason;   // mutable
};

// What is said to the audit log; the ledger adds sequence, time and hashes.
struct AuditFact {
  std::string principal;
  std::string action;        // "job.create", "job.write_started", "dump.commit", ...
  std::string resource;      // "jobs/ID"
  std::string outcome;       // "ok" or an error reason
  // Further values, in any order; never a serial or a customer's name (promise 9).
  std::vector<std::pair<std::string, std::string>> details;
};

struct AuditEntry {
  int64_t sequence = 0;      // from 0, without gaps: the leaf's index
  int64_t time_us = 0;
  std::string json;          // RFC 8785
  std::string leaf_hash;     // hex: RFC 6962 leaf hash of json
  // Repeated from json for lists:
  std::string principal;
  std::string action;
  std::string resource;
  std::string outcome;
};

struct AuditReport {
  int64_t entries = 0;
  std::string root_hash;     // hex, of the whole tree
  int64_t blobs = 0;
  int64_t blob_bytes = 0;
  std::vector<std::string> problems;  // empty: all is well
};

// A page of a list: at most `size` rows (1 to 1000) after the row that `after` names ("" for the
// first page). Lists are newest first unless said otherwise.
struct Page {
  int size = 100;
  std::string after;
};
template <typename Row>
struct Paged {
  std::vector<Row> rows;
  std::string next;          // "" when this was the last page
};

struct DumpFilter {
  std::string unit_id;
  std::string job_id;
  std::string memory;
  std::string sha256;
};
struct JobFilter {
  std::string drive_id;
  std::string unit_id;
  bool open_only = false;    // result is ""
};
struct AuditFilter {
  std::string resource;
  std::string principal;
  std::string action;
};

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
  virtual Status InsertImage(const Image& image) = 0;
  virtual Status InsertJob(const Job& job) = 0;
  virtual Status UpdateJob(const Job& job) = 0;     // mutable columns
  virtual Status PutStep(const JobStep& step) = 0;  // inserts, or replaces outcome, note and times
  // Returns the sequence number.
  virtual Result<int64_t> AppendEvent(const JobEvent& event) = 0;
  virtual Status InsertQuarantine(const Quarantine& quarantine) = 0;
  virtual Status LiftQuarantine(const std::string& id, const std::string& by,
                                const std::string& reason) = 0;
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

  virtual const std::string& bench_id() const = 0;

  virtual Result<Unit> GetUnit(const std::string& id) = 0;
  virtual Result<Paged<Unit>> ListUnits(const Page& page) = 0;
  virtual Result<std::vector<UnitEvidence>> ListEvidence(const std::string& unit_id) = 0;
  virtual Result<std::vector<UnitEvidence>> FindEvidence(const std::string& kind,
                                                         const std::string& value) = 0;
  virtual Result<Dump> GetDump(const std::string& id) = 0;
  virtual Result<Paged<Dump>> ListDumps(const DumpFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<DumpAttribution>> ListAttributions(const std::string& dump_id) = 0;
  // The newest dump of that memory that is attributed to the unit, any purpose but "disagreeing".
  virtual Result<std::optional<Dump>> NewestDump(const std::string& unit_id,
                                                 const std::string& memory) = 0;
  virtual Result<Image> GetImage(const std::string& id) = 0;
  virtual Result<std::optional<Image>> FindImageBySha256(const std::string& sha256) = 0;
  virtual Result<Paged<Image>> ListImages(const Page& page) = 0;
  virtual Result<Job> GetJob(const std::string& id) = 0;
  virtual Result<std::optional<Job>> FindJobByRequest(const std::string& request_id) = 0;
  virtual Result<Paged<Job>> ListJobs(const JobFilter& filter, const Page& page) = 0;
  virtual Result<std::vector<JobStep>> ListSteps(const std::string& job_id) = 0;
  // Oldest first; `job_id` "" for all jobs.
  virtual Result<std::vector<JobEvent>> ListEvents(const std::string& job_id,
                                                   int64_t after_sequence, int limit) = 0;
  virtual Result<std::vector<Quarantine>> ListQuarantines(bool in_force_only) = 0;
  virtual Result<Paged<AuditEntry>> ListAudit(const AuditFilter& filter, const Page& page) = 0;

  // The whole blob, hashed again on the way: BLOB_CORRUPT when it does not equal its name.
  virtual Result<Bytes> ReadBlob(const std::string& sha256) = 0;
  // The same in pieces of at most 1 MiB; stops at the first error of `sink`. The last piece is given
  // only when the whole has the right hash.
  virtual Status StreamBlob(const std::string& sha256,
                            const std::function<Status(ByteView)>& sink) = 0;

  // Walks everything: SQLite's own check, every entry, every node of the tree, every blob.
  virtual Result<AuditReport> Verify() = 0;
};

struct OpenOptions {
  std::string path;          // of ledger.db; made when it is missing and `create` says so
  bool create = true;
  Clock* clock = &RealClock();
  // Whether the clock follows an external one, said in every audit entry; empty asks the kernel.
  std::function<bool()> clock_synchronised;
};

// LEDGER_MISSING, LEDGER_NEWER (made by a newer firmbench: versions as metadata), LEDGER_CORRUPT,
// LEDGER_NOT_A_LEDGER, LEDGER_IO, LEDGER_READ_ONLY. Brings an older database up to date.
Result<std::unique_ptr<Ledger>> OpenLedger(const OpenOptions& options);

}  // namespace firmbench::storage
