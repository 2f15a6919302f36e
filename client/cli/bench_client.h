// SPDX-License-Identifier: Apache-2.0
#pragma once

// The connection to one bench and the way to call it. Stubs are thread-safe; calls block until the
// answer is there or the time is over.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/bench_book.h"
#include "client/cli/remote_error.h"
#include "daemon/base/result.h"
#include "firmbench/v1/access_service.grpc.pb.h"
#include "firmbench/v1/audit_service.grpc.pb.h"
#include "firmbench/v1/bench_service.grpc.pb.h"
#include "firmbench/v1/drive_service.grpc.pb.h"
#include "firmbench/v1/dump_service.grpc.pb.h"
#include "firmbench/v1/image_service.grpc.pb.h"
#include "firmbench/v1/job_service.grpc.pb.h"
#include "firmbench/v1/ledger_service.grpc.pb.h"
#include "firmbench/v1/record_service.grpc.pb.h"
#include "firmbench/v1/search_service.grpc.pb.h"
#include "firmbench/v1/unit_service.grpc.pb.h"

namespace firmbench::cli {

// The environment's FIRMBENCH_BENCH, else what `bench use` said, else the socket of an installed
// daemon.
std::string DefaultBench();

// Where a bench is and how to get in.
struct BenchAddress {
  std::string target;                // as gRPC writes it
  std::optional<SavedBench> remote;  // over TLS, with this certificate
};

// A bench that this computer enrolled at, by its name, or what BenchTarget takes. USAGE.
Result<BenchAddress> FindBench(const std::string& text);

// "unix:PATH", "unix-abstract:NAME" or a path that begins with a slash, as gRPC writes it. USAGE
// for anything else, and for a path that is longer than a socket's may be.
Result<std::string> BenchTarget(const std::string& address);

// Why a bench cannot be reached, when it is that this person may not write to its socket
// (NOT_IN_GROUP), or what WhyUnreachable sees; else `error` itself.
Error WhyNotReached(const BenchAddress& bench, Error error);

class BenchClient {
 public:
  // `target` as BenchTarget returns it. Connects with the first call. The environment's
  // FIRMBENCH_TOKEN, when it is there, goes with every call.
  explicit BenchClient(const BenchAddress& bench);
  explicit BenchClient(const std::string& target) : BenchClient(BenchAddress{target, {}}) {}

  // Whether there is a connection, made within `limit` unless the first try fails.
  bool Connect(std::chrono::seconds limit);
  // The same, trying again until then. Whoever waits for a bench waits here: without a call nobody
  // else looks after a connection that is being made.
  bool Reconnect(std::chrono::milliseconds limit);

  v1::DriveService::Stub& drives() { return *drives_; }
  v1::UnitService::Stub& units() { return *units_; }
  v1::DumpService::Stub& dumps() { return *dumps_; }
  v1::ImageService::Stub& images() { return *images_; }
  v1::JobService::Stub& jobs() { return *jobs_; }
  v1::AuditService::Stub& audit() { return *audit_; }
  v1::BenchService::Stub& bench() { return *bench_; }
  v1::SearchService::Stub& search() { return *search_; }
  v1::RecordService::Stub& records() { return *records_; }
  v1::LedgerService::Stub& ledger() { return *ledger_; }
  v1::AccessService::Stub& access() { return *access_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::DriveService::Stub> drives_;
  std::unique_ptr<v1::UnitService::Stub> units_;
  std::unique_ptr<v1::DumpService::Stub> dumps_;
  std::unique_ptr<v1::ImageService::Stub> images_;
  std::unique_ptr<v1::JobService::Stub> jobs_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
  std::unique_ptr<v1::BenchService::Stub> bench_;
  std::unique_ptr<v1::SearchService::Stub> search_;
  std::unique_ptr<v1::RecordService::Stub> records_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  std::unique_ptr<v1::AccessService::Stub> access_;
};

inline constexpr std::chrono::seconds kCallTimeout{30};

// One unary call: Call(client.drives(), &v1::DriveService::Stub::GetDrive, request).
template <typename Stub, typename Request, typename Response>
Result<Response> Call(Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, std::chrono::seconds timeout = kCallTimeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromStatus(status);
  return response;
}

// Every page of a list, up to `limit` rows, in one response whose next_page_token is not empty when
// there is more. `rows` is the response's mutable accessor:
// &v1::ListDrivesResponse::mutable_drives.
template <typename Stub, typename Request, typename Response, typename Rows>
Result<Response> CallList(Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                       Response*),
                          Request request, Rows* (Response::*rows)(), int limit) {
  constexpr int kMaxPage = 1000;
  Response all;
  do {
    const int missing = limit - (all.*rows)()->size();
    request.set_page_size(missing < kMaxPage ? missing : kMaxPage);
    ASSIGN_OR_RETURN(Response page, Call(stub, method, request));
    const bool empty = (page.*rows)()->empty();
    (all.*rows)()->MergeFrom(*(page.*rows)());
    all.set_next_page_token(page.next_page_token());
    // A page without rows that names another one would keep us for ever.
    if (empty) break;
    request.set_page_token(page.next_page_token());
  } while (!all.next_page_token().empty() && (all.*rows)()->size() < limit);
  return all;
}

}  // namespace firmbench::cli
