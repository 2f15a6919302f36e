// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench_client.h"

#include <grpcpp/support/client_interceptor.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "client/cli/account_names.h"
#include "client/cli/bench_tls.h"
#include "client/cli/exit_code.h"

namespace firmbench::cli {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kAbstract = "unix-abstract:";
// Lists of a thousand rows stay far below; pieces of dumps are 1 MiB.
constexpr int kMaxReceiveBytes = 32 << 20;

namespace interception = grpc::experimental;

// Puts the token into the metadata of one call.
class TokenCarrier final : public interception::Interceptor {
 public:
  explicit TokenCarrier(const std::string& authorization) : authorization_(authorization) {}
  void Intercept(interception::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            interception::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", authorization_);
    }
    methods->Proceed();
  }

 private:
  const std::string& authorization_;
};

class TokenCarrierFactory final : public interception::ClientInterceptorFactoryInterface {
 public:
  explicit TokenCarrierFactory(const std::string& token) : authorization_("Bearer " + token) {}
  interception::Interceptor* CreateClientInterceptor(interception::ClientRpcInfo*) override {
    return new TokenCarrier(authorization_);
  }

 private:
  const std::string authorization_;
};

// None without a token.
std::vector<std::unique_ptr<interception::ClientInterceptorFactoryInterface>> TokenCarriers() {
  std::vector<std::unique_ptr<interception::ClientInterceptorFactoryInterface>> carriers;
  const char* const token = std::getenv("FIRMBENCH_TOKEN");
  if (token != nullptr && token[0] != '\0') {
    carriers.push_back(std::make_unique<TokenCarrierFactory>(token));
  }
  return carriers;
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const BenchAddress& bench,
                                                         grpc::ChannelArguments& arguments) {
  if (!bench.remote) return grpc::InsecureChannelCredentials();
  // Wherever the bench is, it is known by the name in its certificate.
  arguments.SetSslTargetNameOverride(bench.remote->server_name);
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = bench.remote->authority_pem;
  tls.pem_cert_chain = bench.remote->certificate_pem;
  tls.pem_private_key = bench.remote->key_pem;
  return grpc::SslCredentials(tls);
}

}  // namespace

std::string DefaultBench() {
  const char* bench = std::getenv("FIRMBENCH_BENCH");
  if (bench != nullptr && bench[0] != '\0') return bench;
  const std::string used = BenchBook(BenchBookFolder()).Default();
  return used.empty() ? "unix:/run/firmbench/firmbench.sock" : used;
}

Result<BenchAddress> FindBench(const std::string& text) {
  if (text.find_first_of(":/") != std::string::npos || !CheckBenchName(text)) {
    ASSIGN_OR_RETURN(std::string target, BenchTarget(text));
    return BenchAddress{.target = std::move(target), .remote = {}};
  }
  ASSIGN_OR_RETURN(SavedBench saved, BenchBook(BenchBookFolder()).Find(text));
  std::string target = "dns:///" + saved.address;
  return BenchAddress{.target = std::move(target), .remote = std::move(saved)};
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
        .WithRemedy(
            "write unix:PATH, for example unix:/run/firmbench/firmbench.sock, or a name of "
            "`firmbench bench list`");
  }
  if (path_bytes == 0 || path_bytes >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument(kReasonUsage,
                           "the path of a socket has 1 to 107 bytes: '" + address + "'")
        .WithRemedy("choose a shorter path for the socket");
  }
  return target;
}

Error WhyNotReached(const BenchAddress& bench, Error error) {
  const std::string& target = bench.target;
  if (bench.remote) return WhyUnreachable(*bench.remote, std::move(error), RealClock());
  if (!target.starts_with(kUnix)) return error;
  const std::string path = target.substr(kUnix.size());
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || ::access(path.c_str(), W_OK) == 0) return error;
  const std::string name = GroupName(info.st_gid);
  return Error(Code::kPermissionDenied, "NOT_IN_GROUP",
               "this bench is for members of the group " + name)
      .WithRemedy("`sudo usermod -aG " + name + " $USER` adds you; then log in again")
      .With("group", name);
}

BenchClient::BenchClient(const BenchAddress& bench) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  // A daemon that was restarted is found again quickly.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // How long one attempt may take where nobody answers at all.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
  // A bench that vanished without a word is noticed, also while nothing is asked of it.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  channel_ = grpc::experimental::CreateCustomChannelWithInterceptors(
      bench.target, CredentialsFor(bench, arguments), arguments, TokenCarriers());
  drives_ = v1::DriveService::NewStub(channel_);
  units_ = v1::UnitService::NewStub(channel_);
  dumps_ = v1::DumpService::NewStub(channel_);
  images_ = v1::ImageService::NewStub(channel_);
  jobs_ = v1::JobService::NewStub(channel_);
  audit_ = v1::AuditService::NewStub(channel_);
  bench_ = v1::BenchService::NewStub(channel_);
  search_ = v1::SearchService::NewStub(channel_);
  records_ = v1::RecordService::NewStub(channel_);
  ledger_ = v1::LedgerService::NewStub(channel_);
  access_ = v1::AccessService::NewStub(channel_);
}

bool BenchClient::Connect(std::chrono::seconds limit) {
  const auto until = std::chrono::system_clock::now() + limit;
  for (;;) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || !channel_->WaitForStateChange(state, until)) {
      return false;
    }
  }
}

bool BenchClient::Reconnect(std::chrono::milliseconds limit) {
  const auto until = std::chrono::system_clock::now() + limit;
  for (;;) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (!channel_->WaitForStateChange(state, until)) return false;
  }
}

}  // namespace firmbench::cli
