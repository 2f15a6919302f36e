// SPDX-License-Identifier: Apache-2.0
#include "tests/client/fake_bench.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/base/hash.h"
#include "firmbench/v1/errors.pb.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

grpc::Status BenchError(grpc::StatusCode code, const std::string& reason,
                        const std::string& message) {
  v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("firmbench");
  info.set_remedy("mend it");
  v1::RpcStatus details;
  details.set_code(code);
  details.set_message(message);
  details.add_details()->PackFrom(info);
  return {code, message, details.SerializeAsString()};
}

class FakeBench::Benches final : public v1::BenchService::Service {
 public:
  explicit Benches(FakeBench& bench) : bench_(bench) {}

 private:
  grpc::Status GetBench(grpc::ServerContext*, const v1::GetBenchRequest*,
                        v1::Bench* response) override {
    const MutexLock lock(bench_.mutex_);
    response->set_name("benches/b");
    for (const v1::Problem& problem : bench_.problems_) *response->add_problems() = problem;
    return grpc::Status::OK;
  }
  FakeBench& bench_;
};

class FakeBench::Drives final : public v1::DriveService::Service {
 public:
  explicit Drives(FakeBench& bench) : bench_(bench) {}

 private:
  // One drive per page, so that paging is seen to work.
  grpc::Status ListDrives(grpc::ServerContext*, const v1::ListDrivesRequest* request,
                          v1::ListDrivesResponse* response) override {
    const MutexLock lock(bench_.mutex_);
    if (request->page_token().empty()) {
      *response->add_drives() = SampleDrive();
      response->set_next_page_token("second");
    } else {
      *response->add_drives() = SampleDriveAlien();
    }
    return bench_.drives_status_;
  }
  grpc::Status GetDrive(grpc::ServerContext*, const v1::GetDriveRequest* request,
                        v1::Drive* response) override {
    *response = request->name() == kDriveA ? SampleDrive() : SampleDriveAlien();
    return grpc::Status::OK;
  }
  grpc::Status ClaimDrive(grpc::ServerContext*, const v1::ClaimDriveRequest* request,
                          v1::Drive* response) override {
    const MutexLock lock(bench_.mutex_);
    bench_.claims_.push_back(*request);
    *response = SampleDrive();
    response->mutable_claim()->set_principal("ann");
    response->mutable_claim()->set_note(request->note());
    response->mutable_claim()->mutable_expire_time()->set_seconds(1795348800);
    return grpc::Status::OK;
  }
  grpc::Status ReleaseDrive(grpc::ServerContext*, const v1::ReleaseDriveRequest*,
                            v1::Drive* response) override {
    *response = SampleDrive();
    return grpc::Status::OK;
  }
  grpc::Status LiftQuarantine(grpc::ServerContext*, const v1::LiftQuarantineRequest* request,
                              v1::Drive* response) override {
    const MutexLock lock(bench_.mutex_);
    bench_.lifts_.push_back(*request);
    *response = SampleDrive();
    return grpc::Status::OK;
  }
  FakeBench& bench_;
};

class FakeBench::Dumps final : public v1::DumpService::Service {
 public:
  explicit Dumps(FakeBench& bench) : bench_(bench) {}

 private:
  grpc::Status ListDumps(grpc::ServerContext*, const v1::ListDumpsRequest*,
                         v1::ListDumpsResponse* response) override {
    *response->add_dumps() = SampleDump();
    return grpc::Status::OK;
  }
  grpc::Status GetDump(grpc::ServerContext*, const v1::GetDumpRequest* request,
                       v1::Dump* response) override {
    *response = SampleDump();
    if (request->name() == kDump) return grpc::Status::OK;
    return BenchError(grpc::StatusCode::NOT_FOUND, "DUMP_NOT_FOUND", "there is no such dump");
  }
  grpc::Status ReadDump(grpc::ServerContext*, const v1::ReadDumpRequest*,
                        grpc::ServerWriter<v1::ReadDumpResponse>* writer) override {
    const MutexLock lock(bench_.mutex_);
    for (size_t at = 0; at < bench_.dump_bytes_.size(); at += 4) {
      v1::ReadDumpResponse piece;
      piece.set_offset_bytes(static_cast<int64_t>(at));
      piece.set_data(bench_.dump_bytes_.substr(at, 4));
      writer->Write(piece);
    }
    return grpc::Status::OK;
  }
  grpc::Status CompareDumps(grpc::ServerContext*, const v1::CompareDumpsRequest* request,
                            v1::CompareDumpsResponse* response) override {
    const MutexLock lock(bench_.mutex_);
    *response = bench_.comparison_;
    if (!request->with_lines()) response->clear_lines();
    return grpc::Status::OK;
  }
  FakeBench& bench_;
};

class FakeBench::Images final : public v1::ImageService::Service {
 public:
  explicit Images(FakeBench& bench) : bench_(bench) {}

 private:
  grpc::Status CreateUpload(grpc::ServerContext*, const v1::CreateUploadRequest*,
                            v1::Upload* response) override {
    const MutexLock lock(bench_.mutex_);
    response->set_name("uploads/" + std::to_string(bench_.uploads_.size()));
    bench_.uploads_[response->name()];
    return grpc::Status::OK;
  }
  grpc::Status WriteUpload(grpc::ServerContext*, const v1::WriteUploadRequest* request,
                           v1::Upload* response) override {
    const MutexLock lock(bench_.mutex_);
    std::string& bytes = bench_.uploads_[request->name()];
    if (request->offset_bytes() != static_cast<int64_t>(bytes.size()) ||
        request->data().size() > (1u << 20)) {
      return BenchError(grpc::StatusCode::OUT_OF_RANGE, "UPLOAD_OUT_OF_RANGE", "a gap");
    }
    bytes += request->data();
    response->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status FinishUpload(grpc::ServerContext*, const v1::FinishUploadRequest* request,
                            v1::Image* response) override {
    const MutexLock lock(bench_.mutex_);
    const std::string bytes = bench_.uploads_[request->name()];
    if (Sha256Hex(AsBytes(bytes)) != request->sha256()) {
      return BenchError(grpc::StatusCode::DATA_LOSS, "SHA256_MISMATCH", "not what was sent");
    }
    bench_.uploads_.erase(request->name());
    bench_.uploads_[request->sha256()] = bytes;
    *response = SampleImage();
    if (!request->firmware_revision().empty()) {
      response->set_firmware_revision(request->firmware_revision());
    }
    response->add_warnings("an odd file");
    return grpc::Status::OK;
  }
  grpc::Status GetImage(grpc::ServerContext*, const v1::GetImageRequest* request,
                        v1::Image* response) override {
    *response = SampleImage();
    if (request->name() == kImage) return grpc::Status::OK;
    return BenchError(grpc::StatusCode::NOT_FOUND, "IMAGE_NOT_FOUND", "there is no such image");
  }
  grpc::Status AddImageFromDump(grpc::ServerContext*, const v1::AddImageFromDumpRequest*,
                                v1::Image*) override {
    return BenchError(grpc::StatusCode::FAILED_PRECONDITION, "DONOR_RANGES_UNKNOWN",
                      "nobody knows them");
  }
  grpc::Status MarkImage(grpc::ServerContext*, const v1::MarkImageRequest* request,
                         v1::Image* response) override {
    const MutexLock lock(bench_.mutex_);
    bench_.image_marks_.push_back(*request);
    *response = SampleImage();
    response->set_known_bad(request->kind() == "known_bad");
    response->set_bad_reason(request->text());
    return grpc::Status::OK;
  }
  grpc::Status ListImageMarks(grpc::ServerContext*, const v1::ListImageMarksRequest*,
                              v1::ListImageMarksResponse* response) override {
    v1::ImageMark* mark = response->add_marks();
    mark->set_kind("approved");
    mark->set_text("ran a week");
    mark->set_principal("uid:1000");
    return grpc::Status::OK;
  }
  FakeBench& bench_;
};

class FakeBench::Jobs final : public v1::JobService::Service {
 public:
  explicit Jobs(FakeBench& bench) : bench_(bench) {}

 private:
  grpc::Status CreateJob(grpc::ServerContext*, const v1::CreateJobRequest* request,
                         v1::Job* response) override {
    const MutexLock lock(bench_.mutex_);
    if (request->validate_only()) {
      *response = bench_.plan_;
      return grpc::Status::OK;
    }
    bench_.creates_.push_back(*request);
    *response = bench_.job_;
    return grpc::Status::OK;
  }
  grpc::Status RecoverJob(grpc::ServerContext*, const v1::RecoverJobRequest* request,
                          v1::Job* response) override {
    const MutexLock lock(bench_.mutex_);
    *response = request->validate_only() ? bench_.plan_ : bench_.job_;
    if (!request->validate_only()) bench_.recoveries_.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status ApproveJob(grpc::ServerContext*, const v1::ApproveJobRequest* request,
                          v1::Job* response) override {
    const MutexLock lock(bench_.mutex_);
    bench_.approvals_.push_back(*request);
    *response = bench_.job_;
    return grpc::Status::OK;
  }
  grpc::Status CancelJob(grpc::ServerContext*, const v1::CancelJobRequest*,
                         v1::Job* response) override {
    const MutexLock lock(bench_.mutex_);
    *response = bench_.job_;
    return bench_.cancel_status_;
  }
  grpc::Status GetJob(grpc::ServerContext*, const v1::GetJobRequest* request,
                      v1::Job* response) override {
    const MutexLock lock(bench_.mutex_);
    *response = bench_.job_;
    if (request->name() == kJob) return grpc::Status::OK;
    return BenchError(grpc::StatusCode::NOT_FOUND, "JOB_NOT_FOUND", "there is no such job");
  }
  grpc::Status WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest* request,
                        WatchWriter* writer) override {
    WatchScript script;
    {
      const MutexLock lock(bench_.mutex_);
      const size_t turn = std::min(bench_.watches_.size(), bench_.scripts_.size() - 1);
      script = bench_.scripts_[turn];
      bench_.watches_.push_back(*request);
    }
    bench_.changed_.NotifyAll();
    return script(*context, *request, *writer);
  }
  grpc::Status AnswerPrompt(grpc::ServerContext*, const v1::AnswerPromptRequest* request,
                            v1::Job* response) override {
    {
      const MutexLock lock(bench_.mutex_);
      bench_.answers_.push_back(*request);
      *response = bench_.job_;
    }
    bench_.changed_.NotifyAll();
    return grpc::Status::OK;
  }
  FakeBench& bench_;
};

FakeBench::FakeBench() : plan_(SamplePlan()), job_(SampleJob()) {
  std::string pattern = "/tmp/firmbench-cli-XXXXXX";
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  benches_ = std::make_unique<Benches>(*this);
  drives_ = std::make_unique<Drives>(*this);
  dumps_ = std::make_unique<Dumps>(*this);
  images_ = std::make_unique<Images>(*this);
  jobs_ = std::make_unique<Jobs>(*this);
  scripts_ = {[](grpc::ServerContext&, const v1::WatchJobRequest&, WatchWriter& writer) {
    writer.Write(StateEvent(1, v1::Job::STATE_CLOSED));
    return grpc::Status::OK;
  }};
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(benches_.get());
  builder.RegisterService(drives_.get());
  builder.RegisterService(dumps_.get());
  builder.RegisterService(images_.get());
  builder.RegisterService(jobs_.get());
  server_ = builder.BuildAndStart();
}

FakeBench::~FakeBench() {
  StopServing();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void FakeBench::StopServing() { server_->Shutdown(std::chrono::system_clock::now()); }

void FakeBench::SetPlan(const v1::Job& plan) {
  const MutexLock lock(mutex_);
  plan_ = plan;
}
void FakeBench::SetJob(const v1::Job& job) {
  const MutexLock lock(mutex_);
  job_ = job;
}
void FakeBench::SetWatches(std::vector<WatchScript> scripts) {
  const MutexLock lock(mutex_);
  scripts_ = std::move(scripts);
}
void FakeBench::SetComparison(const v1::CompareDumpsResponse& comparison) {
  const MutexLock lock(mutex_);
  comparison_ = comparison;
}
void FakeBench::SetDumpBytes(const std::string& bytes) {
  const MutexLock lock(mutex_);
  dump_bytes_ = bytes;
}
void FakeBench::SetDrivesStatus(const grpc::Status& status) {
  const MutexLock lock(mutex_);
  drives_status_ = status;
}
void FakeBench::SetProblems(const std::vector<v1::Problem>& problems) {
  const MutexLock lock(mutex_);
  problems_ = problems;
}
void FakeBench::SetCancelStatus(const grpc::Status& status) {
  const MutexLock lock(mutex_);
  cancel_status_ = status;
}
std::vector<v1::RecoverJobRequest> FakeBench::recoveries() {
  const MutexLock lock(mutex_);
  return recoveries_;
}
std::vector<v1::ApproveJobRequest> FakeBench::approvals() {
  const MutexLock lock(mutex_);
  return approvals_;
}
std::vector<v1::ClaimDriveRequest> FakeBench::claims() {
  const MutexLock lock(mutex_);
  return claims_;
}
std::vector<v1::LiftQuarantineRequest> FakeBench::lifts() {
  const MutexLock lock(mutex_);
  return lifts_;
}
std::vector<v1::CreateJobRequest> FakeBench::creates() {
  const MutexLock lock(mutex_);
  return creates_;
}
std::vector<v1::WatchJobRequest> FakeBench::watches() {
  const MutexLock lock(mutex_);
  return watches_;
}
std::vector<v1::MarkImageRequest> FakeBench::image_marks() {
  const MutexLock lock(mutex_);
  return image_marks_;
}
std::vector<v1::AnswerPromptRequest> FakeBench::answers() {
  const MutexLock lock(mutex_);
  return answers_;
}
std::map<std::string, std::string> FakeBench::uploads() {
  const MutexLock lock(mutex_);
  return uploads_;
}
bool FakeBench::WaitForAnswers(size_t count) {
  const MutexLock lock(mutex_);
  while (answers_.size() < count) {
    if (!changed_.WaitFor(mutex_, kPatience)) return answers_.size() >= count;
  }
  return true;
}
bool FakeBench::WaitForWatches(size_t count) {
  const MutexLock lock(mutex_);
  while (watches_.size() < count) {
    if (!changed_.WaitFor(mutex_, kPatience)) return watches_.size() >= count;
  }
  return true;
}

}  // namespace firmbench::cli
