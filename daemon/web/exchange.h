// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request and its answer: a file, a session, the metrics, or a call whose messages are handed
// on as they come. Knows nothing of sockets. For the listener's thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/web/answer.h"
#include "daemon/web/bridge.h"
#include "daemon/web/request.h"

namespace firmbench::web {

// Whoever sent the request: a connection. One write at a time.
class Peer {
 public:
  virtual ~Peer() = default;
  // `then` is called when the bytes are with the kernel, unless the peer goes before.
  virtual void Write(std::string bytes, std::function<void()> then) = 0;
  // The last bytes of the answer.
  virtual void Finish(std::string bytes, bool close) = 0;
};

// What is known when the header is there, before a body is read.
struct Admission {
  size_t most_body = 0;
  std::optional<Answer> refusal = {};
};
Admission Admit(Bridge& bridge, const Request& request);

class Exchange {
 public:
  // Answers by and by, and always ends with Finish unless the peer goes.
  static std::shared_ptr<Exchange> Begin(Bridge& bridge, Request request,
                                         const std::shared_ptr<Peer>& peer);
  virtual ~Exchange() = default;

  // The peer is not there any more; nothing is said to it from now on.
  virtual void Gone() = 0;
  // The id of the session whose call runs; "" when none does.
  virtual const std::string& running_for() const = 0;
  // Ends the call if its session is not good any more.
  virtual void CheckSession() = 0;
};

}  // namespace firmbench::web
