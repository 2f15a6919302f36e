// SPDX-License-Identifier: Apache-2.0
#pragma once

// One way to the API for each session that calls: a channel over a socket of its own to that
// session's server. Made when it is first needed, ended when nothing has used it for a while or
// when its session ends. For the listener's thread.

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/web/door.h"

namespace firmbench::web {

class Lines {
 public:
  // Shorter than the server's own patience with idle connections.
  static constexpr Nanos kIdle = std::chrono::minutes(1);
  static constexpr size_t kMost = 48;

  Lines(Door& door, const Clock& clock) : door_(door), clock_(clock) {}

  // Keep it as long as the call. `id` is that of the session's credential. SESSION_ENDED,
  // TOO_MANY_CONNECTIONS, SHUTTING_DOWN.
  Result<std::shared_ptr<grpc::Channel>> To(const std::string& session, const std::string& id);
  // New calls get a new one.
  void Forget(const std::string& id) { lines_.erase(id); }
  void Sweep();

 private:
  struct Open {
    std::shared_ptr<grpc::Channel> channel;
    UniqueFd watch;  // the same socket: tells when the other end is closed
    Nanos used{0};
  };

  Door& door_;
  const Clock& clock_;
  std::map<std::string, Open> lines_;
};

}  // namespace firmbench::web
