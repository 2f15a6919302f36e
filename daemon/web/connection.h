// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection of a browser: TLS, HTTP/1.1 requests one after the other, and the bounds that keep
// a slow or hostile one from holding more than its own little place. It always reads, also while it
// answers, so it knows when the browser goes. For the listener's thread.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "daemon/web/bridge.h"

namespace firmbench::web {

class Connection {
 public:
  static constexpr Nanos kHandshakeTime = std::chrono::seconds(10);
  static constexpr Nanos kHeaderTime = std::chrono::seconds(10);  // from the first byte on
  static constexpr Nanos kBodyTime = std::chrono::seconds(60);
  static constexpr Nanos kWriteTime = std::chrono::seconds(30);  // of one piece
  static constexpr Nanos kIdleTime = std::chrono::seconds(75);   // between requests
  static constexpr Nanos kLingerTime = std::chrono::seconds(2);  // to hear the last answer
  static constexpr size_t kMostHeader = 16U << 10;
  static constexpr size_t kMostAhead = 16U << 10;  // that comes while an answer is on its way

  // Does the handshake and what follows. It lives as long as something is under way. The bridge
  // outlives it.
  static std::shared_ptr<Connection> Start(Bridge& bridge, boost::asio::ip::tcp::socket socket,
                                           boost::asio::ssl::context& tls, const std::string& peer);
  virtual ~Connection() = default;

  virtual const std::string& peer() const = 0;
  virtual bool overdue() const = 0;
  // Ends it now.
  virtual void Close() = 0;
  // Ends its call if the session is not good any more; `id` "": whoever's it is.
  virtual void CheckSession(const std::string& id) = 0;
};

}  // namespace firmbench::web
