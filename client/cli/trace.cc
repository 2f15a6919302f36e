// SPDX-License-Identifier: Apache-2.0
#include "client/cli/trace.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "client/cli/job_flow.h"
#include "client/cli/render/trace.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"
#include "client/cli/watch.h"
#include "daemon/base/trace.h"

namespace firmbench::cli {
namespace {

Result<std::string> Download(Context& context, const v1::ReadJobTraceRequest& request) {
  constexpr std::chrono::minutes kLimit{5};
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + kLimit);
  const auto reader = context.client.jobs().ReadJobTrace(&call, request);
  std::string text;
  bool in_order = true;
  v1::ReadJobTraceResponse piece;
  while (in_order && reader->Read(&piece)) {
    in_order = piece.offset_bytes() == static_cast<int64_t>(text.size()) &&
               text.size() + piece.data().size() <= kLongestTrace;
    if (in_order) text += piece.data();
  }
  if (!in_order) call.TryCancel();
  const grpc::Status status = reader->Finish();
  if (in_order && !status.ok()) return FromStatus(status);
  if (in_order) return text;
  return DataLoss("TRACE_INCOMPLETE", "the trace did not arrive whole")
      .WithRemedy("try again; what the bench keeps is not touched by this");
}

Result<v1::ReadJobTraceRequest> RequestFor(const TraceOptions& options) {
  v1::ReadJobTraceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("jobs", options.job));
  request.set_full(options.full);
  request.set_mask_serials(options.mask);
  return request;
}

Status SaveCapsule(Context& context, v1::ReadJobTraceRequest request, const std::string& file,
                   bool force) {
  request.set_capsule(true);
  ASSIGN_OR_RETURN(const std::string text, Download(context, request));
  return WriteFile(file, AsBytes(text), force);
}

std::string Saved(const std::string& file, bool masked) {
  return fmt::format("{} written: plan, trace, versions and findings; {}\n", render::Clean(file),
                     masked ? "serial numbers are masked"
                            : "serial numbers are in it (--mask-serials replaces them)");
}

}  // namespace

Ending RunProbe(Context& context, const ProbeOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  if (!options.file.empty()) RETURN_IF_ERROR(CheckNewFile(options.file, options.force));
  v1::Job wanted;
  wanted.set_kind("probe");
  if (options.dry_run) return RunJob(context, drive, wanted, {.dry_run = true});
  // Shows the plan, with the evidence of each command, before any of them is sent.
  ASSIGN_OR_RETURN(const std::optional<v1::Job> job, RunQuietly(context, drive, wanted));
  if (!job.has_value()) return ExitCode::kInterrupted;
  if (job->result() != v1::Job::RESULT_SUCCEEDED) return PrintClosedJob(context, *job);
  v1::ReadJobTraceRequest request;
  request.set_name(job->name());
  request.set_full(true);
  request.set_mask_serials(options.mask);
  ASSIGN_OR_RETURN(const std::string text, Download(context, request));
  ASSIGN_OR_RETURN(const Trace trace, ParseTrace(text));
  context.console.Out(context.json() ? render::ProbeJson(*job, trace)
                                     : render::ProbeReport(*job, trace));
  if (options.file.empty()) return ExitCode::kOk;
  RETURN_IF_ERROR(SaveCapsule(context, request, options.file, options.force));
  context.console.Err(Saved(options.file, options.mask));
  return ExitCode::kOk;
}

Ending RunJobTrace(Context& context, const TraceOptions& options) {
  if (!options.file.empty()) RETURN_IF_ERROR(CheckNewFile(options.file, options.force));
  ASSIGN_OR_RETURN(const v1::ReadJobTraceRequest request, RequestFor(options));
  ASSIGN_OR_RETURN(const std::string text, Download(context, request));
  if (!options.file.empty()) {
    RETURN_IF_ERROR(WriteFile(options.file, AsBytes(text), options.force));
    context.console.Err(fmt::format("{} written\n", render::Clean(options.file)));
    return ExitCode::kOk;
  }
  // Names in it are the bench's, texts in it may be a drive's: only what read it may print it.
  ASSIGN_OR_RETURN(const Trace trace, ParseTrace(text));
  context.console.Out(context.json()
                          ? render::TraceJson(trace)
                          : render::CleanLines(FormatTrace(trace, TracePayloads::kFull)));
  return ExitCode::kOk;
}

Ending RunJobCapsule(Context& context, const TraceOptions& options) {
  RETURN_IF_ERROR(CheckNewFile(options.file, options.force));
  ASSIGN_OR_RETURN(v1::ReadJobTraceRequest request, RequestFor(options));
  RETURN_IF_ERROR(SaveCapsule(context, request, options.file, options.force));
  context.console.Err(Saved(options.file, options.mask));
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
