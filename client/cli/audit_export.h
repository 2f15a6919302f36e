// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit export`: entries as JSON lines or CSV, oldest first, however many. Main thread.

#include <string>

#include "client/cli/audit.h"

namespace firmbench::cli {

struct AuditExportOptions {
  AuditFilterOptions filter;
  std::string format = "jsonl";  // or "csv"
  std::string file;              // "" or "-" for the standard output
  bool force = false;
};
Ending RunAuditExport(Context& context, const AuditExportOptions& options);

// The heading and a row, with CR LF. Pure.
std::string CsvHead();
std::string CsvRow(const v1::AuditEntry& entry);

}  // namespace firmbench::cli
