// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server.h"

#include <grpc/support/log.h>

#include <optional>

#include "daemon/base/log.h"
#include "daemon/base/mutex.h"
#include "daemon/rpc/certificate_check.h"
#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/network_place.h"
#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {
namespace {

// What the library has to say stands in the bench's own log, and as that is written.
void LogOfLibrary(gpr_log_func_args* said) {
  if (said->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Warn("gRPC complains", "text", said->message, "line", said->line);
  } else {
    log::Debug("gRPC says", "text", said->message, "line", said->line);
  }
}

class BenchServer final : public Server {
 public:
  BenchServer(const Context& bench, const ServerOptions& options)
      : options_(options), bench_(bench), remote_(!options.remote.listen.empty()) {}
  ~BenchServer() override { Shutdown(); }

  Status Listen() {
    if (remote_ || options_.page) {
      bench_.check_machine = [this, machine = bench_.check_machine] {
        std::vector<Check> checks = machine ? machine() : std::vector<Check>();
        checks.push_back(LookAtCertificates());
        return checks;
      };
    }
    pool_.emplace(bench_);
    // A credential that ended ends the streams that run with it, which look when they are woken,
    // and the connections that were made with it.
    bench_.access.OnEnd([this](const std::string& id) {
      // The page first, which says in its own words that the session is over.
      if (options_.credential_ended) options_.credential_ended(id);
      bench_.engine.hub().Notify("");
      MutexLock lock(mutex_);
      if (tls_) tls_->Cut(id);
    });
    ASSIGN_OR_RETURN(local_, LocalListener::Start(options_.listen, options_.groups, *pool_));
    return Ok();
  }

  Status OpenToNetwork() override {
    Status opened = Open();
    MutexLock lock(mutex_);
    in_the_way_ = opened ? std::optional<Error>() : opened.error();
    return opened;
  }

  std::string remote_address() const override {
    MutexLock lock(mutex_);
    return tls_ ? tls_->address() : "";
  }

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
    std::unique_ptr<TlsListener> ending;
    MutexLock lock(mutex_);
    ending.swap(tls_);
  }

 private:
  // For the owning thread, as all that is written here but under the mutex.
  Status Open() {
    if (!remote_ && !options_.page) return Ok();
    if (!authority_) {
      ASSIGN_OR_RETURN(
          auto authority,
          pki::Authority::Open(options_.authority_folder, bench_.ledger.bench_id(), bench_.clock));
      MutexLock lock(mutex_);
      authority_ = std::move(authority);
    }
    if (!remote_ || enrollment_) return Ok();
    ASSIGN_OR_RETURN(auto tls, TlsListener::Start(options_.remote, *authority_, bench_.access,
                                                  bench_.clock, *pool_));
    enrollment_.emplace(
        Enrollment{.authority = *authority_, .address = AddressToTell(tls->address())});
    bench_.enrollment = &*enrollment_;
    tls->Begin();
    MutexLock lock(mutex_);
    tls_ = std::move(tls);
    return Ok();
  }

  Check LookAtCertificates() {
    constexpr char kSubject[] = "certificates";
    std::optional<pki::Authority::Standing> standing;
    {
      MutexLock lock(mutex_);
      if (in_the_way_) {
        return {kSubject, Verdict::kBad, in_the_way_->reason(),
                "nobody reaches the bench from elsewhere: " + in_the_way_->message(),
                in_the_way_->remedy()};
      }
      if (authority_) standing = authority_->LookAtStanding();
    }
    if (!standing) {
      return {kSubject, Verdict::kNotChecked, "STARTING", "the bench is not on the network yet",
              ""};
    }
    const auto clients = bench_.ledger.ListCredentials({.principal = "", .kind = "certificate"});
    if (!clients) {
      return {kSubject, Verdict::kBad, clients.error().reason(), clients.error().message(),
              clients.error().remedy()};
    }
    return CheckCertificates(*standing, *clients, bench_.clock.WallMicros());
  }

  const ServerOptions options_;
  Context bench_;
  const bool remote_;
  std::unique_ptr<pki::Authority> authority_;
  std::optional<Enrollment> enrollment_;
  std::optional<ServerPool> pool_;
  std::unique_ptr<LocalListener> local_;
  // Of authority_ only its coming: once there it stays.
  mutable Mutex mutex_;
  std::unique_ptr<TlsListener> tls_ FB_GUARDED_BY(mutex_);
  std::optional<Error> in_the_way_ FB_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, const Context& bench) {
  gpr_set_log_function(LogOfLibrary);
  auto server = std::make_unique<BenchServer>(bench, options);
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace firmbench::rpc
