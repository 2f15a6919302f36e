// SPDX-License-Identifier: Apache-2.0
#include "client/cli/passport.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/render/page/passport.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"
#include "daemon/base/clock.h"

namespace firmbench::cli {
namespace {

// More than one drive lives through; a passport is for people.
constexpr int kMostRows = 1000;

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Result<v1::ListJobsResponse> JobsOf(BenchClient& client, const v1::Unit& unit) {
  v1::ListJobsRequest request;
  request.set_unit(unit.name());
  return CallList(client.jobs(), &v1::JobService::Stub::ListJobs, request,
                  &v1::ListJobsResponse::mutable_jobs, kMostRows);
}

}  // namespace

Result<v1::UnitPassport> CollectPassport(BenchClient& client, const v1::Unit& unit) {
  v1::UnitPassport passport;
  passport.set_format("firmbench unit passport 1");
  passport.mutable_create_time()->set_seconds(RealClock().WallMicros() / 1'000'000);
  ASSIGN_OR_RETURN(*passport.mutable_bench(),
                   Call(client.bench(), &v1::BenchService::Stub::GetBench, v1::GetBenchRequest()));
  *passport.mutable_unit() = unit;
  // Whose drive it is, is nobody's business who is handed the page.
  passport.mutable_unit()->clear_customer();
  passport.mutable_unit()->clear_ticket();

  v1::ListUnitEventsRequest of_unit;
  of_unit.set_unit(unit.name());
  ASSIGN_OR_RETURN(const auto events,
                   CallList(client.units(), &v1::UnitService::Stub::ListUnitEvents, of_unit,
                            &v1::ListUnitEventsResponse::mutable_unit_events, kMostRows));
  *passport.mutable_unit_events() = events.unit_events();
  ASSIGN_OR_RETURN(v1::ListJobsResponse jobs, JobsOf(client, unit));
  std::reverse(jobs.mutable_jobs()->begin(), jobs.mutable_jobs()->end());
  for (v1::Job& job : *jobs.mutable_jobs()) {
    job.clear_plan();
    job.clear_steps();
    job.clear_progress();
  }
  *passport.mutable_jobs() = jobs.jobs();

  v1::ListDumpsRequest dumps_of;
  dumps_of.set_unit(unit.name());
  ASSIGN_OR_RETURN(const auto dumps,
                   CallList(client.dumps(), &v1::DumpService::Stub::ListDumps, dumps_of,
                            &v1::ListDumpsResponse::mutable_dumps, kMostRows));
  *passport.mutable_dumps() = dumps.dumps();
  // Last, so that it stands for all that was said before.
  ASSIGN_OR_RETURN(
      *passport.mutable_checkpoint(),
      Call(client.audit(), &v1::AuditService::Stub::GetCheckpoint, v1::GetCheckpointRequest()));
  return passport;
}

Ending RunUnitPassport(Context& context, const UnitPassportOptions& options) {
  const bool json = EndsWith(options.file, ".json");
  if (!json && !EndsWith(options.file, ".html")) {
    return InvalidArgument(kReasonUsage, "a passport's file ends with .html or .json")
        .WithRemedy("write for example -o passport.html");
  }
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  ASSIGN_OR_RETURN(const v1::UnitPassport passport, CollectPassport(context.client, unit));
  std::string page;
  if (json) {
    page = ToJson(passport);
  } else {
    ASSIGN_OR_RETURN(page, render::PassportHtml(passport));
  }
  RETURN_IF_ERROR(WriteFile(options.file, AsBytes(page), options.force, 0600));
  context.console.Err(fmt::format("{}: passport of {}\n", render::Clean(options.file),
                                  render::Clean(passport.unit().number())));
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
