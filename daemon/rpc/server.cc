// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "daemon/base/unique_fd.h"
#include "daemon/rpc/audit_service.h"
#include "daemon/rpc/bench_service.h"
#include "daemon/rpc/drive_service.h"
#include "daemon/rpc/dump_service.h"
#include "daemon/rpc/image_service.h"
#include "daemon/rpc/job_service.h"
#include "daemon/rpc/ledger_service.h"
#include "daemon/rpc/record_service.h"
#include "daemon/rpc/search_service.h"
#include "daemon/rpc/unit_service.h"

namespace firmbench::rpc {
namespace {

// The largest message is a piece of an upload: 1 MiB and its frame.
constexpr int kMaxMessageBytes = 2 << 20;

Result<std::string> SocketPath(const std::string& address) {
  constexpr std::string_view kScheme = "unix:";
  if (address.rfind(kScheme, 0) != 0 || address.size() == kScheme.size()) {
    return InvalidArgument("ADDRESS_INVALID", "the daemon listens on unix:PATH");
  }
  std::string path = address.substr(kScheme.size());
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument("ADDRESS_INVALID",
                           fmt::format("a socket path has at most {} bytes, this one {}",
                                       sizeof(sockaddr_un::sun_path) - 1, path.size()))
        .WithRemedy("choose a shorter path");
  }
  return path;
}

// Removes the socket of a daemon that is gone, and nothing else: gRPC itself would unlink whatever
// lies at the path, a living daemon's socket included.
Status ClearStaleSocket(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return Ok();
  if (!S_ISSOCK(info.st_mode)) {
    return FailedPrecondition("ADDRESS_IN_USE", fmt::format("{} exists and is not a socket", path))
        .WithRemedy("choose another path");
  }
  UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
    return FailedPrecondition("ADDRESS_IN_USE", fmt::format("another process listens on {}", path))
        .WithRemedy("stop the other daemon, or listen elsewhere");
  }
  ::unlink(path.c_str());
  return Ok();
}

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(const Context& bench)
      : uploads_(bench.clock),
        drives_(bench),
        units_(bench),
        dumps_(bench, uploads_),
        images_(bench, uploads_),
        jobs_(bench),
        audit_(bench),
        bench_(bench),
        search_(bench),
        records_(bench, uploads_),
        ledger_(bench) {}
  ~GrpcServer() override { Shutdown(); }

  Status Listen(const std::string& address, const std::string& path) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &drives_, &units_, &dumps_, &images_, &jobs_, &audit_, &bench_, &search_, &records_, &ledger_}) {
      builder.RegisterService(service);
    }
    // The socket is made with the daemon's umask; its group may use it, nobody else.
    const mode_t before = ::umask(0117);
    server_ = builder.BuildAndStart();
    ::umask(before);
    if (!server_) {
      return FailedPrecondition("ADDRESS_FAILED", fmt::format("cannot listen on {}", path))
          .WithRemedy("does the folder exist, and may the daemon write to it?");
    }
    server_->GetHealthCheckService()->SetServingStatus(true);
    ShowJobsServing(true);
    return Ok();
  }

  void ShowJobsServing(bool serving) override {
    if (!server_) return;
    server_->GetHealthCheckService()->SetServingStatus(v1::JobService::service_full_name(),
                                                       serving);
  }

  void Shutdown() override {
    if (!server_) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
    server_->Wait();
    server_.reset();
  }

 private:
  Uploads uploads_;
  DriveService drives_;
  UnitService units_;
  DumpService dumps_;
  ImageService images_;
  JobService jobs_;
  AuditService audit_;
  BenchService bench_;
  SearchService search_;
  RecordService records_;
  LedgerService ledger_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const std::string& address, const Context& bench) {
  ASSIGN_OR_RETURN(const std::string path, SocketPath(address));
  RETURN_IF_ERROR(ClearStaleSocket(path));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto server = std::make_unique<GrpcServer>(bench);
  RETURN_IF_ERROR(server->Listen(address, path));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace firmbench::rpc
