// SPDX-License-Identifier: Apache-2.0
#pragma once

// Putting old dumps away, so that lists stay short. Nothing is deleted, and what is put away can
// still be read, restored and recovered from. Any thread; walks the whole ledger.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "storage/storage.h"

namespace firmbench::jobs {

struct RetentionRequest {
  int64_t before_us = 0;  // dumps read earlier than this
  bool only_look = false;
  std::string principal;
  std::string reason;  // may be empty
};

struct RetentionReport {
  std::vector<std::string> archived;  // ids, newest first
  int64_t archived_bytes = 0;
  // Old dumps that stay in the lists:
  int64_t kept_as_end = 0;   // the newest or the oldest of their unit and memory
  int64_t kept_for_job = 0;  // their unit has a job that is open or of uncertain outcome
  int64_t kept_without_unit = 0;
};

// One transaction with one audit entry, "ledger.archive"; none when there is nothing to put away.
Result<RetentionReport> ArchiveOldDumps(storage::Ledger& ledger, const RetentionRequest& request);

}  // namespace firmbench::jobs
