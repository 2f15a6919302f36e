// SPDX-License-Identifier: Apache-2.0
#include "client/cli/chip.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>

#include "client/cli/download.h"
#include "client/cli/fresh_dump.h"
#include "client/cli/job_flow.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"
#include "client/cli/watch.h"

namespace firmbench::cli {
namespace {

// The job's own name of the step in which the chip said what it is.
constexpr char kIdentifyStep[] = "identify the chip";

v1::Job WantedJob(const char* kind, const ChipOptions& options) {
  constexpr int kFive = 5000;
  constexpr int kThree = 3300;
  v1::Job job;
  job.set_kind(kind);
  job.set_memory(v1::MEMORY_FIRMWARE);
  job.set_chip_part(options.part);
  job.set_board_millivolts(options.voltage == "5" ? kFive : kThree);
  job.set_model(options.model);
  return job;
}

std::string WhatAnswered(const v1::Job& job) {
  for (const v1::JobStep& step : job.steps()) {
    if (step.name() == kIdentifyStep) return render::Clean(step.note()) + "\n";
  }
  return "the job does not say what answered\n";
}

}  // namespace

Ending RunChipIdentify(Context& context, const ChipOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const std::optional<v1::Job> job,
                   RunQuietly(context, drive, WantedJob("chip_identify", options)));
  if (!job.has_value()) return ExitCode::kInterrupted;
  if (job->result() != v1::Job::RESULT_SUCCEEDED) return PrintClosedJob(context, *job);
  context.Print(*job, [&] { return WhatAnswered(*job); });
  return ExitCode::kOk;
}

Ending RunChipRead(Context& context, const ChipOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  // The read takes minutes: better to refuse before it than after.
  RETURN_IF_ERROR(CheckNewFile(options.file, options.force));
  ASSIGN_OR_RETURN(const FreshDump fresh,
                   RunIntoDump(context, drive, WantedJob("chip_read", options)));
  if (const auto* ended = std::get_if<ExitCode>(&fresh)) return *ended;
  const v1::Dump& dump = std::get<v1::Dump>(fresh);
  ASSIGN_OR_RETURN(const Bytes bytes, DownloadDump(context.client, dump));
  RETURN_IF_ERROR(WriteFile(options.file, bytes, options.force));
  context.Print(dump, [&] {
    return fmt::format("{}  {}  {}  SHA-256 {}\nkept as {}\n", render::Clean(options.file),
                       render::Clean(dump.model()), render::Bytes(dump.size_bytes()),
                       render::Clean(dump.sha256()), render::Clean(dump.name()));
  });
  return ExitCode::kOk;
}

Ending RunChipVerify(Context& context, const ChipOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const Source source, ResolveSource(context.client, options.file));
  v1::Job job = WantedJob("chip_verify", options);
  if (const auto* dump = std::get_if<v1::Dump>(&source)) {
    job.set_dump(dump->name());
  } else if (const auto* image = std::get_if<v1::Image>(&source)) {
    job.set_image(image->name());
  } else {
    ASSIGN_OR_RETURN(const v1::Image added, AddImage(context.client, options.file));
    job.set_image(added.name());
  }
  return RunJob(context, drive, std::move(job), {});
}

}  // namespace firmbench::cli
