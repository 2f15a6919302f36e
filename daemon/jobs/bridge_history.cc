// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/bridge_history.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/clock.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::jobs {
namespace {

using storage::audit::Json;

// Ends that say something of the way to the drive, and little of the drive.
bool OnTheWay(std::string_view reason) {
  constexpr std::string_view kReasons[] = {
      "BRIDGE_TAKES_COMMAND", "BRIDGE_UNKNOWN",  "DRIVE_GONE",
      "LIMIT_EXCEEDED",       "READS_DISAGREE",  "READBACK_FAILED",
      "SHORT_TRANSFER",       "TRANSPORT_ERROR", "TRANSPORT_TIMEOUT"};
  return std::find(std::begin(kReasons), std::end(kReasons), reason) != std::end(kReasons);
}

}  // namespace

std::string BridgeOf(const storage::Job& job) {
  const auto plan = Json::Parse(job.plan_json);
  return plan ? (*plan)[kPlanBridge].AsString("") : "";
}

Result<BridgeHistory> HistoryOf(storage::Ledger& ledger, const std::string& bridge) {
  BridgeHistory history;
  // Plans are canonical, so most of them need not be taken apart.
  const std::string field = Json::Object().Set(kPlanBridge, bridge).Dump();
  const std::string_view needle = std::string_view(field).substr(1, field.size() - 2);
  ASSIGN_OR_RETURN(const auto jobs, ledger.ListJobs({}, {.size = kJobsLookedAt}));
  for (const storage::Job& job : jobs.rows) {
    if (job.result.empty() || job.plan_json.find(needle) == std::string::npos) continue;
    if (BridgeOf(job) != bridge) continue;
    ++history.jobs;
    if (!OnTheWay(job.error_reason)) continue;
    ++history.failed;
    ++history.by_reason[job.error_reason];
    history.newest_failure_us = std::max(history.newest_failure_us, job.ended_us);
  }
  return history;
}

std::string ToText(const BridgeHistory& history) {
  std::string text = fmt::format("{} job{} so far", history.jobs, history.jobs == 1 ? "" : "s");
  if (history.failed == 0)
    return text + (history.jobs == 0 ? "" : ", none failed on the way to the drive");
  std::string reasons;
  for (const auto& [reason, times] : history.by_reason) {
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, times);
  }
  return text + fmt::format(", {} of them failed on the way to the drive ({}), the last {}",
                            history.failed, reasons, FormatMinute(history.newest_failure_us));
}

}  // namespace firmbench::jobs
