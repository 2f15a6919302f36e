// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/server.h"

#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {
namespace {

class BenchServer final : public Server {
 public:
  explicit BenchServer(const Context& bench) : pool_(bench) {}
  ~BenchServer() override { Shutdown(); }

  Status Listen(const ServerOptions& options) {
    ASSIGN_OR_RETURN(local_, LocalListener::Start(options.listen, options.groups, pool_));
    return Ok();
  }

  void ShowJobsServing(bool serving) override { pool_.ShowJobsServing(serving); }

  void Shutdown() override {
    local_.reset();
    pool_.Shutdown();
  }

 private:
  ServerPool pool_;
  std::unique_ptr<LocalListener> local_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, const Context& bench) {
  auto server = std::make_unique<BenchServer>(bench);
  RETURN_IF_ERROR(server->Listen(options));
  // A credential that ended ends the streams that run with it: they look when they are woken.
  bench.access.OnEnd([&bench](const std::string&) { bench.engine.hub().Notify(""); });
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace firmbench::rpc
