// SPDX-License-Identifier: Apache-2.0
#pragma once

// One gRPC server object per peer, made when the peer first comes and ended when it has been away
// for a while. So a call's identity is the server it arrived on: descriptors and ports, which are
// used again, say nothing. Thread-safe.

#include <grpcpp/resource_quota.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemon/base/mutex.h"
#include "daemon/base/unique_fd.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"

namespace firmbench::rpc {

class ServerPool {
 public:
  static constexpr int kMostServers = 64;
  static constexpr int kMostConnections = 64;  // of one peer
  static constexpr int kMostEnrolling = 32;    // connections of everybody without credentials
  static constexpr Nanos kIdle = std::chrono::minutes(2);
  // What gRPC may keep of messages that are on their way in. Above it gRPC ends calls, whosever
  // they are, but comes to it late: TlsListener bounds what comes from the network before.
  static constexpr size_t kMemoryForUsers = 16 << 20;  // of this PC
  static constexpr size_t kMemoryForOthers = 48 << 20;

  // What `bench` refers to outlives the pool.
  explicit ServerPool(const Context& bench);
  // Ends every call.
  ~ServerPool();
  ServerPool(const ServerPool&) = delete;
  ServerPool& operator=(const ServerPool&) = delete;

  // Held by whoever sees when the connection ends; before the pool's end.
  class Lease {
   public:
    Lease() = default;
    Lease(ServerPool* pool, std::string key) : pool_(pool), key_(std::move(key)) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), key_(std::move(other.key_)) {}
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { Return(); }

   private:
    void Return();
    ServerPool* pool_ = nullptr;
    std::string key_;
  };

  // Serves the connected stream socket as the peer's. TOO_MANY_CONNECTIONS, SHUTTING_DOWN.
  Result<Lease> Serve(const Caller& peer, UniqueFd connection);

  // Serves somebody at that address without credentials: EnrollmentService and nothing else. As
  // Serve.
  Result<Lease> ServeEnrollment(const std::string& address, UniqueFd connection);

  // Ends the servers of peers that have no connection for kIdle.
  void EndIdle();
  // As rpc::Server says it.
  void ShowJobsServing(bool serving);
  // Every call and stream, within a moment. Nobody is served afterwards.
  void Shutdown();

 private:
  struct Entry;
  Result<Lease> ServeAt(const std::string& key, const std::function<std::unique_ptr<Entry>()>& make,
                        int most_connections, const std::string& address, UniqueFd connection);
  void Return(const std::string& key);

  const Context bench_;
  Uploads uploads_;
  grpc::ResourceQuota local_;
  grpc::ResourceQuota remote_;
  Mutex mutex_;
  bool serving_ FB_GUARDED_BY(mutex_) = true;
  bool ended_ FB_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::unique_ptr<Entry>> entries_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::rpc
