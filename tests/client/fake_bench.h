// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench in this process, on a socket in a folder of its own: it has the sample drives and one
// dump, takes uploads and jobs, and plays its watches as the test says. Thread-safe: calls come
// from gRPC's threads, the test reads what was asked.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/mutex.h"
#include "firmbench/v1/bench_service.grpc.pb.h"
#include "firmbench/v1/drive_service.grpc.pb.h"
#include "firmbench/v1/dump_service.grpc.pb.h"
#include "firmbench/v1/image_service.grpc.pb.h"
#include "firmbench/v1/job_service.grpc.pb.h"

namespace firmbench::cli {

class FakeBench {
 public:
  using WatchWriter = grpc::ServerWriter<v1::JobEvent>;
  // Plays one watch; called once per WatchJob, in order; the last one is used again.
  using WatchScript =
      std::function<grpc::Status(grpc::ServerContext&, const v1::WatchJobRequest&, WatchWriter&)>;

  FakeBench();
  ~FakeBench();

  const std::string& folder() const { return folder_; }
  std::string address() const { return "unix:" + folder_ + "/s"; }

  // Ends every call and answers none any more.
  void StopServing();

  void SetPlan(const v1::Job& plan);
  // What GetJob answers once the job exists.
  void SetJob(const v1::Job& job);
  void SetWatches(std::vector<WatchScript> scripts);
  void SetComparison(const v1::CompareDumpsResponse& comparison);
  void SetDumpBytes(const std::string& bytes);
  void SetDrivesStatus(const grpc::Status& status);
  // What BenchService says is wrong with the bench.
  void SetProblems(const std::vector<v1::Problem>& problems);
  // How CancelJob ends.
  void SetCancelStatus(const grpc::Status& status);

  std::vector<v1::CreateJobRequest> creates();
  std::vector<v1::RecoverJobRequest> recoveries();  // those that were only planned left out
  std::vector<v1::ApproveJobRequest> approvals();
  std::vector<v1::ClaimDriveRequest> claims();
  std::vector<v1::LiftQuarantineRequest> lifts();
  std::vector<v1::WatchJobRequest> watches();
  std::vector<v1::AnswerPromptRequest> answers();
  std::vector<v1::MarkImageRequest> image_marks();
  // The bytes of finished uploads by SHA-256, and of unfinished ones by name.
  std::map<std::string, std::string> uploads();
  // Block until so many watches were begun, or answers came; false after ten seconds.
  bool WaitForWatches(size_t count);
  bool WaitForAnswers(size_t count);

 private:
  class Benches;
  class Drives;
  class Dumps;
  class Images;
  class Jobs;

  std::string folder_;
  Mutex mutex_;
  CondVar changed_;
  v1::Job plan_ FB_GUARDED_BY(mutex_);
  v1::Job job_ FB_GUARDED_BY(mutex_);
  v1::CompareDumpsResponse comparison_ FB_GUARDED_BY(mutex_);
  std::string dump_bytes_ FB_GUARDED_BY(mutex_) = "abcdef";
  grpc::Status drives_status_ FB_GUARDED_BY(mutex_);
  grpc::Status cancel_status_ FB_GUARDED_BY(mutex_);
  std::vector<v1::Problem> problems_ FB_GUARDED_BY(mutex_);
  std::vector<WatchScript> scripts_ FB_GUARDED_BY(mutex_);
  std::vector<v1::CreateJobRequest> creates_ FB_GUARDED_BY(mutex_);
  std::vector<v1::RecoverJobRequest> recoveries_ FB_GUARDED_BY(mutex_);
  std::vector<v1::ApproveJobRequest> approvals_ FB_GUARDED_BY(mutex_);
  std::vector<v1::ClaimDriveRequest> claims_ FB_GUARDED_BY(mutex_);
  std::vector<v1::LiftQuarantineRequest> lifts_ FB_GUARDED_BY(mutex_);
  std::vector<v1::WatchJobRequest> watches_ FB_GUARDED_BY(mutex_);
  std::vector<v1::AnswerPromptRequest> answers_ FB_GUARDED_BY(mutex_);
  std::vector<v1::MarkImageRequest> image_marks_ FB_GUARDED_BY(mutex_);
  std::map<std::string, std::string> uploads_ FB_GUARDED_BY(mutex_);

  std::unique_ptr<Benches> benches_;
  std::unique_ptr<Drives> drives_;
  std::unique_ptr<Dumps> dumps_;
  std::unique_ptr<Images> images_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<grpc::Server> server_;
};

// An error as the daemon sends it.
grpc::Status BenchError(grpc::StatusCode code, const std::string& reason,
                        const std::string& message);

}  // namespace firmbench::cli
