// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server.h"

#include <unistd.h>

#include <array>
#include <optional>

#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {
namespace {

// What a person types elsewhere: every address is called by this PC's name.
std::string AddressToTell(const std::string& address) {
  for (const std::string_view every : {"0.0.0.0", "[::]"}) {
    std::array<char, 256> name{};
    if (!address.starts_with(every) || ::gethostname(name.data(), name.size() - 1) != 0) continue;
    return name.data() + address.substr(every.size());
  }
  return address;
}

class BenchServer final : public Server {
 public:
  explicit BenchServer(const Context& bench) : bench_(bench) {}
  ~BenchServer() override { Shutdown(); }

  Status Listen(const ServerOptions& options) {
    if (!options.remote.listen.empty()) {
      ASSIGN_OR_RETURN(authority_, pki::Authority::Open(options.authority_folder,
                                                        bench_.ledger.bench_id(), bench_.clock));
      enrollment_.emplace(Enrollment{.authority = *authority_, .address = ""});
      bench_.enrollment = &*enrollment_;
    }
    pool_.emplace(bench_);
    if (authority_) {
      ASSIGN_OR_RETURN(tls_, TlsListener::Start(options.remote, *authority_, bench_.access,
                                                bench_.clock, *pool_));
      enrollment_->address = AddressToTell(tls_->address());
    }
    // A credential that ended ends the streams that run with it, which look when they are woken,
    // and the connections that were made with it.
    bench_.access.OnEnd([this](const std::string& credential_id) {
      bench_.engine.hub().Notify("");
      if (tls_) tls_->Cut(credential_id);
    });
    ASSIGN_OR_RETURN(local_, LocalListener::Start(options.listen, options.groups, *pool_));
    if (tls_) tls_->Begin();
    return Ok();
  }

  std::string remote_address() const override { return tls_ ? tls_->address() : ""; }

  void ShowJobsServing(bool serving) override { pool_->ShowJobsServing(serving); }

  void Shutdown() override {
    local_.reset();
    // What the calls say last still goes out through TLS.
    if (pool_) pool_->Shutdown();
    tls_.reset();
  }

 private:
  Context bench_;
  std::unique_ptr<pki::Authority> authority_;
  std::optional<Enrollment> enrollment_;
  std::optional<ServerPool> pool_;
  std::unique_ptr<LocalListener> local_;
  std::unique_ptr<TlsListener> tls_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, const Context& bench) {
  auto server = std::make_unique<BenchServer>(bench);
  RETURN_IF_ERROR(server->Listen(options));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace firmbench::rpc
