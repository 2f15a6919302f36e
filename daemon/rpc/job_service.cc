// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/job_service.h"

#include "daemon/jobs/job_trace.h"
#include "daemon/rpc/advice.h"
#include "daemon/rpc/blob_stream.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/watch.h"

namespace firmbench::rpc {
namespace {

// An optional resource name: "" stays "".
Result<std::string> OptionalId(const char* collection, const std::string& name) {
  if (name.empty()) return std::string();
  return IdFrom(collection, name);
}

// What both ways to make a job have in common.
template <typename Request>
Status ReadSafeguards(const Request& request, const Caller& caller, jobs::CreateRequest& create) {
  create.spec.override_reason = request.override_reason();
  create.etag = request.etag();
  create.plan_digest = request.plan_digest();
  create.request_id = request.request_id();
  create.principal = caller.principal;
  for (const std::string* text : {&create.spec.override_reason, &create.spec.model, &create.etag,
                                  &create.plan_digest, &create.request_id}) {
    RETURN_IF_ERROR(CheckLength(*text, kLongestText));
  }
  return Ok();
}

Result<jobs::CreateRequest> ReadRequest(const v1::CreateJobRequest& request, const Caller& caller) {
  jobs::CreateRequest create;
  const auto kind = jobs::ParseKind(request.job().kind());
  if (!kind) {
    return InvalidArgument(
        "JOB_KIND_UNKNOWN",
        "a job is one of backup, flash, restore, verify, eeprom_restore, convert, recover, "
        "chip_identify, chip_read, chip_verify, chip_write, chip_erase, probe");
  }
  create.spec.kind = *kind;
  ASSIGN_OR_RETURN(create.spec.drive_id, IdFrom("drives", request.job().drive()));
  const std::string memory = MemoryWord(request.job().memory());
  create.spec.memory = memory.empty() ? "all" : memory;
  create.spec.label = request.unit_label();
  RETURN_IF_ERROR(CheckLength(create.spec.label, kLongestText));
  ASSIGN_OR_RETURN(create.spec.image_id, OptionalId("images", request.job().image()));
  ASSIGN_OR_RETURN(create.spec.dump_id, OptionalId("dumps", request.job().dump()));
  create.spec.model =
      *kind == jobs::Kind::kConvert ? request.job().target_model() : request.job().model();
  create.spec.chip_part = request.job().chip_part();
  RETURN_IF_ERROR(CheckLength(create.spec.chip_part, kLongestText));
  create.spec.board_mv = request.job().board_millivolts();
  create.spec.chip_fill = request.job().chip_fill();
  RETURN_IF_ERROR(CheckLength(create.spec.chip_fill, kLongestText));
  RETURN_IF_ERROR(ReadSafeguards(request, caller, create));
  return create;
}

Result<jobs::CreateRequest> ReadRecovery(const Context& bench, const v1::RecoverJobRequest& request,
                                         const Caller& caller) {
  jobs::CreateRequest create;
  create.spec.kind = jobs::Kind::kRecover;
  ASSIGN_OR_RETURN(create.spec.recovers, IdFrom("jobs", request.name()));
  ASSIGN_OR_RETURN(const storage::Job cut, bench.ledger.GetJob(create.spec.recovers));
  if (inventory::WroteChip(cut)) {
    return FailedPrecondition("JOB_ON_CHIP", "the job wrote a bare chip, and no drive")
        .WithRemedy(cut.error_remedy.empty() ? "write the chip again: `firmbench chip write`"
                                             : cut.error_remedy);
  }
  create.spec.drive_id = cut.drive_id;
  create.spec.memory = cut.memory;
  if (!request.recover_to().empty() && request.recover_to() != "old" &&
      request.recover_to() != "new") {
    return InvalidArgument("RECOVER_TO_UNKNOWN", "a drive is brought back to old or to new");
  }
  create.spec.recover_to = request.recover_to();
  RETURN_IF_ERROR(ReadSafeguards(request, caller, create));
  return create;
}

// A drive that was brought back, or whose job ended well, is written the ordinary way.
Status CheckNeeded(const Context& bench, const std::string& job_id) {
  ASSIGN_OR_RETURN(const jobs::JobView view, bench.engine.Get(job_id));
  const bool settled = !view.row.result.empty() && view.row.write_started_us != 0;
  if (!settled || view.needs_recovery) return Ok();
  return FailedPrecondition(
             "RECOVERY_NOT_NEEDED",
             view.recovered_by.empty()
                 ? "the write of this job was not cut"
                 : "the drive was brought back already, by jobs/" + view.recovered_by)
      .WithRemedy("`firmbench restore` writes an earlier dump of the unit into the drive");
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
  view.row.recovers = plan.spec.recovers;
  view.row.model = plan.spec.model;
  if (plan.spec.kind == jobs::Kind::kConvert) view.row.target_model = plan.spec.model;
  if (drive.model != nullptr) {
    view.row.model = drive.model->model;
    view.row.family = drive.model->family;
  }
  v1::Job job = ShowJob(bench, view);
  job.clear_create_time();
  return job;
}

Result<v1::Job> PlanOrCreate(const Context& bench, const jobs::CreateRequest& create,
                             bool validate_only) {
  if (validate_only) {
    ASSIGN_OR_RETURN(const inventory::Snapshot drive, bench.inventory.Find(create.spec.drive_id));
    ASSIGN_OR_RETURN(const jobs::Plan plan, bench.engine.MakePlanFor(create.spec));
    return ShowPlan(bench, plan, *drive);
  }
  ASSIGN_OR_RETURN(const jobs::JobView view, bench.engine.Create(create));
  return ShowJob(bench, view);
}

// The text that is sent.
Result<Bytes> TraceText(const Context& bench, const v1::ReadJobTraceRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request.name()));
  ASSIGN_OR_RETURN(const jobs::JobView job, bench.engine.Get(id));
  ASSIGN_OR_RETURN(Trace trace, jobs::LoadTrace(bench.ledger, id));
  if (request.capsule()) jobs::PackCapsule(job, bench.facts.version, trace);
  if (request.mask_serials()) {
    ASSIGN_OR_RETURN(const auto serials, jobs::SerialsIn(bench.ledger, job.row, trace));
    MaskInTrace(serials, trace);
  }
  const bool full = request.full() || request.capsule();
  const std::string text = FormatTrace(trace, full ? TracePayloads::kFull : TracePayloads::kHashed);
  return Bytes(text.begin(), text.end());
}

}  // namespace

v1::Job ShowJob(const Context& bench, const jobs::JobView& view) {
  return ToProto(view, bench.ledger.bench_id(), NumberOfUnit(bench.ledger, view.row.unit_id));
}

Result<v1::Job> ShowJob(const Context& bench, const std::string& job_id) {
  ASSIGN_OR_RETURN(const jobs::JobView view, bench.engine.Get(job_id));
  v1::Job job = ShowJob(bench, view);
  if (!NeedsAdvice(view.row)) return job;
  ASSIGN_OR_RETURN(const auto dumps, bench.ledger.ListDumps({.job_id = job_id}, {.size = 100}));
  for (std::string& line : Advice({.job = view.row,
                           .steps = view.steps,
                           .dumps = dumps.rows,
                           .needs_recovery = view.needs_recovery,
                           .recovered_by = view.recovered_by})) {
    job.add_advice(std::move(line));
  }
  return job;
}

grpc::ServerUnaryReactor* JobService::CreateJob(grpc::CallbackServerContext* context,
                                                const v1::CreateJobRequest* request,
                                                v1::Job* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const jobs::CreateRequest create, ReadRequest(*request, caller));
    return PlanOrCreate(bench_, create, request->validate_only());
  });
}

grpc::ServerUnaryReactor* JobService::RecoverJob(grpc::CallbackServerContext* context,
                                                 const v1::RecoverJobRequest* request,
                                                 v1::Job* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const jobs::CreateRequest create, ReadRecovery(bench_, *request, caller));
    // Only of the plan: a request that is sent again gets its job, though that needs it no more.
    if (request->validate_only()) RETURN_IF_ERROR(CheckNeeded(bench_, create.spec.recovers));
    return PlanOrCreate(bench_, create, request->validate_only());
  });
}

grpc::ServerUnaryReactor* JobService::ListJobs(grpc::CallbackServerContext* context,
                                               const v1::ListJobsRequest* request,
                                               v1::ListJobsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListJobsResponse> {
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
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
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    return ShowJob(bench_, id);
  });
}

grpc::ServerWriteReactor<v1::JobEvent>* JobService::WatchJob(grpc::CallbackServerContext* context,
                                                             const v1::WatchJobRequest* request) {
  return Stream<v1::JobEvent>(bench_, context, request, [&](const Caller& caller) {
    return StartJobWatch(bench_, caller, request->name(), request->after_sequence());
  });
}

grpc::ServerUnaryReactor* JobService::AnswerPrompt(grpc::CallbackServerContext* context,
                                                   const v1::AnswerPromptRequest* request,
                                                   v1::Job* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(
        bench_.engine.Answer(id, request->prompt_id(), request->answer(), caller.principal));
    return ShowJob(bench_, id);
  });
}

grpc::ServerUnaryReactor* JobService::ApproveJob(grpc::CallbackServerContext* context,
                                                 const v1::ApproveJobRequest* request,
                                                 v1::Job* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(CheckReason(request->reason()));
    RETURN_IF_ERROR(
        bench_.engine.Approve(id, request->plan_digest(), request->reason(), caller.principal));
    return ShowJob(bench_, id);
  });
}

grpc::ServerUnaryReactor* JobService::CancelJob(grpc::CallbackServerContext* context,
                                                const v1::CancelJobRequest* request,
                                                v1::Job* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Job> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("jobs", request->name()));
    RETURN_IF_ERROR(bench_.engine.Cancel(id, caller.principal));
    return ShowJob(bench_, id);
  });
}

grpc::ServerWriteReactor<v1::ReadJobTraceResponse>* JobService::ReadJobTrace(
    grpc::CallbackServerContext* context, const v1::ReadJobTraceRequest* request) {
  return Stream<v1::ReadJobTraceResponse>(bench_, context, request, [&](const Caller& caller) {
    return new BlobStream<v1::ReadJobTraceResponse>(bench_, caller, TraceText(bench_, *request));
  });
}

}  // namespace firmbench::rpc
