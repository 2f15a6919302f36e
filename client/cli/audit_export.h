// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit export`: entries as JSON lines or CSV, oldest first, however many. Main thread.

#include <string>
#include <string_view>

#include "client/cli/audit.h"

namespace firmbench::cli {

struct AuditExportOptions {
  AuditFilterOptions filter;
  std::string format = "jsonl";  // or "csv"
  std::string file;              // "" or "-" for the standard output
  bool force = false;
};
Ending RunAuditExport(Context& context, const AuditExportOptions& options);

// A cell as RFC 4180 quotes it, always in quotes. One that a spreadsheet would take for a formula
// (it begins with = + - @ or a control character) gets an apostrophe in front. Pure.
std::string CsvCell(std::string_view text);
// The heading and a row, with CR LF. Pure.
std::string CsvHead();
std::string CsvRow(const v1::AuditEntry& entry);

}  // namespace firmbench::cli
