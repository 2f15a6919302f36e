// SPDX-License-Identifier: Apache-2.0
#pragma once

// JobService: plan, create, watch, answer, approve, cancel, recover. Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/job_service.grpc.pb.h"

namespace firmbench::rpc {

class JobService final : public v1::JobService::CallbackService {
 public:
  explicit JobService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* CreateJob(grpc::CallbackServerContext* context,
                                      const v1::CreateJobRequest* request,
                                      v1::Job* response) override;
  grpc::ServerUnaryReactor* ListJobs(grpc::CallbackServerContext* context,
                                     const v1::ListJobsRequest* request,
                                     v1::ListJobsResponse* response) override;
  grpc::ServerUnaryReactor* GetJob(grpc::CallbackServerContext* context,
                                   const v1::GetJobRequest* request, v1::Job* response) override;
  grpc::ServerWriteReactor<v1::JobEvent>* WatchJob(grpc::CallbackServerContext* context,
                                                   const v1::WatchJobRequest* request) override;
  grpc::ServerUnaryReactor* AnswerPrompt(grpc::CallbackServerContext* context,
                                         const v1::AnswerPromptRequest* request,
                                         v1::Job* response) override;
  grpc::ServerUnaryReactor* ApproveJob(grpc::CallbackServerContext* context,
                                       const v1::ApproveJobRequest* request,
                                       v1::Job* response) override;
  grpc::ServerUnaryReactor* CancelJob(grpc::CallbackServerContext* context,
                                      const v1::CancelJobRequest* request,
                                      v1::Job* response) override;
  grpc::ServerUnaryReactor* RecoverJob(grpc::CallbackServerContext* context,
                                       const v1::RecoverJobRequest* request,
                                       v1::Job* response) override;
  grpc::ServerWriteReactor<v1::ReadJobTraceResponse>* ReadJobTrace(
      grpc::CallbackServerContext* context, const v1::ReadJobTraceRequest* request) override;

 private:
  const Context& bench_;
};

// The job as every list shows it: without advice.
v1::Job ShowJob(const Context& bench, const jobs::JobView& view);
// The job with everything that is known of it.
Result<v1::Job> ShowJob(const Context& bench, const std::string& job_id);

}  // namespace firmbench::rpc
