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

#include "storage/access_records.h"
#include "storage/dump_records.h"
#include "storage/trace_records.h"
#include "storage/unit_records.h"

namespace firmbench::storage {

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
struct CredentialFilter {
  std::string principal;
  std::string kind;
  bool ended_too = false;  // also those that were revoked, used or have expired
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
