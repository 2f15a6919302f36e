// SPDX-License-Identifier: Apache-2.0
#include "client/cli/job_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "client/cli/render/drive.h"
#include "client/cli/render/job.h"
#include "client/cli/render/problem.h"
#include "client/cli/watch.h"
#include "daemon/base/ids.h"

namespace firmbench::cli {
namespace {

// The first problem as an error. The others were shown with the plan.
Error FirstProblem(const v1::Plan& plan) {
  const v1::Problem& problem = plan.problems(0);
  return FailedPrecondition(problem.reason(), problem.text())
      .WithRemedy(problem.remedy())
      .With("drive_state", "untouched");
}

// What was typed, without the blanks around it.
std::string Trimmed(const std::string& typed) {
  const size_t first = typed.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return typed.substr(first, typed.find_last_not_of(" \t\r") - first + 1);
}

// A chip is no unit, so the part that is printed on it is what a person has to look at.
Status AskForPart(Context& context, const v1::Drive& drive, const std::string& part) {
  context.console.Err(
      fmt::format("\nThis changes the chip in the socket of {}, and no unit.\nLook at its case and "
                  "at the two voltages above, then type {} to go on: ",
                  render::DriveTitle(drive), render::Clean(part)));
  std::string typed;
  if (context.console.ReadLine(typed) && ConfirmsPart(part, typed)) return Ok();
  return Cancelled("NOT_CONFIRMED", "that is not this part; nothing was done")
      .With("drive_state", "untouched");
}

Status AskThePerson(Context& context, const v1::Drive& drive, const std::string& part) {
  const std::string wanted = !drive.unit_number().empty() ? drive.unit_number() : drive.name();
  if (!context.console.interactive()) {
    return InvalidArgument(kReasonConfirmationNeeded,
                           part.empty() ? "this changes the drive, and nobody is there to say yes"
                                        : "this changes the chip, and nobody is there to say yes")
        .WithRemedy("read the plan, then say --yes");
  }
  if (!part.empty()) return AskForPart(context, drive, part);
  context.console.Err(fmt::format("\nThis changes {}.\nType {} (or the drive's serial) to go on: ",
                                  render::DriveTitle(drive), render::Clean(wanted)));
  std::string typed;
  if (context.console.ReadLine(typed) && Confirms(drive, typed)) return Ok();
  return Cancelled("NOT_CONFIRMED", "that is not this drive; nothing was done")
      .With("drive_state", "untouched");
}

// Either way to make a job: from what a person wants, or from a job whose write was cut. The
// request is used first for the plan and then, with what makes it safe to repeat, for the job.
template <typename Request>
using MakeJob = grpc::Status (v1::JobService::Stub::*)(grpc::ClientContext*, const Request&,
                                                       v1::Job*);

// With the same request_id, so that an answer that got lost does not make a second job.
template <typename Request>
Result<v1::Job> CreateOnce(Context& context, MakeJob<Request> method, const Request& request) {
  constexpr int kMostAttempts = 5;
  constexpr std::chrono::milliseconds kPause{300};
  for (int attempt = 1;; ++attempt) {
    auto job = Call(context.client.jobs(), method, request);
    if (job.has_value()) return job;
    const bool lost = job.error().code() == Code::kUnavailable;
    if (lost && attempt < kMostAttempts) {
      std::this_thread::sleep_for(kPause * attempt);
      continue;
    }
    if (lost || job.error().code() == Code::kDeadlineExceeded) {
      // The request may have arrived although its answer did not.
      context.console.Err(
          "whether the job was made is not known: `firmbench job list --open` says it when the "
          "bench can be reached\n");
    }
    return job;
  }
}

// The job that was made; nullopt after --dry-run.
template <typename Request>
Result<std::optional<v1::Job>> Make(Context& context, const v1::Drive& drive,
                                    MakeJob<Request> method, Request request,
                                    const JobFlowOptions& options) {
  request.set_override_reason(options.reason);
  request.set_validate_only(true);
  ASSIGN_OR_RETURN(const v1::Job planned, Call(context.client.jobs(), method, request));
  const auto plan_text = [&](render::Style style) {
    return render::PlanText(planned, render::DriveTitle(drive), style);
  };
  // With --dry-run the plan is the result; otherwise it is said on the way.
  if (options.dry_run) {
    context.Print(planned, [&] { return plan_text(context.out_style()); });
  } else {
    context.console.Err(plan_text(context.err_style()));
  }
  if (planned.plan().problems_size() > 0) return FirstProblem(planned.plan());
  if (options.dry_run) return std::optional<v1::Job>();
  if (options.writes && !options.yes) RETURN_IF_ERROR(AskThePerson(context, drive, options.part));

  request.set_validate_only(false);
  request.set_plan_digest(planned.plan().digest());
  request.set_etag(planned.plan().etag().empty() ? drive.etag() : planned.plan().etag());
  request.set_request_id(NewId(RealClock()));
  ASSIGN_OR_RETURN(v1::Job job, CreateOnce(context, method, request));
  context.console.Err(fmt::format("job {} created\n", render::Clean(job.name())));
  return std::optional<v1::Job>(std::move(job));
}

template <typename Request>
Ending Run(Context& context, const v1::Drive& drive, MakeJob<Request> method, Request request,
           const JobFlowOptions& options) {
  ASSIGN_OR_RETURN(const std::optional<v1::Job> job,
                   Make(context, drive, method, std::move(request), options));
  return job.has_value() ? WatchToEnd(context, job->name()) : ExitCode::kOk;
}

}  // namespace

bool Confirms(const v1::Drive& drive, const std::string& typed) {
  const std::string word = Trimmed(typed);
  if (word.empty()) return false;
  return word == drive.unit_number() || (drive.has_serial() && word == drive.serial()) ||
         word == drive.name();
}

bool ConfirmsPart(const std::string& part, const std::string& typed) {
  const std::string word = Trimmed(typed);
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return !part.empty() && std::equal(word.begin(), word.end(), part.begin(), part.end(),
                                     [&](char a, char b) { return upper(a) == upper(b); });
}

Ending RunJob(Context& context, const v1::Drive& drive, v1::Job wanted,
              const JobFlowOptions& options) {
  v1::CreateJobRequest request;
  *request.mutable_job() = std::move(wanted);
  request.mutable_job()->set_drive(drive.name());
  request.set_unit_label(options.label);
  return Run(context, drive, &v1::JobService::Stub::CreateJob, std::move(request), options);
}

Result<std::optional<v1::Job>> RunQuietly(Context& context, const v1::Drive& drive,
                                          v1::Job wanted) {
  v1::CreateJobRequest request;
  *request.mutable_job() = std::move(wanted);
  request.mutable_job()->set_drive(drive.name());
  ASSIGN_OR_RETURN(const std::optional<v1::Job> job,
                   Make(context, drive, &v1::JobService::Stub::CreateJob, std::move(request), {}));
  return WatchQuietly(context, job->name());
}

Ending RunRecovery(Context& context, const v1::Drive& drive, const std::string& job_name,
                   const std::string& recover_to, const JobFlowOptions& options) {
  v1::RecoverJobRequest request;
  request.set_name(job_name);
  request.set_recover_to(recover_to);
  return Run(context, drive, &v1::JobService::Stub::RecoverJob, std::move(request), options);
}

}  // namespace firmbench::cli
