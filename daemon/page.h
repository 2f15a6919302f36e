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
  // Takes its place on the network, where nobody is let in yet; nullptr when the settings have
  // none. ADDRESS_INVALID, ADDRESS_FAILED.
  static Result<std::unique_ptr<Page>> Bind(const config::Config& settings);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  // What people are told: "HOST:PORT".
  std::string address() const;

  // What it takes to answer. All of it outlives the page; the functions are called on its threads.
  struct Bench {
    rpc::Server& server;
    rpc::Access& access;
    const Clock& clock;
    std::function<Result<std::string>()> metrics;
    std::function<bool()> metrics_for_all;
  };
  // Answers from now on, until Stop. After an error it may be called again. ADDRESS_FAILED, what
  // rpc::Server::Certificate and web::Server::Start return.
  Status Start(const Bench& bench);
  void Stop();

  // Whether the page's files are there. Any thread.
  rpc::Check Look() const;

  // Ends what runs with the credential. Any thread.
  void End(const std::string& credential_id);

 private:
  class BenchDoor;
  Page(UniqueFd socket, const config::Config& settings);

  UniqueFd socket_;
  const std::string listen_;
  const std::string address_;
  const std::string folder_;
  const bool tls12_;
  std::unique_ptr<BenchDoor> door_;
  Mutex mutex_;
  std::unique_ptr<web::Server> server_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench
