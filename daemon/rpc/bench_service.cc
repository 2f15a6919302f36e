// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/bench_service.h"

#include <algorithm>

#include "daemon/rpc/bench_check.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/watch.h"

namespace firmbench::rpc {

std::vector<inventory::Problem> BenchProblems(const std::vector<inventory::Snapshot>& drives,
                                              const storage::LedgerHealth& ledger,
                                              const jobs::CopyState& copy) {
  std::vector<inventory::Problem> urgent;
  std::vector<inventory::Problem> rest;
  bool attached = false;
  for (const inventory::Snapshot& drive : drives) {
    attached = attached || drive->condition != inventory::DriveCondition::kGone;
    for (const inventory::Problem& problem : drive->problems) {
      if (problem.reason == "RECOVERY_NEEDED") {
        urgent.push_back(problem);
      } else {
        rest.push_back({problem.reason, drive->bay + ": " + problem.text, problem.remedy});
      }
    }
  }
  if (!ledger.writable) urgent.push_back({ledger.reason, ledger.text, ledger.remedy});
  for (auto& problem : jobs::CopyProblems(copy)) urgent.push_back(std::move(problem));
  urgent.insert(urgent.end(), rest.begin(), rest.end());
  if (!attached) {
    urgent.push_back({"NO_DRIVES", "no drive is attached to this bench",
                      "attach one, or start firmbenchd with --simulate to try it without"});
  }
  return urgent;
}

grpc::ServerUnaryReactor* BenchService::GetBench(grpc::CallbackServerContext* context,
                                                 const v1::GetBenchRequest* request, v1::Bench* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Bench> {
    v1::Bench bench;
    bench.set_name(Name("benches", bench_.ledger.bench_id()));
    bench.set_version(bench_.facts.version);
    bench.set_schema_version(bench_.ledger.schema_version());
    bench.set_simulated(bench_.facts.simulated);
    SetTime(bench.mutable_start_time(), bench_.facts.started_us);
    SetDuration(bench.mutable_uptime_duration(),
                std::chrono::microseconds(bench_.clock.WallMicros() - bench_.facts.started_us));
    ASSIGN_OR_RETURN(const auto open, bench_.ledger.ListJobs({.open_only = true}, {.size = 1000}));
    bench.set_open_job_count(static_cast<int32_t>(open.rows.size()));
    const auto drives = bench_.inventory.List();
    bench.set_drive_count(
        static_cast<int32_t>(std::count_if(drives.begin(), drives.end(), [](const auto& drive) {
          return drive->condition != inventory::DriveCondition::kGone;
        })));
    for (const auto& problem : BenchProblems(
             drives, bench_.ledger.Health(),
             bench_.second_copy != nullptr ? bench_.second_copy->State() : jobs::CopyState())) {
      AddProblem(bench.add_problems(), problem);
    }
    return bench;
  });
}

grpc::ServerUnaryReactor* BenchService::CheckBench(grpc::CallbackServerContext* context,
                                                   const v1::CheckBenchRequest* request,
                                                   v1::CheckBenchResponse* response) {
  return SlowUnary(bench_, context, request, response,
                   [this](const Caller&) -> Result<v1::CheckBenchResponse> {
                     return rpc::CheckBench(bench_);
                   });
}

grpc::ServerWriteReactor<v1::BenchEvent>* BenchService::WatchEvents(
    grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) {
  return Stream<v1::BenchEvent>(bench_, context, request, [&](const Caller& caller) {
    return StartBenchWatch(bench_, caller, request->after_sequence());
  });
}

}  // namespace firmbench::rpc
