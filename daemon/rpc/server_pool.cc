// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_posix.h>

#include <utility>
#include <vector>

#include "daemon/base/log.h"
#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/roles.h"
#include "daemon/rpc/services.h"

namespace firmbench::rpc {
namespace {

// The largest message is a piece of an upload: 1 MiB and its frame.
constexpr int kMaxMessageBytes = 2 << 20;
constexpr int kMaxMetadataBytes = 8 << 10;
// On one connection:
constexpr int kMostCalls = 100;
constexpr int kMostCallsOfAUser = 32;  // of this PC, whose unfinished calls nobody counts
constexpr int kMostCallsOfAStranger = 4;
constexpr std::chrono::milliseconds kGrace{500};
constexpr int kSecond = 1000;  // in the milliseconds of gRPC's arguments
constexpr int kMinute = 60 * kSecond;

// The library that is linked puts reflection into every server: who may nothing gets none.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
  }
};

void SetMostCalls(grpc::ServerBuilder& builder, int most_calls) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, most_calls);
}

// Nobody that is known shall keep a place for long, or look around.
void LimitStranger(grpc::ServerBuilder& builder) {
  SetMostCalls(builder, kMostCallsOfAStranger);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 30 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 5 * kSecond);
  builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  builder.SetOption(std::make_unique<WithoutReflection>());
}

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // A peer that is gone without a word is noticed within a minute and a half.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kMinute);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * kSecond);
  // Clients may ask as often, but not more often than every ten seconds.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 10 * kMinute);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
}

}  // namespace

struct ServerPool::Entry {
  // Whoever `peer` is; everything there is.
  Entry(const Context& bench, Uploads& uploads, const Caller& peer, bool user_of_this_pc,
        const grpc::ResourceQuota& memory)
      : services(std::make_unique<Services>(bench, uploads, peer)) {
    grpc::ServerBuilder builder;
    services->Register(builder);
    if (peer.role == Role::kNone) {
      LimitStranger(builder);
    } else {
      SetMostCalls(builder, user_of_this_pc ? kMostCallsOfAUser : kMostCalls);
    }
    Start(builder, memory);
  }
  // Nobody that is known.
  Entry(const Context& bench, const grpc::ResourceQuota& memory)
      : enrollment(std::make_unique<EnrollmentService>(bench)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(enrollment.get());
    LimitStranger(builder);
    Start(builder, memory);
  }

  void Start(grpc::ServerBuilder& builder, const grpc::ResourceQuota& memory) {
    SetLimits(builder);
    builder.SetResourceQuota(memory);
    server = builder.BuildAndStart();
  }
  ~Entry() {
    if (server) End(std::chrono::system_clock::now() + kGrace);
  }

  void ShowJobsServing(bool serving) const {
    auto* const health = server->GetHealthCheckService();
    if (health == nullptr) return;
    // Sets what was named before; the first call for each name makes it known.
    health->SetServingStatus(true);
    for (const Rule& rule : Rules()) {
      if (rule.lowest == Role::kNone) continue;  // not served here
      const std::string name = fmt::format("firmbench.v1.{}", rule.service);
      health->SetServingStatus(name, serving || name != v1::JobService::service_full_name());
    }
  }

  void End(std::chrono::system_clock::time_point last_moment) {
    if (auto* const health = server->GetHealthCheckService()) health->SetServingStatus(false);
    server->Shutdown(last_moment);
    server->Wait();
    server.reset();
  }

  std::unique_ptr<Services> services;
  std::unique_ptr<EnrollmentService> enrollment;
  std::unique_ptr<grpc::Server> server;
  int connections = 0;
  Nanos since{0};  // when the last connection ended
};

ServerPool::Lease& ServerPool::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    Return();
    pool_ = std::exchange(other.pool_, nullptr);
    key_ = std::move(other.key_);
  }
  return *this;
}

void ServerPool::Lease::Return() {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->Return(key_);
}

ServerPool::ServerPool(const Context& bench)
    : bench_(bench), uploads_(bench.clock), local_("users of this PC"), remote_("everybody else") {
  // What every builder after this gets.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  local_.Resize(kMemoryForUsers);
  remote_.Resize(kMemoryForOthers);
}
ServerPool::~ServerPool() { Shutdown(); }

Result<ServerPool::Lease> ServerPool::Serve(const Caller& peer, UniqueFd connection) {
  // Two people never share one: the key says all that a call's identity is made of.
  const std::string key =
      fmt::format("{}\n{}\n{}", peer.known_by, ToString(peer.role), peer.principal);
  const bool local = peer.credential_id.empty() && !peer.refusal;
  return ServeAt(
      key,
      [&] {
        return std::make_unique<Entry>(bench_, uploads_, peer, local, local ? local_ : remote_);
      },
      kMostConnections, "", std::move(connection));
}

Result<ServerPool::Lease> ServerPool::ServeEnrollment(const std::string& address,
                                                      UniqueFd connection) {
  return ServeAt(
      "enrollment", [this] { return std::make_unique<Entry>(bench_, remote_); }, kMostEnrolling,
      address, std::move(connection));
}

Result<ServerPool::Lease> ServerPool::ServeAt(const std::string& key,
                                              const std::function<std::unique_ptr<Entry>()>& make,
                                              int most_connections, const std::string& address,
                                              UniqueFd connection) {
  MutexLock lock(mutex_);
  if (ended_) return Unavailable("SHUTTING_DOWN", "the daemon is stopping");
  const auto found = entries_.find(key);
  const bool is_new = found == entries_.end();
  if (is_new ? std::ssize(entries_) >= kMostServers
             : found->second->connections >= most_connections) {
    return ResourceExhausted("TOO_MANY_CONNECTIONS",
                             "too many connections of one peer, or too many peers");
  }
  std::unique_ptr<Entry>& entry = is_new ? entries_[key] : found->second;
  if (is_new) {
    entry = make();
    if (!entry->server) {
      entries_.erase(key);
      return Internal("SERVER_FAILED", "no gRPC server could be made");
    }
    entry->ShowJobsServing(serving_);
  }
  ++entry->connections;
  if (entry->enrollment) entry->enrollment->Expect(connection.get(), address);
  ::fcntl(connection.get(), F_SETFL, ::fcntl(connection.get(), F_GETFL) | O_NONBLOCK);
  grpc::AddInsecureChannelFromFd(entry->server.get(), connection.Release());
  return Lease(this, key);
}

void ServerPool::Return(const std::string& key) {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  --found->second->connections;
  found->second->since = bench_.clock.Monotonic();
}

void ServerPool::EndIdle() {
  std::vector<std::unique_ptr<Entry>> idle;
  {
    MutexLock lock(mutex_);
    const Nanos now = bench_.clock.Monotonic();
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      if (entry->second->connections == 0 && now - entry->second->since >= kIdle) {
        idle.push_back(std::move(entry->second));
        entry = entries_.erase(entry);
      } else {
        ++entry;
      }
    }
  }
}

void ServerPool::ShowJobsServing(bool serving) {
  MutexLock lock(mutex_);
  serving_ = serving;
  for (const auto& [key, entry] : entries_) entry->ShowJobsServing(serving);
}

void ServerPool::Shutdown() {
  std::map<std::string, std::unique_ptr<Entry>> entries;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    entries.swap(entries_);
  }
  // One moment of grace for all of them, however many there are.
  const auto last_moment = std::chrono::system_clock::now() + kGrace;
  for (const auto& [key, entry] : entries) entry->End(last_moment);
}

}  // namespace firmbench::rpc
