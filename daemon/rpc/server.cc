// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server.h"

#include <optional>

#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/network_place.h"
#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {
namespace {

class BenchServer final : public Server {
 public:
  explicit BenchServer(const Context& bench) : bench_(bench) {}
  ~BenchServer() override { Shutdown(); }

  Status Listen(const ServerOptions& options) {
    if (!options.remote.listen.empty() || options.page) {
      ASSIGN_OR_RETURN(authority_, pki::Authority::Open(options.authority_folder,
                                                        bench_.ledger.bench_id(), bench_.clock));
    }
    if (!options.remote.listen.empty()) {
      enrollment_.emplace(Enrollment{.authority = *authority_, .address = ""});
      bench_.enrollment = &*enrollment_;
    }
    pool_.emplace(bench_);
    if (enrollment_) {
      ASSIGN_OR_RETURN(tls_, TlsListener::Start(options.remote, *authority_, bench_.access,
                                                bench_.clock, *pool_));
      enrollment_->address = AddressToTell(tls_->address());
    }
    // A credential that ended ends the streams that run with it, which look when they are woken,
    // and the connections that were made with it.
    bench_.access.OnEnd([this, ended = options.credential_ended](const std::string& id) {
      bench_.engine.hub().Notify("");
      if (tls_) tls_->Cut(id);
      if (ended) ended(id);
    });
    ASSIGN_OR_RETURN(local_, LocalListener::Start(options.listen, options.groups, *pool_));
    if (tls_) tls_->Begin();
    return Ok();
  }

  std::string remote_address() const override { return tls_ ? tls_->address() : ""; }

  Result<ServerPool::Lease> Serve(const Caller& caller, UniqueFd connection) override {
    return pool_->Serve(caller, std::move(connection));
  }

  Result<pki::KeyAndCertificate> Certificate() override {
    ASSIGN_OR_RETURN(pki::KeyAndCertificate pair, authority_->Server());
    // Browsers are shown the whole chain.
    pair.certificate += authority_->certificate();
    return pair;
  }

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
