// SPDX-License-Identifier: Apache-2.0
#include "client/cli/fresh_dump.h"

#include <optional>
#include <utility>

#include "client/cli/job_flow.h"
#include "client/cli/watch.h"

namespace firmbench::cli {
namespace {

// The dump that a backup job made.
Result<v1::Dump> DumpOf(Context& context, const v1::Job& job, v1::Memory memory) {
  v1::ListDumpsRequest request;
  request.set_job(job.name());
  request.set_memory(memory);
  ASSIGN_OR_RETURN(const v1::ListDumpsResponse dumps,
                   Call(context.client.dumps(), &v1::DumpService::Stub::ListDumps, request));
  for (const v1::Dump& dump : dumps.dumps()) {
    if (dump.purpose() == "backup") return dump;
  }
  return NotFound("DUMP_NOT_FOUND", "the job kept no dump of that memory")
      .WithRemedy("`firmbench job show` says what it did");
}

}  // namespace

Result<FreshDump> RunIntoDump(Context& context, const v1::Drive& drive, v1::Job wanted) {
  const v1::Memory memory = wanted.memory();
  ASSIGN_OR_RETURN(const std::optional<v1::Job> job, RunQuietly(context, drive, std::move(wanted)));
  if (!job.has_value()) return FreshDump(ExitCode::kInterrupted);
  if (job->result() != v1::Job::RESULT_SUCCEEDED) {
    ASSIGN_OR_RETURN(const ExitCode ended, PrintClosedJob(context, *job));
    return FreshDump(ended);
  }
  ASSIGN_OR_RETURN(v1::Dump dump, DumpOf(context, *job, memory));
  return FreshDump(std::move(dump));
}

Result<FreshDump> ReadIntoDump(Context& context, const v1::Drive& drive, v1::Memory memory) {
  v1::Job backup;
  backup.set_kind("backup");
  backup.set_memory(memory);
  return RunIntoDump(context, drive, std::move(backup));
}

}  // namespace firmbench::cli
