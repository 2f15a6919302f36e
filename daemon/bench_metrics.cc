// SPDX-License-Identifier: Apache-2.0
#include "daemon/bench_metrics.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/web/metrics_text.h"

namespace firmbench {
namespace {

using web::MetricsText;

constexpr double kMicrosOfASecond = 1e6;

void Say(MetricsText& text, const std::map<std::string, int64_t>& by_word, std::string_view label) {
  for (const auto& [word, count] : by_word) text.Sample({{label, word}}, count);
}

void SayBuild(MetricsText& text, const MeasuredBench& bench) {
  text.Family("firmbench_build_info", "gauge", "What runs here; always 1.");
  text.Sample({{"version", FIRMBENCH_VERSION}, {"simulated", bench.simulated ? "true" : "false"}},
              int64_t{1});
  text.Family("firmbench_start_time_seconds", "gauge", "When the daemon started, Unix time.");
  text.Sample({}, static_cast<double>(bench.started_us) / kMicrosOfASecond);
}

std::string_view WordOf(inventory::DriveCondition condition) {
  switch (condition) {
    case inventory::DriveCondition::kIdentifying:
      return "identifying";
    case inventory::DriveCondition::kReady:
      return "ready";
    case inventory::DriveCondition::kNotAnswering:
      return "not_answering";
    case inventory::DriveCondition::kGone:
      return "gone";
  }
  return "gone";
}

void SayDrives(MetricsText& text, const MeasuredBench& bench) {
  std::map<std::string, int64_t> by_condition = {
      {"identifying", 0}, {"ready", 0}, {"not_answering", 0}, {"gone", 0}};
  int64_t quarantined = 0;
  for (const inventory::Snapshot& drive : bench.inventory.List()) {
    ++by_condition[std::string(WordOf(drive->condition))];
    quarantined += drive->quarantine.empty() ? 0 : 1;
  }
  text.Family("firmbench_drives", "gauge", "Drives that are or were attached, by condition.");
  Say(text, by_condition, "condition");
  text.Family("firmbench_drives_quarantined", "gauge", "Drives that are kept from being written.");
  text.Sample({}, quarantined);
}

Status SayOpenJobs(MetricsText& text, const MeasuredBench& bench) {
  constexpr int kMost = 1000;
  std::map<std::string, int64_t> by_state = {{"QUEUED", 0}, {"AWAITING_APPROVAL", 0}};
  std::set<std::string> drives;
  ASSIGN_OR_RETURN(const auto open, bench.ledger.ListJobs({.open_only = true}, {.size = kMost}));
  for (const storage::Job& job : open.rows) {
    ++by_state[job.state];
    if (job.state != "QUEUED" && job.state != "AWAITING_APPROVAL") drives.insert(job.drive_id);
  }
  text.Family("firmbench_jobs_open", "gauge", "Jobs that have not ended, by state.");
  Say(text, by_state, "state");
  // Drives of one IDE channel share a lane.
  std::map<std::string, bool> lanes;
  for (const inventory::Snapshot& drive : bench.inventory.List()) {
    if (drive->condition == inventory::DriveCondition::kGone) continue;
    bool& busy = lanes[drive->channel.empty() ? drive->id : drive->channel];
    busy = busy || drives.contains(drive->id);
  }
  const auto busy =
      std::count_if(lanes.begin(), lanes.end(), [](const auto& lane) { return lane.second; });
  text.Family("firmbench_lanes", "gauge", "Ways to drives, by whether a job works on one.");
  text.Sample({{"state", "busy"}}, int64_t{busy});
  text.Sample({{"state", "idle"}}, std::ssize(lanes) - busy);
  return Ok();
}

int64_t SizeOf(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<int64_t>(info.st_size) : 0;
}

Status SayLedger(MetricsText& text, const MeasuredBench& bench) {
  text.Family("firmbench_ledger_writable", "gauge", "1 when the ledger takes what is written.");
  text.Sample({}, int64_t{bench.ledger.Health().writable ? 1 : 0});
  text.Family("firmbench_ledger_bytes", "gauge", "Size of the ledger's file and its journal.");
  text.Sample({}, SizeOf(bench.ledger_path) + SizeOf(bench.ledger_path + "-wal"));
  ASSIGN_OR_RETURN(const int64_t entries, bench.ledger.AuditSize());
  text.Family("firmbench_audit_entries", "gauge", "Entries of the audit log.");
  text.Sample({}, entries);
  return Ok();
}

void SayCalls(MetricsText& text, const MeasuredBench& bench) {
  text.Family("firmbench_calls_total", "counter",
              "Calls of the API since the start, by method, and whether the caller may make it.");
  for (const auto& [method, count] : bench.access.Counts()) {
    text.Sample({{"method", method}, {"allowed", "true"}}, count.let_through);
    text.Sample({{"method", method}, {"allowed", "false"}}, count.refused);
  }
}

}  // namespace

Result<std::string> BenchMetrics(const MeasuredBench& bench) {
  MetricsText text;
  SayBuild(text, bench);
  SayDrives(text, bench);
  RETURN_IF_ERROR(SayOpenJobs(text, bench));
  bench.jobs.Say(text);
  RETURN_IF_ERROR(SayLedger(text, bench));
  SayCalls(text, bench);
  return text.Take();
}

}  // namespace firmbench
