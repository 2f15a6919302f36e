// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the ledger as they travel: a table's name and an object in canonical JSON (RFC 8785).
// Strict in both directions. Pure; any thread.

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "storage/records.h"

namespace firmbench::jobs {

struct RecordRow {
  std::string table;
  std::string json;
};

// The rows of one unit or of one dump.
struct RecordSet {
  std::optional<storage::Unit> unit;
  std::vector<storage::UnitEvent> events;
  std::vector<storage::Customer> customers;
  std::vector<storage::UnitEvidence> evidence;

  std::optional<storage::Dump> dump;
  std::vector<storage::DumpAttribution> attributions;
  std::vector<storage::DumpFile> files;
  std::vector<storage::DumpProof> proofs;
};

std::vector<RecordRow> ToRows(const RecordSet& set);

// RECORD_INVALID with metadata `row` (from 0): not canonical JSON, a column that is missing,
// unknown or of another type, a row of another unit or dump, an id that is none, or not exactly one
// unit or dump, in front.
Result<RecordSet> FromRows(const std::vector<RecordRow>& rows);

// Whether two rows with one id say the same, but for the job: another bench's is not here.
bool SameRow(const storage::UnitEvent& a, const storage::UnitEvent& b);
bool SameRow(const storage::Customer& a, const storage::Customer& b);
bool SameRow(const storage::UnitEvidence& a, const storage::UnitEvidence& b);
bool SameRow(const storage::Dump& a, const storage::Dump& b);
bool SameRow(const storage::DumpAttribution& a, const storage::DumpAttribution& b);
bool SameRow(const storage::DumpFile& a, const storage::DumpFile& b);
bool SameRow(const storage::DumpProof& a, const storage::DumpProof& b);

}  // namespace firmbench::jobs
