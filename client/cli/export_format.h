// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an exported folder consists of, byte for byte. Pure.
//
//   README.txt       what this is, for somebody without firmbench
//   units.csv, dumps.csv, jobs.csv, customers.csv   for people and spreadsheets
//   files/SHA256.bin the bytes of the dumps
//   records.jsonl    the rows of the ledger, one object {"row":...,"table":...} a line
//   manifest.json    every file above with size and SHA-256, in canonical JSON (RFC 8785)
//   SHA256SUMS       of all files but itself, for `sha256sum -c`; written last

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "firmbench/v1/record_service.pb.h"

namespace firmbench::cli {

inline constexpr char kManifestFile[] = "manifest.json";
inline constexpr char kSumsFile[] = "SHA256SUMS";
inline constexpr char kRecordsFile[] = "records.jsonl";
inline constexpr char kReadmeFile[] = "README.txt";

// The largest folder's rows, and its manifest.
inline constexpr size_t kMaxRecordsBytes = 64 << 20;
inline constexpr size_t kMaxManifestBytes = 16 << 20;

struct ExportedFile {
  std::string name;  // relative, "files/..." or one of the names above
  std::string sha256;
  int64_t size_bytes = 0;
};

struct Manifest {
  std::string bench;                    // "benches/ID"
  std::string created;                  // RFC 3339
  std::string tool;                     // "firmbench 0.1.0"
  std::map<std::string, int64_t> rows;  // by table
  std::vector<ExportedFile> files;      // sorted by name
};

std::string FormatManifest(const Manifest& manifest);
// EXPORT_ALTERED when it is not exactly what FormatManifest writes, or names a file that no export
// has; EXPORT_UNKNOWN when it is of another kind or a later version.
Result<Manifest> ParseManifest(std::string_view text);

// The whole of SHA256SUMS.
std::string FormatSums(const Manifest& manifest, const std::string& manifest_sha256);

// A line of records.jsonl, with its line feed, and back: EXPORT_ALTERED.
std::string RecordLine(const v1::Record& record);
Result<v1::Record> ParseRecordLine(std::string_view line);
// A column that is a text; "" when there is none.
std::string RecordText(const v1::Record& record, std::string_view column);
// A column that is a time in microseconds, as RFC 3339; "" for 0.
std::string RecordTime(const v1::Record& record, std::string_view column);

// A row of RFC 4180, every cell in quotes. A cell that a spreadsheet would take for a formula
// begins with an apostrophe.
std::string CsvRow(const std::vector<std::string>& cells);

std::string ReadmeText(const Manifest& manifest);

Error ExportAltered(std::string_view file, std::string_view how);

}  // namespace firmbench::cli
