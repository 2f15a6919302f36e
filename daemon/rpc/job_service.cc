// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/job_service.h"

#include "daemon/rpc/convert.h"
#include "daemon/rpc/watch.h"

namespace firmbench::rpc {
namespace {

// An optional resource name: "" stays "".
Result<std::string> OptionalId(const char* collection, const std::string& name) {
  if (name.empty()) return std::string();
  return IdFrom(collection, name);
}

Result<jobs::CreateRequest> ReadRequest(const v1::CreateJobRequest& request, const Caller& caller) {
  constexpr size_t kLongestText = 1000;
  jobs::CreateRequest create;
  const auto kind = jobs::ParseKind(request.job().kind());
  if (!kind) {
    return InvalidArgument("JOB_KIND_UNKNOWN",
                           "a job is one of backup, flash, restore, verify, eeprom_restore");
  }
  create.spec.kind = *kind;
  ASSIGN_OR_RETURN(create.spec.drive_id, IdFrom("drives", request.job().drive()));
  const std::string memory = MemoryWord(request.job().memory());
  create.spec.memory = memory.empty() ? "all" : memory;
  ASSIGN_OR_RETURN(create.spec.image_id, OptionalId("images", request.job().image()));
  ASSIGN_OR_RETURN(create.spec.dump_id, OptionalId("dumps", request.job().dump()));
  create.spec.override_reason = request.override_reason();
  create.etag = request.etag();
  create.plan_digest = request.plan_digest();
  create.request_id = request.request_id();
  create.principal = caller.principal;
  for (const std::string* text :
       {&create.spec.override_reason, &create.etag, &create.plan_digest, &create.request_id}) {
    if (text->size() > kLongestText) {
      return InvalidArgument("FIELD_TOO_LONG", "a field has more than 1000 bytes");
    }
  }
  return create;
}

// The plan as a job that was not created: no name, no state.
v1::Job ShowPlan(const Context& bench, const jobs::Plan& plan,
                 const inventory::DriveSnapshot& drive) {
  jobs::JobView view;
  view.plan = plan;
  view.row.kind = ToString(plan.spec.kind);
  view.row.drive_id = drive.id;
  view.row.unit_id = drive.unit.unit_id;
  view.row.memory = plan.spec.memory;
  view.row.image_id = plan.spec.image_id;
  view.row.dump_id = plan.spec.dump_id;
  view.row.simulated = drive.connection.simulated;
  if (drive.model != nullptr) {
    view.row.model = drive.model->model;
    view.row.family = drive.model->family;
  }
  v1::Job job = ShowJob(bench, view);
  job.clear_create_time();
  return job;
}

}  // namespace

v1::Job ShowJob(const Context& bench, const jobs::JobView& view) {
  return ToProto(view, bench.ledger.bench_id(), NumberOfUnit(bench.ledger, view.row.unit_id));
}

Result<v1::Job> ShowJob(const Context& bench, const std::string& job_id) {
  ASSIGN_OR_RETURN(const jobs::JobView view, bench.engine.Get(job_id));
  return ShowJob(bench, view);
}

grpc::ServerUnaryReactor* JobService::CreateJob(grpc::CallbackServerContext* context,
                                                const v1::CreateJobRequest* request,
                                                v1::Job* response) {
  return Unary(context, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const jobs::CreateRequest create, ReadRequest(*request, caller));
    if (request->validate_only()) {
      ASSIGN_OR_RETURN(const inventory::Snapshot drive,
                       bench_.inventory.Find(create.spec.drive_id));
      ASSIGN_OR_RETURN(const jobs::Plan plan, bench_.engine.MakePlanFor(create.spec));
      return ShowPlan(bench_, plan, *drive);
    }
    ASSIGN_OR_RETURN(const jobs::JobView view, bench_.engine.Create(create));
    return ShowJob(bench_, view);
  });
}

grpc::ServerUnaryReactor* JobService::ListJobs(grpc::CallbackServerContext* context,
                                               const v1::ListJobsRequest* request,
                                               v1::ListJobsResponse* response) {
  return Unary(context, response, [&](const Caller&) -> Result<v1::ListJobsResponse> {
    ASSIGN_OR_RETURN(const storage::Page page, PageOf(request->page_size(), request->page_token()));
    storage::JobFilter filter;
    ASSIGN_OR_RETURN(filter.drive_id, OptionalId("drives", request->drive()));
    ASSIGN_OR_RETURN(filter.unit_id, OptionalId("units", request->unit()));
    filter.open_only = request->open_only();
    ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListJobs(filter, page));
    v1::ListJobsResponse list;
    for (const storage::Job& row : listed.rows) {
      ASSIGN_OR_RETURN(const jobs::JobView view, bench_.engine.View(row));
      *list.add_jobs() = ShowJob(bench_, view);
    }
    list.set_next_page_token(listed.next);
    return list;
  });
}

grpc::ServerUnaryReactor* JobService::GetJob(grpc::CallbackServerContext* context,
                                             const v1::GetJobRequest* request, v1::Job* response) {
  return Unary(context, response, [&](const Caller&) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    return ShowJob(bench_, id);
  });
}

grpc::ServerWriteReactor<v1::JobEvent>* JobService::WatchJob(grpc::CallbackServerContext*,
                                                             const v1::WatchJobRequest* request) {
  return StartJobWatch(bench_, request->name(), request->after_sequence());
}

grpc::ServerUnaryReactor* JobService::AnswerPrompt(grpc::CallbackServerContext* context,
                                                   const v1::AnswerPromptRequest* request,
                                                   v1::Job* response) {
  return Unary(context, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(
        bench_.engine.Answer(id, request->prompt_id(), request->answer(), caller.principal));
    return ShowJob(bench_, id);
  });
}

grpc::ServerUnaryReactor* JobService::ApproveJob(grpc::CallbackServerContext* context,
                                                 const v1::ApproveJobRequest* request,
                                                 v1::Job* response) {
  return Unary(context, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(
        bench_.engine.Approve(id, request->plan_digest(), request->reason(), caller.principal));
    return ShowJob(bench_, id);
  });
}

grpc::ServerUnaryReactor* JobService::CancelJob(grpc::CallbackServerContext* context,
                                                const v1::CancelJobRequest* request,
                                                v1::Job* response) {
  return Unary(context, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(bench_.engine.Cancel(id, caller.principal));
    return ShowJob(bench_, id);
  });
}

}  // namespace firmbench::rpc
