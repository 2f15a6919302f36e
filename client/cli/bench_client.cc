// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench_client.h"

#include <sys/un.h>

#include <cstdlib>
#include <string_view>

#include "client/cli/exit_code.h"

namespace firmbench::cli {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kAbstract = "unix-abstract:";
// Lists of a thousand rows stay far below; pieces of dumps are 1 MiB.
constexpr int kMaxReceiveBytes = 32 << 20;

}  // namespace

std::string DefaultBench() {
  const char* bench = std::getenv("FIRMBENCH_BENCH");
  if (bench != nullptr && bench[0] != '\0') return bench;
  return "unix:/run/firmbench/firmbench.sock";
}

Result<std::string> BenchTarget(const std::string& address) {
  std::string target = address;
  if (!target.empty() && target[0] == '/') target.insert(0, kUnix);
  size_t path_bytes = 0;
  if (target.starts_with(kUnix)) {
    path_bytes = target.size() - kUnix.size();
  } else if (target.starts_with(kAbstract)) {
    path_bytes = target.size() - kAbstract.size();
  } else {
    return InvalidArgument(kReasonUsage, "not an address of a bench: '" + address + "'")
        .WithRemedy("write unix:PATH, for example unix:/run/firmbench/firmbench.sock");
  }
  if (path_bytes == 0 || path_bytes >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument(kReasonUsage,
                           "the path of a socket has 1 to 107 bytes: '" + address + "'")
        .WithRemedy("choose a shorter path for the socket");
  }
  return target;
}

BenchClient::BenchClient(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  // A daemon that was restarted is found again quickly.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  drives_ = v1::DriveService::NewStub(channel);
  units_ = v1::UnitService::NewStub(channel);
  dumps_ = v1::DumpService::NewStub(channel);
  images_ = v1::ImageService::NewStub(channel);
  jobs_ = v1::JobService::NewStub(channel);
  audit_ = v1::AuditService::NewStub(channel);
  bench_ = v1::BenchService::NewStub(channel);
  search_ = v1::SearchService::NewStub(channel);
  records_ = v1::RecordService::NewStub(channel);
  ledger_ = v1::LedgerService::NewStub(channel);
}

}  // namespace firmbench::cli
