// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger holds of a unit or of a dump, taken out, and taken into another ledger with the
// same ids. Jobs, audit entries and images stay where they are: a job is work of its own bench and
// part of its audit log, so a row that came in names a job only when this ledger has it. Moves of
// evidence are not rows of their own: evidence travels with the unit that it belongs to now.
// Blocks on the database; any thread.

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/jobs/record_rows.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// UNIT_NOT_FOUND, DUMP_NOT_FOUND, LEDGER_* errors.
Result<RecordSet> UnitRecords(storage::Ledger& ledger, const std::string& unit_id);
Result<RecordSet> DumpRecords(storage::Ledger& ledger, const std::string& dump_id);

struct PutReport {
  int added = 0;
  int present = 0;
  int skipped = 0;
  std::vector<std::string> notes;  // sentences for people
};

struct PutOptions {
  std::optional<Bytes> bytes;  // of a dump; not needed when this ledger has it
  std::string principal;
};

// One transaction, with an audit entry when anything was added. What is there is left alone, and
// what people decided here since counts more than what is brought: an attribution is added only
// behind those that both ledgers know. RECORD_CONFLICT when a row of the same id says something
// else, RECORD_BYTES_MISSING, SHA256_MISMATCH, LEDGER_* errors.
Result<PutReport> PutRecordSet(storage::Ledger& ledger, const RecordSet& set,
                               const PutOptions& options);

}  // namespace firmbench::jobs
