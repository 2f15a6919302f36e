// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/retention.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "daemon/base/clock.h"
#include "daemon/base/hash.h"

namespace firmbench::jobs {
namespace {

constexpr int kPage = 1000;

// What somebody may still have to go back to.
struct Needed {
  std::set<std::string> units;
  std::set<std::string> jobs;
  std::set<std::string> dumps;
};

bool IsUncertain(const storage::Job& job) {
  return job.result.empty() || job.outcome == "UNKNOWN" || job.outcome == "CHANGED_UNVERIFIED" ||
         job.drive_state == "partly_written" || job.drive_state == "unknown";
}

Result<Needed> FindNeeded(storage::Ledger& ledger) {
  Needed needed;
  std::set<std::string>
      recovered;  // jobs are listed newest first: recoveries before what they mend
  storage::Page page{.size = kPage};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger.ListJobs({}, page));
    for (const storage::Job& job : listed.rows) {
      const bool mended = recovered.contains(job.id);
      if (!job.recovers.empty() && (job.result == "SUCCEEDED" || mended)) {
        recovered.insert(job.recovers);
      }
      if (mended || !IsUncertain(job)) continue;
      needed.jobs.insert(job.id);
      if (!job.dump_id.empty()) needed.dumps.insert(job.dump_id);
      if (job.unit_id.empty()) continue;
      ASSIGN_OR_RETURN(const storage::Unit unit, ledger.ResolveUnit(job.unit_id));
      needed.units.insert(unit.id);
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return needed;
}

// What is kept in memory of a dump.
struct Candidate {
  std::string id;
  std::string unit_id;
  std::string memory;
  std::string job_id;
  bool disagreeing = false;
  bool old = false;
  int64_t size_bytes = 0;
};

// Newest first.
Result<std::vector<Candidate>> ListCandidates(storage::Ledger& ledger, int64_t before_us) {
  std::vector<Candidate> candidates;
  storage::Page page{.size = kPage};
  do {
    ASSIGN_OR_RETURN(auto listed, ledger.ListDumps({}, page));
    for (storage::Dump& dump : listed.rows) {
      candidates.push_back({.id = std::move(dump.id),
                            .unit_id = std::move(dump.unit_id),
                            .memory = std::move(dump.memory),
                            .job_id = std::move(dump.job_id),
                            .disagreeing = dump.purpose == "disagreeing",
                            .old = dump.created_us < before_us,
                            .size_bytes = dump.size_bytes});
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return candidates;
}

// Ids of the newest and the oldest dump of each unit and memory. Reads that disagree are no end.
std::set<std::string> FindEnds(const std::vector<Candidate>& candidates) {
  std::map<std::pair<std::string, std::string>, std::string> oldest;
  std::set<std::string> ends;
  for (const Candidate& dump : candidates) {
    if (dump.disagreeing) continue;
    std::string& last = oldest[{dump.unit_id, dump.memory}];
    if (last.empty()) ends.insert(dump.id);
    last = dump.id;
  }
  for (const auto& [whose, id] : oldest) ends.insert(id);
  return ends;
}

Status Archive(storage::Ledger& ledger, const RetentionRequest& request,
               const std::vector<std::string>& ids) {
  std::string list;  // as `sha256sum` would see it, one id a line
  for (const std::string& id : ids) list += id + "\n";
  return ledger.Commit([&](storage::Transaction& tx) -> Status {
    for (const std::string& id : ids) {
      RETURN_IF_ERROR(tx.InsertArchiving({.id = tx.NewId(),
                                          .subject_kind = "dump",
                                          .subject_id = id,
                                          .archived = true,
                                          .principal = request.principal,
                                          .reason = request.reason,
                                          .created_us = tx.now_us()}));
    }
    RETURN_IF_ERROR(tx.AppendAudit({.principal = request.principal,
                                    .action = "ledger.archive",
                                    .resource = "benches/" + ledger.bench_id(),
                                    .outcome = "ok",
                                    .details = {{"before", FormatRfc3339(request.before_us)},
                                                {"dumps", fmt::format("{}", ids.size())},
                                                {"dumps_sha256", Sha256Hex(AsBytes(list))}}}));
    return Ok();
  });
}

}  // namespace

Result<RetentionReport> ArchiveOldDumps(storage::Ledger& ledger, const RetentionRequest& request) {
  ASSIGN_OR_RETURN(const Needed needed, FindNeeded(ledger));
  ASSIGN_OR_RETURN(const auto candidates, ListCandidates(ledger, request.before_us));
  const std::set<std::string> ends = FindEnds(candidates);
  RetentionReport report;
  for (const Candidate& dump : candidates) {
    if (!dump.old) continue;
    if (needed.units.contains(dump.unit_id) || needed.jobs.contains(dump.job_id) ||
        needed.dumps.contains(dump.id)) {
      ++report.kept_for_job;
    } else if (dump.unit_id.empty()) {
      ++report.kept_without_unit;
    } else if (ends.contains(dump.id)) {
      ++report.kept_as_end;
    } else {
      report.archived.push_back(dump.id);
      report.archived_bytes += dump.size_bytes;
    }
  }
  if (!request.only_look && !report.archived.empty()) {
    RETURN_IF_ERROR(Archive(ledger, request, report.archived));
  }
  return report;
}

}  // namespace firmbench::jobs
