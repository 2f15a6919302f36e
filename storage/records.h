// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger records, as plain structs, and how lists of it are asked for. Values: copy them
// to any thread. Read and written through storage/storage.h; the tables are drawn in
// storage/README.md.
//
// Times are microseconds since 1970 UTC. Ids are 26 characters (daemon/base/ids.h), without the
// collection's name. Nothing is ever deleted or rewritten except the columns that a comment calls
// mutable.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace firmbench::storage {

struct Unit {
  std::string id;
  int64_t number = 0;  // per bench, from 1: shown as U-0001
  std::string label;   // what a technician scanned; mutable; "" until then
  std::string family;  // of the model it was first seen as
  std::string model;
  std::string note;       // mutable
  bool archived = false;  // mutable
  int64_t created_us = 0;
  std::string merged_into;  // the unit that it turned out to be; mutable, "" for none
};

// Something that people decided or said about a unit. Append-only; only the text can be erased.
// Kinds: "label", "note", "outside" (foreign work, `tool` says with what), "merge" and "split"
// (`other_unit_id` is the other unit), "attribute", "archive", "unarchive", "erase".
struct UnitEvent {
  std::string id;
  std::string unit_id;
  std::string kind;
  std::string other_unit_id;  // "" unless the kind has one
  std::string tool;           // of "outside": "MTKFLASH 1.83"
  std::string text;           // mutable: erased to ""
  std::string principal;
  int64_t created_us = 0;
  int64_t sequence = 0;   // filled in by reads: order of all unit events
  int64_t erased_us = 0;  // mutable; 0 until then
};

// Whose drive a unit is. Never in the audit log. Erased, not deleted, when somebody asks for it.
struct Customer {
  std::string id;
  std::string unit_id;
  std::string customer;  // mutable: erased to ""
  std::string ticket;    // mutable: erased to ""
  std::string principal;
  int64_t created_us = 0;
  int64_t erased_us = 0;  // mutable; 0 until then
};

// Evidence that belongs to another unit than the one it was recorded for, as merge and split say.
// Append-only; the newest move of an evidence counts.
struct EvidenceMove {
  std::string id;
  std::string evidence_id;
  std::string unit_id;
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

// One observation of who a drive is. Kinds: "vpd_serial", "mmc_serial", "ata_serial",
// "bridge_serial", "topology", "eeprom_stable" (SHA-256 of the stable EEPROM bytes), "label".
struct UnitEvidence {
  std::string id;
  std::string unit_id;
  std::string kind;
  std::string value;
  std::string job_id;  // "" when seen outside a job
  int64_t seen_us = 0;
  int64_t sequence = 0;  // filled in by reads: order of all evidence
};

// Bytes of one memory, read once, immutable. Names no unit: attributions do.
struct Dump {
  std::string id;
  std::string memory;  // "firmware", "eeprom"
  std::string job_id;
  std::string drive_id;
  std::string purpose;  // "backup", "before_write", "readback", "disagreeing"
  std::string family;
  std::string model;
  std::string revision;  // firmware revision of the drive at that time
  int64_t size_bytes = 0;
  std::string sha256;  // the blob
  std::string md5;
  std::string crc32;
  std::string stable_sha256;  // of the stable EEPROM ranges; "" when they are not known
  int64_t agreeing_reads = 0;
  std::string evidence;  // grade of the commands that read it
  std::string method;    // "vendor mode, op 00", "DF 89"
  bool simulated = false;
  std::string tool_version;
  int64_t created_us = 0;
  // From the newest attribution; filled in by reads, ignored by writes.
  std::string unit_id;      // "" when attributed to none
  std::string attribution;  // "unit", "chip", "unidentified"
  // Filled in by reads as well:
  int64_t sequence = 0;          // order of all dumps
  std::string file_name;         // of an imported dump, the newest name; "" for others
  int64_t file_modified_us = 0;  // of an imported dump, as its file system said
  bool archived = false;         // put away: kept, but not in lists unless asked for
};

// The file that an imported dump came from. Append-only; a duplicate by hash adds a row.
struct DumpFile {
  std::string id;
  std::string dump_id;
  std::string file_name;  // as the user had it, without folders; for show only
  int64_t modified_us = 0;
  std::string principal;
  int64_t created_us = 0;
};

// What is known of a dump beyond its bytes and reads. Append-only. Kinds: "recognised" (parsed, its
// own checks hold), "written_back" (by `job_id`, on the drive it came from, and read back equal),
// "rehearsed" (on the simulator: proves our simulator only).
struct DumpProof {
  std::string id;
  std::string dump_id;
  std::string kind;
  std::string job_id;  // "" when no job did it
  std::string detail;  // in words
  int64_t created_us = 0;
};

// Puts a dump or an image away, or takes it out again. Append-only; the newest counts.
struct Archiving {
  std::string id;
  std::string subject_kind;  // "dump", "image"
  std::string subject_id;
  bool archived = true;
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

struct DumpAttribution {
  std::string id;
  std::string dump_id;
  std::string kind;     // "unit", "chip", "unidentified"
  std::string unit_id;  // "" unless kind is "unit"
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

struct Image {
  std::string id;
  std::string file_name;  // as the user had it, without folders; for show only
  int64_t size_bytes = 0;
  std::string sha256;
  std::string md5;
  std::string crc32;
  std::string format;  // "mediatek_liteon", or "" when not recognised
  std::string vendor;
  std::string product;
  std::string revision;
  std::string model;      // the model its bytes name, "" when none
  std::string layout;     // "plain", "packed"
  std::string timestamp;  // the text inside the image, "" when none
  std::string principal;
  int64_t created_us = 0;
  std::string dump_id;    // the donor's dump that it was made from; "" for a file
  std::string container;  // what it was unpacked from: "xflash", ""
  // From the newest marks; filled in by reads, ignored by writes.
  bool approved = false;
  bool known_bad = false;  // blocks writing it
  std::string bad_reason;
  std::string note;
  bool archived = false;
};

// What people say of an image. Append-only; the newest of a kind counts. Kinds: "approved",
// "not_approved", "known_bad", "not_known_bad", "note".
struct ImageMark {
  std::string id;
  std::string image_id;
  std::string kind;
  std::string text;  // reason or note
  std::string principal;
  int64_t created_us = 0;
};

struct Job {
  std::string id;
  // "backup", "flash", "restore", "verify", "eeprom_restore", "convert", "recover"
  std::string kind;
  std::string drive_id;
  std::string topology;
  std::string unit_id;  // mutable until the end: known once identified
  std::string family;
  std::string model;
  std::string memory;          // "firmware", "eeprom", "all"
  std::string image_id;        // "" unless the job uses one
  std::string dump_id;         // "" unless the job uses one
  std::string plan_digest;     // hex SHA-256 of plan_json
  std::string plan_json;       // canonical
  std::string request_id;      // unique when not ""
  std::string request_digest;  // of the request's content: same id and another body is refused
  std::string principal;
  std::string tool_version;
  bool simulated = false;
  int64_t created_us = 0;
  std::string recovers;      // the cut job that this one brings back; "" otherwise
  std::string target_model;  // of a conversion; "" otherwise
  // Mutable while the job runs:
  std::string state;         // design section 4, e.g. "WRITING"
  std::string result;        // "" until CLOSED, then "SUCCEEDED", "FAILED", "CANCELLED", "REFUSED"
  std::string outcome;       // of the memory written: "CHANGED_VERIFIED", ...; "" when none yet
  std::string eeprom_check;  // "EQUAL", "VOLATILE_ONLY", "CHANGED", "NOT_READ"; "" until known
  std::string error_reason;
  std::string error_message;
  std::string error_remedy;
  std::string drive_state;  // "untouched", "partly_written", "unknown"
  int64_t started_us = 0;
  int64_t write_started_us = 0;  // 0: no destructive command was sent
  int64_t ended_us = 0;
  int64_t attempts = 0;      // how often a restart queued it again
  std::string cancelled_by;  // principal who asked for its end; "" nobody
};

struct JobStep {
  std::string job_id;
  int64_t index = 0;
  std::string name;     // "dump firmware, second read"
  std::string memory;   // "" when it concerns none
  std::string outcome;  // NOT_STARTED, UNCHANGED, CHANGED_VERIFIED, ...
  std::string note;
  int64_t started_us = 0;
  int64_t ended_us = 0;
};

// A state change. `sequence` counts bench-wide from 1 and is given by the ledger.
struct JobEvent {
  int64_t sequence = 0;
  std::string job_id;
  std::string type;         // "state", "step", "prompt", "prompt_answered", "message"
  std::string state;        // of the job after the event
  std::string detail_json;  // canonical JSON object
  int64_t time_us = 0;
};

// Something that may not be written to until a person lifts it.
struct Quarantine {
  std::string id;
  std::string subject_kind;  // "drive", "unit", "port", "bridge"
  std::string subject_id;    // id; of a port its topology path
  std::string reason;
  std::string job_id;
  int64_t since_us = 0;
  int64_t lifted_us = 0;    // mutable; 0 while in force
  std::string lifted_by;    // mutable
  std::string lift_reason;  // mutable
};

// "In use by Ann": a drive that somebody keeps for themselves for a while.
struct Claim {
  std::string id;
  std::string drive_id;
  std::string principal;
  std::string note;
  int64_t since_us = 0;
  int64_t expires_us = 0;   // mutable
  int64_t released_us = 0;  // mutable; 0 until somebody released it, then nothing changes any more
  std::string released_by;  // mutable
};

// A change that a spill file (storage/spill.h) may hold as well: named here, it is in the ledger.
struct SpilledRecord {
  std::string id;
  std::string job_id;
  int64_t taken_us = 0;
};

// Whether the ledger takes changes, as far as its last commits showed.
struct LedgerHealth {
  bool writable = true;
  // LEDGER_FULL, LEDGER_READ_ONLY, LEDGER_IO, LEDGER_CORRUPT, LEDGER_BUSY; "" while writable.
  std::string reason;
  std::string text;    // what failed, in words
  std::string remedy;  // how to mend it
};

// What is said to the audit log; the ledger adds sequence, time and hashes.
struct AuditFact {
  std::string principal;
  std::string action;    // "job.create", "job.write_started", "dump.commit", ...
  std::string resource;  // "jobs/ID"
  std::string outcome;   // "ok" or an error reason
  // Further values, in any order; never a serial or a customer's name (promise 9).
  std::vector<std::pair<std::string, std::string>> details;
};

struct AuditEntry {
  int64_t sequence = 0;  // from 0, without gaps: the leaf's index
  int64_t time_us = 0;
  std::string json;       // RFC 8785
  std::string leaf_hash;  // hex: RFC 6962 leaf hash of json
  // Repeated from json for lists:
  std::string principal;
  std::string action;
  std::string resource;
  std::string outcome;
};

// The tree at one size, signed by the bench (C2SP tlog-checkpoint).
struct Checkpoint {
  int64_t tree_size = 0;
  std::string root_hash;  // hex
  std::string text;       // the signed note, as it is handed out
  int64_t created_us = 0;
};

// A blob that was copied to the second place and read back there. Append-only.
struct Copy {
  std::string id;
  std::string sha256;  // the blob
  std::string place;   // the folder's own id, not its path
  int64_t created_us = 0;
};

// Something that a search found.
struct SearchHit {
  std::string kind;        // "unit", "dump", "image", "job"
  std::string subject_id;  // without the collection's name
  std::string field;       // "serial", "label", "note", "customer", "sha256", "file name", ...
  std::string text;        // what matched, at most 200 bytes
};

struct AuditReport {
  int64_t entries = 0;
  std::string root_hash;  // hex, of the whole tree
  int64_t blobs = 0;
  int64_t blob_bytes = 0;
  int64_t checkpoints = 0;
  std::vector<std::string> problems;  // empty: all is well
  // What a reader of the log should know, though the ledger is as it was written: keys that were
  // replaced, a ledger that was put back to an earlier state.
  std::vector<std::string> notes;
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
  std::string next;  // "" when this was the last page
};

struct DumpFilter {
  std::string unit_id;
  std::string job_id;
  std::string memory;
  std::string sha256;
  std::string purpose;
  bool archived_too = false;
  int64_t after_sequence = 0;  // only dumps with a greater one
};
struct UnitFilter {
  bool archived_too = false;  // also the archived ones, and those merged into another
};
struct ImageFilter {
  bool archived_too = false;
};
struct JobFilter {
  std::string drive_id;
  std::string unit_id;
  std::string recovers;    // jobs that bring this one back
  bool open_only = false;  // result is ""
};
struct AuditFilter {
  std::string resource;
  std::string principal;
  std::string action;
  int64_t from_us = 0;   // not before; 0: any
  int64_t until_us = 0;  // before; 0: any
  std::string unit_id;   // the unit, its jobs and dumps, and those of units merged into it
};

}  // namespace firmbench::storage
