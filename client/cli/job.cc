// SPDX-License-Identifier: Apache-2.0
#include "client/cli/job.h"

#include <fmt/format.h>

#include "client/cli/render/job.h"
#include "client/cli/resolve.h"
#include "client/cli/watch.h"

namespace firmbench::cli {

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
  context.Print(jobs, [&] { return render::JobTable(jobs, context.wide()); });
  context.SayIfMore(jobs.next_page_token());
  return ExitCode::kOk;
}

Ending RunJobShow(Context& context, const JobOptions& options) {
  v1::GetJobRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("jobs", options.job));
  ASSIGN_OR_RETURN(const v1::Job job,
                   Call(context.client.jobs(), &v1::JobService::Stub::GetJob, request));
  context.Print(job, [&] { return render::JobDetails(job, context.out_style()); });
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
