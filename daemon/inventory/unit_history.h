// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that is known to have happened to a unit, in one order of time: jobs, dumps, what people said
// and decided, and where the drive turned up. Blocks on the database; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "storage/storage.h"

namespace firmbench::inventory {

struct HistoryItem {
  int64_t at_us = 0;
  // A job's kind, "cross_flash" where the image is of another model; "dump", "import"; "port",
  // "bridge", "serial"; or the kind of a storage::UnitEvent.
  std::string kind;
  std::string text;  // in words
  std::string principal;
  std::string job_id;
  std::string dump_id;
  std::string other_unit_id;
  std::string tool;
  bool erased = false;
};

// Oldest first. LEDGER_* errors.
Result<std::vector<HistoryItem>> UnitHistory(storage::Ledger& ledger, const std::string& unit_id);

}  // namespace firmbench::inventory
