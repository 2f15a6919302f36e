// SPDX-License-Identifier: Apache-2.0
#include "client/cli/job.h"

#include <fmt/format.h>

#include "client/cli/render/job.h"
#include "client/cli/render/records.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/watch.h"

namespace firmbench::cli {
namespace {

Result<v1::Job> FindJob(Context& context, const std::string& text) {
  v1::GetJobRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("jobs", text));
  return Call(context.client.jobs(), &v1::JobService::Stub::GetJob, request);
}

}  // namespace

Ending RunJobList(Context& context, const JobListOptions& options) {
  v1::ListJobsRequest request;
  request.set_open_only(options.open_only);
  if (!options.drive.empty()) {
    ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
    request.set_drive(drive.name());
  }
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
    request.set_unit(unit.name());
  }
  ASSIGN_OR_RETURN(const v1::ListJobsResponse jobs,
                   CallList(context.client.jobs(), &v1::JobService::Stub::ListJobs, request,
                            &v1::ListJobsResponse::mutable_jobs, options.limit));
  PrintScreen(context, jobs, [&] { return render::JobTable(jobs, context.wide()); });
  context.SayIfMore(jobs.next_page_token());
  return ExitCode::kOk;
}

Ending RunJobShow(Context& context, const JobOptions& options) {
  ASSIGN_OR_RETURN(const v1::Job job, FindJob(context, options.job));
  v1::ListDumpsResponse dumps;
  if (!context.json() && !job.dumps().empty()) {
    constexpr int kMost = 1000;
    v1::ListDumpsRequest request;
    request.set_job(job.name());
    ASSIGN_OR_RETURN(dumps, CallList(context.client.dumps(), &v1::DumpService::Stub::ListDumps,
                                     request, &v1::ListDumpsResponse::mutable_dumps, kMost));
  }
  PrintScreen(context, job, [&] {
    const std::string details = render::JobDetails(job, context.out_style());
    return dumps.dumps().empty() ? details
                                 : details + "\n" + render::DumpTable(dumps, false).Render();
  });
  return ExitCode::kOk;
}

Ending RunJobWatch(Context& context, const JobOptions& options) {
  ASSIGN_OR_RETURN(const std::string name, ResourceName("jobs", options.job));
  return WatchToEnd(context, name);
}

Ending RunJobAnswer(Context& context, const JobAnswerOptions& options) {
  v1::AnswerPromptRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("jobs", options.job));
  request.set_prompt_id(options.prompt);
  request.set_answer(options.answer);
  ASSIGN_OR_RETURN(const v1::Job job,
                   Call(context.client.jobs(), &v1::JobService::Stub::AnswerPrompt, request));
  context.Print(job, [&] {
    return fmt::format("{} answered: {}\n", render::Clean(job.name()), options.answer);
  });
  return ExitCode::kOk;
}

Ending RunJobRecover(Context& context, const JobRecoverOptions& options) {
  ASSIGN_OR_RETURN(const v1::Job job, FindJob(context, options.job));
  v1::GetDriveRequest request;
  request.set_name(job.drive());
  ASSIGN_OR_RETURN(v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::GetDrive, request));
  // A dead drive does not say who it is; the job knows whom it wrote.
  if (drive.unit_number().empty()) drive.set_unit_number(job.unit_number());
  if (drive.model().empty()) drive.set_model(job.model());
  return RunRecovery(context, drive, job.name(), options.to, options.writing.flow());
}

Ending RunJobApprove(Context& context, const JobApproveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Job job, FindJob(context, options.job));
  const std::string title = job.unit_number().empty() ? job.drive() : "drive " + job.unit_number();
  context.console.Err(render::PlanText(job, render::Clean(title), context.err_style()));
  v1::ApproveJobRequest request;
  request.set_name(job.name());
  request.set_plan_digest(job.plan().digest());
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(const v1::Job approved,
                   Call(context.client.jobs(), &v1::JobService::Stub::ApproveJob, request));
  context.Print(approved, [&] {
    return fmt::format("{0} approved; `firmbench job watch {0}` watches it\n",
                       render::Clean(approved.name()));
  });
  return ExitCode::kOk;
}

Ending RunJobCancel(Context& context, const JobOptions& options) {
  v1::CancelJobRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("jobs", options.job));
  ASSIGN_OR_RETURN(const v1::Job job,
                   Call(context.client.jobs(), &v1::JobService::Stub::CancelJob, request));
  // The job ends when its lane has seen the wish: that can be a moment later.
  context.Print(job, [&] {
    const bool closed = job.state() == v1::Job::STATE_CLOSED;
    return fmt::format("{} {}\n", render::Clean(job.name()),
                       closed ? render::Word(job.result()) : "is being cancelled");
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
