// SPDX-License-Identifier: Apache-2.0
#pragma once

// Binds the listener of the page to the bench: whose a session is, the way to the API as that
// person, the certificate, the metrics. For the main thread, but for End.

#include <functional>
#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/base/unique_fd.h"
#include "daemon/config/config.h"
#include "daemon/rpc/access.h"
#include "daemon/rpc/check.h"
#include "daemon/rpc/server.h"
#include "daemon/web/server.h"

namespace firmbench {

class Page {
 public:
  // Takes its place on the network, and nothing more; nullptr when the settings have none.
  // ADDRESS_INVALID, ADDRESS_FAILED.
  static Result<std::unique_ptr<Page>> Listen(const config::Config& settings);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  // What people are told: "HOST:PORT".
  std::string address() const;

  // Answers from now on, until Stop. What is given outlives that; `metrics` is called on a thread
  // of the page. What web::Server::Start returns.
  Status Start(rpc::Server& server, rpc::Access& access, const Clock& clock,
               std::function<Result<std::string>()> metrics);
  void Stop();

  // Whether the page's files are there. Any thread.
  rpc::Check Look() const;

  // Ends what runs with the credential. Any thread.
  void End(const std::string& credential_id);

 private:
  class BenchDoor;
  Page(UniqueFd socket, const config::Config& settings);

  UniqueFd socket_;
  const std::string address_;
  const std::string folder_;
  const bool metrics_for_all_;
  std::unique_ptr<BenchDoor> door_;
  Mutex mutex_;
  std::unique_ptr<web::Server> server_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench
