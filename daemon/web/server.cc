// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/base/log.h"
#include "daemon/web/connection.h"

namespace firmbench::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kSweep{1};
constexpr std::chrono::milliseconds kNoDescriptors{100};
constexpr Nanos kLookAtSessions = std::chrono::seconds(10);
constexpr Nanos kLookAtCertificate = std::chrono::hours(1);

int ChooseHttp11(SSL*, const unsigned char** out, unsigned char* out_length,
                 const unsigned char* in, unsigned in_length, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kHttp11, sizeof(kHttp11), in, in_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<asio::ssl::context> MakeTls(Door& door, bool tls12) {
  ASSIGN_OR_RETURN(const ShownCertificate shown, door.Certificate());
  asio::ssl::context tls(asio::ssl::context::tls_server);
  SSL_CTX* const native = tls.native_handle();
  error_code of_chain;
  error_code of_key;
  tls.use_certificate_chain(asio::buffer(shown.chain), of_chain);
  tls.use_private_key(asio::buffer(shown.key), asio::ssl::context::pem, of_key);
  const int oldest = tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (of_chain || of_key || SSL_CTX_set_min_proto_version(native, oldest) != 1) {
    ERR_clear_error();
    return Internal("PKI_FAILED", "TLS cannot be set up with the bench's certificate");
  }
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, ChooseHttp11, nullptr);
  return tls;
}

class Listener final : public Server {
 public:
  Listener(Options options, asio::ssl::context tls, Door& door, const Clock& clock)
      : clock_(clock),
        bridge_(door, clock, std::move(options.page), std::move(options.metrics_for_all)),
        work_(asio::make_work_guard(bridge_.io)),
        acceptor_(bridge_.io),
        timer_(bridge_.io),
        pause_(bridge_.io),
        tls_(std::move(tls)),
        tls12_(options.tls12),
        looked_at_certificate_(clock.Monotonic()) {
    sockaddr_storage own{};
    socklen_t length = sizeof(own);
    ::getsockname(options.socket.get(), reinterpret_cast<sockaddr*>(&own), &length);
    acceptor_.assign(own.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), options.socket.Release());
    Accept();
    Tick();
    thread_ = std::thread([this] { Run(); });
  }

  ~Listener() override {
    asio::post(bridge_.io, [this] { Shut(); });
    bridge_.slow.join();
    work_.reset();
    thread_.join();
  }

  void End(const std::string& credential_id) override {
    asio::post(bridge_.io, [this, credential_id] {
      bridge_.lines.Forget(credential_id);
      for (const auto& connection : Open()) connection->CheckSession(credential_id);
    });
  }

 private:
  void Run() {
    for (;;) {
      // The library throws where memory or descriptors end; one request less is all that comes of
      // it.
      try {
        bridge_.io.run();
        return;
      } catch (const std::exception& error) {
        log::ErrorLine("a request of the page failed", "text", error.what());
      }
    }
  }

  void Shut() {
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
    pause_.cancel();
    shut_ = true;
    for (const auto& connection : Open()) connection->Close();
  }

  std::vector<std::shared_ptr<Connection>> Open() {
    std::vector<std::shared_ptr<Connection>> open;
    std::erase_if(connections_, [&](const std::weak_ptr<Connection>& one) {
      auto connection = one.lock();
      if (!connection) return true;
      open.push_back(std::move(connection));
      return false;
    });
    return open;
  }

  void Accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (shut_) return;
      if (error) {
        // Without a descriptor to spare browsers wait in the backlog.
        pause_.expires_after(kNoDescriptors);
        pause_.async_wait([this](const error_code& stopped) {
          if (!stopped && !shut_) Accept();
        });
        return;
      }
      Take(std::move(socket));
      Accept();
    });
  }

  void Take(tcp::socket socket) {
    error_code unknown;
    const auto from = socket.remote_endpoint(unknown);
    if (unknown) return;
    const std::string peer = from.address().to_string(unknown);
    const auto open = Open();
    const auto of_one = std::count_if(open.begin(), open.end(), [&](const auto& connection) {
      return connection->peer() == peer;
    });
    if (open.size() >= kMostConnections || static_cast<size_t>(of_one) >= kMostOfOneAddress) return;
    socket.set_option(tcp::no_delay(true), unknown);
    connections_.push_back(Connection::Start(bridge_, std::move(socket), *tls_, peer));
  }

  void Tick() {
    timer_.expires_after(kSweep);
    timer_.async_wait([this](const error_code& stopped) {
      if (stopped || shut_) return;
      Sweep();
      Tick();
    });
  }

  void Sweep() {
    const Nanos now = clock_.Monotonic();
    const bool sessions = now - looked_at_sessions_ >= kLookAtSessions;
    if (sessions) looked_at_sessions_ = now;
    for (const auto& connection : Open()) {
      if (connection->overdue()) {
        connection->Close();
      } else if (sessions) {
        connection->CheckSession("");
      }
    }
    bridge_.lines.Sweep();
    if (now - looked_at_certificate_ < kLookAtCertificate) return;
    looked_at_certificate_ = now;
    auto tls = MakeTls(bridge_.door, tls12_);
    if (tls) {
      tls_.emplace(std::move(*tls));  // connections that are open keep theirs
    } else {
      log::ErrorLine("the page's certificate cannot be renewed", "reason", tls.error().reason());
    }
  }

  const Clock& clock_;
  Bridge bridge_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::steady_timer pause_;
  std::optional<asio::ssl::context> tls_;
  const bool tls12_;
  Nanos looked_at_certificate_;
  Nanos looked_at_sessions_{0};
  bool shut_ = false;
  std::vector<std::weak_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(Options options, Door& door, const Clock& clock) {
  try {
    ASSIGN_OR_RETURN(asio::ssl::context tls, MakeTls(door, options.tls12));
    return std::unique_ptr<Server>(
        std::make_unique<Listener>(std::move(options), std::move(tls), door, clock));
  } catch (const std::exception& error) {
    return Internal("LISTEN_FAILED", std::string("the page cannot be served: ") + error.what());
  }
}

}  // namespace firmbench::web
