// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bench's page and, for its scripts, the API in gRPC-Web: an HTTPS listener with one thread for
// everybody and one for what waits for the disk. Made and ended by the thread that owns it.

#include <functional>
#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/base/unique_fd.h"
#include "daemon/web/door.h"

namespace firmbench::web {

struct Options {
  UniqueFd socket;   // it listens
  std::string page;  // the folder of the page's files
  // Whether /metrics is for other computers, too; asked for each. On the server's threads.
  std::function<bool()> metrics_for_all = [] { return false; };
  bool tls12 = false;  // also TLS 1.2
};

class Server {
 public:
  static constexpr size_t kMostConnections = 256;
  static constexpr size_t kMostOfOneAddress = 64;

  // Answers from then on. `door` and `clock` outlive it. PKI_FAILED, LISTEN_FAILED.
  static Result<std::unique_ptr<Server>> Start(Options options, Door& door, const Clock& clock);
  // Ends every call and connection, within a moment.
  virtual ~Server() = default;

  // Ends the calls of this session, whose credential is good for nothing any more. Any thread.
  virtual void End(const std::string& credential_id) = 0;
};

}  // namespace firmbench::web
