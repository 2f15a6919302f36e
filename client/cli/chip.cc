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
#include "daemon/base/hash.h"

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

// A file may hold anything, so it becomes a chip's dump in the ledger: what was written where can
// be told for ever.
Result<std::string> KeepAsChipDump(Context& context, const std::string& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path));
  ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(context.client, FileName(path), bytes));
  v1::ImportDumpRequest request;
  request.set_upload(upload.name());
  request.set_sha256(Sha256Hex(bytes));
  request.set_file_name(FileName(path));
  request.set_kind("chip");
  ASSIGN_OR_RETURN(const v1::ImportDumpResponse kept,
                   Call(context.client.dumps(), &v1::DumpService::Stub::ImportDump, request));
  if (kept.dump().empty()) {
    return FailedPrecondition("FILE_NOT_FOR_A_CHIP",
                              fmt::format("'{}' is not what a chip holds: {}", render::Clean(path),
                                          render::Clean(kept.text())))
        .WithRemedy("give the raw bytes, or the text that MTKFLASH writes")
        .With("drive_state", "untouched");
  }
  context.console.Err(fmt::format("{}: {}, kept as {}\n", render::Clean(path),
                                  render::Clean(kept.text()), render::Clean(kept.dump())));
  return kept.dump();
}

// What the chip is to hold, or to be compared with.
Status NameContent(Context& context, const ChipOptions& options, v1::Job& job) {
  ASSIGN_OR_RETURN(const Source source, ResolveSource(context.client, options.file));
  job.set_chip_fill(options.fill);
  if (const auto* dump = std::get_if<v1::Dump>(&source)) {
    job.set_dump(dump->name());
  } else if (const auto* image = std::get_if<v1::Image>(&source)) {
    job.set_image(image->name());
  } else {
    ASSIGN_OR_RETURN(const std::string kept, KeepAsChipDump(context, options.file));
    job.set_dump(kept);
  }
  return Ok();
}

JobFlowOptions FlowOf(const ChipOptions& options) {
  JobFlowOptions flow = options.writing.flow();
  flow.part = options.part;
  return flow;
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
  v1::Job job = WantedJob("chip_verify", options);
  RETURN_IF_ERROR(NameContent(context, options, job));
  return RunJob(context, drive, std::move(job), {});
}

Ending RunChipWrite(Context& context, const ChipOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  v1::Job job = WantedJob("chip_write", options);
  RETURN_IF_ERROR(NameContent(context, options, job));
  return RunJob(context, drive, std::move(job), FlowOf(options));
}

Ending RunChipErase(Context& context, const ChipOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  return RunJob(context, drive, WantedJob("chip_erase", options), FlowOf(options));
}

}  // namespace firmbench::cli
