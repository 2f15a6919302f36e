// SPDX-License-Identifier: Apache-2.0
#pragma once

// How jobs went that reached their drives through a bridge, as their own rows say it: the plan of
// a job names the bridge, the row its end. Blocks on the database; any thread.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "storage/storage.h"

namespace firmbench::jobs {

// The key of the bridge's name in a plan.
inline constexpr std::string_view kPlanBridge = "bridge";
// "" for a drive that hangs on none.
std::string BridgeOf(const storage::Job& job);

struct BridgeHistory {
  int64_t jobs = 0;                          // that ended, of the newest kJobsLookedAt of the bench
  int64_t failed = 0;                        // on the way between us and the drive
  std::map<std::string, int64_t> by_reason;  // these
  int64_t newest_failure_us = 0;
};
inline constexpr int kJobsLookedAt = 1000;
// LEDGER_*. `bridge` as the inventory names it, never "".
Result<BridgeHistory> HistoryOf(storage::Ledger& ledger, const std::string& bridge);

// "7 jobs so far, 2 of them failed on the way to the drive (DRIVE_GONE 1, TRANSPORT_TIMEOUT 1),
// the last 2026-01-31 17:05"
std::string ToText(const BridgeHistory& history);

}  // namespace firmbench::jobs
