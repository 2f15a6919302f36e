// SPDX-License-Identifier: Apache-2.0
// The listener with real connections, a clock that the test moves, and a door that knows one
// session: who is slow is shown out, and a renewed certificate is shown without a restart.

#include "daemon/web/server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "daemon/base/mutex.h"
#include "daemon/rpc/network_place.h"
#include "daemon/rpc/pki/certificates.h"
#include "daemon/web/connection.h"

namespace firmbench::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class MovedClock final : public Clock {
 public:
  Nanos Monotonic() const override { return std::chrono::microseconds(now_us_.load()); }
  int64_t WallMicros() const override { return now_us_; }
  void SleepFor(Nanos duration) override { Pass(duration); }
  void Pass(Nanos duration) {
    now_us_ += std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  }

 private:
  std::atomic<int64_t> now_us_ = 1'800'000'000'000'000;
};

class TestDoor final : public Door {
 public:
  TestDoor() { Renew(); }

  void Renew() {
    const rpc::pki::Validity validity{0, 4'000'000'000'000'000};
    const std::string authority_key = *rpc::pki::MakeKey();
    const std::string authority = *rpc::pki::MakeAuthority(authority_key, "a shop", validity);
    const std::string key = *rpc::pki::MakeKey();
    const std::string own =
        *rpc::pki::SignServer({authority_key, authority}, key, "bench.firmbench", validity);
    MutexLock lock(mutex_);
    shown_ = {.key = key, .chain = own + authority};
  }

  Result<OpenedSession> OpenWithLink(const std::string&) override { return Ended(); }
  Result<OpenedSession> OpenWithToken(const std::string&) override { return Ended(); }
  Status Close(const std::string&) override { return Ended(); }
  Result<std::string> IdOf(const std::string& session) override {
    if (session == "good") return std::string("id");
    return Ended();
  }
  Result<Line> Connect(const std::string&) override { return Ended(); }
  Result<ShownCertificate> Certificate() override {
    MutexLock lock(mutex_);
    return shown_;
  }
  std::string DetailsOf(const Error& error) override { return error.reason(); }
  Result<std::string> Metrics() override { return std::string("up 1\n"); }

 private:
  static Error Ended() { return Error(Code::kUnauthenticated, "SESSION_ENDED", "it is over"); }

  Mutex mutex_;
  ShownCertificate shown_ FB_GUARDED_BY(mutex_);
};

// One browser, which waits for what it asked for.
class Browser {
 public:
  explicit Browser(int port) : tls_(asio::ssl::context::tls_client), stream_(io_, tls_) {
    stream_.next_layer().connect(
        {asio::ip::make_address("127.0.0.1"), static_cast<uint16_t>(port)});
  }

  void Shake() { stream_.handshake(asio::ssl::stream_base::client); }
  void Send(const std::string& text) { asio::write(stream_, asio::buffer(text)); }
  // As far as `end`, or until the other side has ended it.
  std::string ReadTo(const std::string& end) {
    std::string text;
    error_code error;
    char c = 0;
    while (!error && !text.ends_with(end)) {
      if (asio::read(stream_, asio::buffer(&c, 1), error) == 1) text += c;
    }
    return text;
  }
  // Whether the other side ends it while `clock` moves by `step` ten times a second. What still
  // comes is read.
  bool IsEndedWhile(MovedClock& clock, Nanos step) {
    constexpr int kTenthMilliseconds = 100;
    constexpr int kMostTenths = 100;
    std::array<char, 1024> bytes{};
    pollfd polled{stream_.next_layer().native_handle(), POLLIN, 0};
    for (int tenth = 0; tenth < kMostTenths; ++tenth) {
      if (::poll(&polled, 1, kTenthMilliseconds) == 0) {
        clock.Pass(step);
      } else if (::recv(polled.fd, bytes.data(), bytes.size(), 0) <= 0) {
        return true;
      }
    }
    return false;
  }
  std::string Certificate() {
    X509* const shown = SSL_get1_peer_certificate(stream_.native_handle());
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    X509_digest(shown, EVP_sha256(), digest, &length);
    X509_free(shown);
    return {reinterpret_cast<char*>(digest), length};
  }

 private:
  asio::io_context io_;
  asio::ssl::context tls_;
  asio::ssl::stream<tcp::socket> stream_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    auto socket = rpc::ListenAt("127.0.0.1:0");
    EXPECT_TRUE(socket);
    const std::string address = rpc::OwnAddress(socket->get());
    std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(),
                    port_);
    auto server =
        Server::Start({.socket = std::move(*socket), .page = "/nonexistent"}, door_, clock_);
    EXPECT_TRUE(server);
    server_ = std::move(*server);
  }

  MovedClock clock_;
  TestDoor door_;
  int port_ = 0;
  std::unique_ptr<Server> server_;
};

constexpr char kGet[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(ServerTest, AnswersOneAfterTheOther) {
  Browser browser(port_);
  browser.Shake();
  for (int i = 0; i < 3; ++i) {
    browser.Send(kGet);
    EXPECT_TRUE(browser.ReadTo("up 1\n").starts_with("HTTP/1.1 200 OK\r\n"));
    clock_.Pass(Connection::kIdleTime / 2);
  }
}

TEST_F(ServerTest, ShowsOutWhoSaysNothing) {
  Browser browser(port_);
  EXPECT_TRUE(browser.IsEndedWhile(clock_, Connection::kHandshakeTime));
}

TEST_F(ServerTest, ShowsOutWhoNeverEndsAHeader) {
  Browser browser(port_);
  browser.Shake();
  browser.Send(kGet);
  browser.ReadTo("up 1\n");
  browser.Send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(browser.IsEndedWhile(clock_, Connection::kHeaderTime));
}

TEST_F(ServerTest, ShowsOutWhoNeverEndsABody) {
  Browser browser(port_);
  browser.Shake();
  browser.Send(
      "POST /firmbench.v1.DriveService/ListDrives HTTP/1.1\r\nHost: a\r\nX-Firmbench: 1\r\n"
      "Content-Type: application/grpc-web\r\nCookie: __Host-firmbench=good\r\n"
      "Content-Length: 1000000\r\n\r\nabc");
  browser.Send("abc");
  EXPECT_TRUE(browser.IsEndedWhile(clock_, Connection::kBodyTime));
}

TEST_F(ServerTest, ShowsOutWhoAsksForNothingMore) {
  Browser browser(port_);
  browser.Shake();
  browser.Send(kGet);
  browser.ReadTo("up 1\n");
  EXPECT_TRUE(browser.IsEndedWhile(clock_, Connection::kIdleTime));
}

TEST_F(ServerTest, ShowsARenewedCertificateWithoutARestart) {
  Browser before(port_);
  before.Shake();
  door_.Renew();
  clock_.Pass(std::chrono::hours(2));
  // It is looked at within a second of the real clock.
  std::string now = before.Certificate();
  for (int i = 0; i < 100 && now == before.Certificate(); ++i) {
    Browser after(port_);
    after.Shake();
    now = after.Certificate();
    after.IsEndedWhile(clock_, Connection::kIdleTime);
  }
  EXPECT_NE(now, before.Certificate());
}

TEST_F(ServerTest, EndsWithBrowsersThatAreThere) {
  Browser shaken(port_);
  shaken.Shake();
  Browser silent(port_);
  server_.reset();
  EXPECT_TRUE(shaken.IsEndedWhile(clock_, Nanos(0)));
  EXPECT_TRUE(silent.IsEndedWhile(clock_, Nanos(0)));
}

}  // namespace
}  // namespace firmbench::web
