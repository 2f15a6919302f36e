// SPDX-License-Identifier: Apache-2.0
#pragma once

// Old backups from files. A file is told by its bytes (import_kind.h); whose it is, by equal bytes
// or by the matcher that tells drives apart (inventory/unit_match.h). Names propose, persons
// decide.
//
// An imported dump is a dump of purpose "backup" without a job, read by nobody we know: zero
// agreeing reads. Until content or a person attributes it to a unit it is "unidentified" and can
// undo nothing. Firmware says nothing of one unit, because many hold the same: only a person
// attributes it. Blocks on the database; thread-safe.

#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/mutex.h"
#include "daemon/inventory/known_units.h"
#include "daemon/inventory/unit_match.h"
#include "daemon/jobs/import_kind.h"
#include "daemon/jobs/import_names.h"
#include "storage/storage.h"

namespace firmbench::jobs {

struct ImportFile {
  std::string file_name;  // printable UTF-8, without folders
  std::string folder;     // where it lay, for proposals only
  int64_t modified_us = 0;
  Bytes bytes;
  std::string unit_id;       // that a person says; "" to let the bytes decide
  bool said_eeprom = false;  // a person says that it is an EEPROM dump
  bool said_chip = false;    // a person wants it in a bare chip; then there is no unit
  bool validate_only = false;
  std::string principal;
};

enum class ImportAction : uint8_t { kNotImported, kStored, kNameAdded, kKnown };
std::string_view ToString(ImportAction action);  // "not_imported", "stored", "name_added", "known"

struct ImportVerdict {
  FileKind kind = FileKind::kNotRecognised;
  std::string text;
  ImportAction action = ImportAction::kNotImported;
  bool from_hex = false;
  std::string model;
  std::string revision;
  int64_t size_bytes = 0;
  std::string sha256;
  std::string dump_id;  // "" when there is none, and when validate_only would make one
  std::string unit_id;  // "" when neither content nor a person says it
  std::string unit_why;
  std::vector<UnitProposal> proposals;
  std::vector<std::string> notes;
  std::string cannot_write_back;  // of an EEPROM: why not; "" when it can
};

class DumpImporter {
 public:
  explicit DumpImporter(storage::Ledger& ledger) : ledger_(ledger), known_(ledger) {}

  // Blob, dump, attribution, file name and audit entry in one transaction, or nothing.
  // UNIT_NOT_FOUND, IMPORT_UNIT_CONTRADICTED when the bytes are the EEPROM of another unit than a
  // person says, LEDGER_* errors.
  Result<ImportVerdict> Import(const ImportFile& file) FB_EXCLUDES(mutex_);

 private:
  struct Owner {
    std::string unit_id;  // "" for nobody
    std::string why;
    std::vector<UnitProposal> proposals;
  };
  // Takes what changed of units and their evidence.
  Status Refresh() FB_REQUIRES(mutex_);
  inventory::UnitMatch Match(const ClassifiedFile& what) FB_REQUIRES(mutex_);
  // Dumps that have these bytes, newest first.
  Result<std::vector<storage::Dump>> SameBytes(const std::string& sha256);
  // Makes an EEPROM dump of a file of its size when the ledger knows one that is like it.
  Status TellByLedger(ClassifiedFile& what, ByteView file, const std::vector<storage::Dump>& same)
      FB_REQUIRES(mutex_);
  // By content: `same` are the dumps that have the very bytes.
  Result<Owner> OwnerOf(const ClassifiedFile& what, const std::vector<storage::Dump>& same)
      FB_REQUIRES(mutex_);
  // Says whose it is and what is to be done; nothing is changed yet.
  Status Decide(const ImportFile& file, const ClassifiedFile& what,
                const std::vector<storage::Dump>& same, ImportVerdict& verdict) FB_REQUIRES(mutex_);
  Status Store(const ImportFile& file, const ClassifiedFile& what, ImportVerdict& verdict);
  Status AddName(const ImportFile& file, const storage::Dump& dump, ImportVerdict& verdict);

  storage::Ledger& ledger_;
  Mutex mutex_;
  inventory::KnownUnits known_ FB_GUARDED_BY(mutex_);
  std::vector<NamedUnit> names_ FB_GUARDED_BY(mutex_);
  std::string names_mark_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::jobs
