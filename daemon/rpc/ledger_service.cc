// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/ledger_service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/jobs/retention.h"
#include "daemon/rpc/convert.h"
#include "storage/ledger_file.h"

namespace firmbench::rpc {
namespace {

constexpr int64_t kPieceBytes = 1 << 20;
constexpr int64_t kMostNames = 1000;

// Sends a copy of the ledger in pieces, the next when the client took the last. gRPC owns it
// through its callbacks; it deletes itself in OnDone.
class BackupStream final : public grpc::ServerWriteReactor<v1::BackupLedgerResponse> {
 public:
  BackupStream(const Context& bench, Caller caller) : bench_(bench), caller_(std::move(caller)) {}

  // Copying takes as long as reading and writing the whole ledger.
  void Begin() {
    const bool posted = bench_.slow.Post([this] {
      const Status copied = Copy();
      if (copied) {
        Next();
      } else {
        Finish(ToGrpc(copied.error()));
      }
    });
    if (!posted) Finish(ToGrpc(Unavailable("SHUTTING_DOWN", "the daemon is stopping")));
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  Status Copy() {
    ASSIGN_OR_RETURN(copy_, storage::CopyLedger(bench_.facts.ledger_path));
    // Who took a copy of everything is worth an entry; the copy itself cannot hold it.
    return bench_.ledger.Commit([&](storage::Transaction& tx) -> Status {
      RETURN_IF_ERROR(
          tx.AppendAudit({.principal = caller_.principal,
                          .action = "ledger.backup",
                          .resource = "benches/" + bench_.ledger.bench_id(),
                          .outcome = "ok",
                          .details = {{"copy_sha256", copy_.sha256},
                                      {"entries", fmt::format("{}", copy_.report.entries)},
                                      {"root", copy_.report.root_hash}}}));
      return Ok();
    });
  }

  void Next() {
    if (const Status standing = bench_.access.CheckStanding(caller_); !standing) {
      Finish(ToGrpc(standing.error()));
      return;
    }
    piece_.Clear();
    if (offset_ == copy_.size_bytes) {
      if (ended_) {
        Finish(grpc::Status::OK);
        return;
      }
      ended_ = true;
      Describe(*piece_.mutable_copy());
      StartWrite(&piece_);
      return;
    }
    std::string& data = *piece_.mutable_data();
    data.resize(static_cast<size_t>(std::min(kPieceBytes, copy_.size_bytes - offset_)));
    const ssize_t length = ::pread(copy_.file.get(), data.data(), data.size(), offset_);
    if (length <= 0) {
      Finish(ToGrpc(Unavailable(
          "LEDGER_IO", fmt::format("the copy cannot be read (errno {})", length < 0 ? errno : 0))));
      return;
    }
    data.resize(static_cast<size_t>(length));
    piece_.set_offset_bytes(offset_);
    offset_ += length;
    StartWrite(&piece_);
  }

  void Describe(v1::LedgerCopy& copy) const {
    copy.set_bench(Name("benches", bench_.ledger.bench_id()));
    copy.set_size_bytes(copy_.size_bytes);
    copy.set_sha256(copy_.sha256);
    copy.set_entry_count(copy_.report.entries);
    copy.set_root_hash(copy_.report.root_hash);
    copy.set_blob_count(copy_.report.blobs);
  }

  const Context& bench_;
  const Caller caller_;
  storage::LedgerCopy copy_;
  int64_t offset_ = 0;
  bool ended_ = false;
  v1::BackupLedgerResponse piece_;
};

Result<v1::Ledger> Facts(const Context& bench) {
  ASSIGN_OR_RETURN(const storage::LedgerFacts facts,
                   storage::ReadLedgerFacts(bench.facts.ledger_path));
  v1::Ledger out;
  out.set_bench(Name("benches", bench.ledger.bench_id()));
  out.set_schema_version(static_cast<int32_t>(facts.schema_version));
  out.set_file_bytes(facts.file_bytes);
  out.set_log_bytes(facts.log_bytes);
  out.set_free_bytes(facts.free_bytes);
  out.set_unit_count(facts.units);
  out.set_dump_count(facts.dumps);
  out.set_archived_dump_count(facts.archived_dumps);
  out.set_image_count(facts.images);
  out.set_job_count(facts.jobs);
  out.set_blob_count(facts.blobs);
  out.set_blob_bytes(facts.blob_bytes);
  out.set_entry_count(facts.entries);
  if (bench.second_copy != nullptr) {
    out.set_uncopied_blob_count(std::ssize(bench.second_copy->State().pending));
  }
  const storage::LedgerHealth health = bench.ledger.Health();
  if (!health.writable) out.add_problems(health.text);
  for (const std::string& problem : facts.problems) out.add_problems(problem);
  return out;
}

Result<v1::ArchiveDumpsResponse> Archive(const Context& bench, const Caller& caller,
                                         const v1::ArchiveDumpsRequest& request) {
  RETURN_IF_ERROR(CheckLength(request.reason(), kLongestText));
  ASSIGN_OR_RETURN(const int64_t before_us, MomentBefore(bench.clock.WallMicros(), request));
  ASSIGN_OR_RETURN(const jobs::RetentionReport report,
                   jobs::ArchiveOldDumps(bench.ledger, {.before_us = before_us,
                                                        .only_look = request.validate_only(),
                                                        .principal = caller.principal,
                                                        .reason = request.reason()}));
  v1::ArchiveDumpsResponse out;
  out.set_validate_only(request.validate_only());
  SetTime(out.mutable_before_time(), before_us);
  for (const std::string& id : report.archived) {
    if (out.dumps_size() < kMostNames) out.add_dumps(Name("dumps", id));
  }
  out.set_archived_count(std::ssize(report.archived));
  out.set_archived_bytes(report.archived_bytes);
  out.set_kept_as_end_count(report.kept_as_end);
  out.set_kept_for_job_count(report.kept_for_job);
  out.set_kept_without_unit_count(report.kept_without_unit);
  return out;
}

}  // namespace

Result<int64_t> MomentBefore(int64_t now_us, const v1::ArchiveDumpsRequest& request) {
  constexpr int64_t kDay = 24 * 3600;
  constexpr int64_t kMost = 36'525 * kDay;
  const int64_t seconds = request.min_age_duration().seconds();
  if (seconds < kDay || seconds > kMost || request.min_age_duration().nanos() < 0) {
    return InvalidArgument("AGE_INVALID",
                           "dumps are put away when they are one day to 100 years old")
        .WithRemedy("say --older-than 365d");
  }
  return std::max<int64_t>(0, now_us - seconds * 1'000'000);
}

grpc::ServerUnaryReactor* LedgerService::GetLedger(grpc::CallbackServerContext* context,
                                                   const v1::GetLedgerRequest* request,
                                                   v1::Ledger* response) {
  return SlowUnary(bench_, context, request, response,
                   [this](const Caller&) { return Facts(bench_); });
}

grpc::ServerWriteReactor<v1::BackupLedgerResponse>* LedgerService::BackupLedger(
    grpc::CallbackServerContext* context, const v1::BackupLedgerRequest* request) {
  return Stream<v1::BackupLedgerResponse>(bench_, context, request, [&](const Caller& caller) {
    auto* const stream = new BackupStream(bench_, caller);
    stream->Begin();
    return stream;
  });
}

grpc::ServerUnaryReactor* LedgerService::ArchiveDumps(grpc::CallbackServerContext* context,
                                                      const v1::ArchiveDumpsRequest* request,
                                                      v1::ArchiveDumpsResponse* response) {
  return SlowUnary(bench_, context, request, response, [this, request](const Caller& caller) {
    return Archive(bench_, caller, *request);
  });
}

}  // namespace firmbench::rpc
