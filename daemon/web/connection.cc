// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/connection.h"

#include <array>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "daemon/web/exchange.h"

namespace firmbench::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr Nanos kNever = Nanos::max();
constexpr unsigned kHttp11 = 11;

std::string Text(boost::beast::string_view text) { return std::string(text.data(), text.size()); }

Answer BadRequest(int status) {
  return JsonAnswer(status,
                    InvalidArgument("REQUEST_INVALID", "this is no request that fits here"));
}

int StatusOf(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

class TlsConnection final : public Connection,
                            public Peer,
                            public std::enable_shared_from_this<TlsConnection> {
 public:
  TlsConnection(Bridge& bridge, asio::ip::tcp::socket socket, asio::ssl::context& tls,
                std::string peer)
      : bridge_(bridge), stream_(std::move(socket), tls), peer_(std::move(peer)) {}
  ~TlsConnection() override { GiveBodyBack(); }

  void Start() {
    Await(kHandshakeTime);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](const error_code& error) {
                              if (error || self->state_ == State::kClosed) return self->Close();
                              self->NextRequest();
                            });
  }

  const std::string& peer() const override { return peer_; }
  bool overdue() const override { return bridge_.clock.Monotonic() > deadline_; }

  void Close() override {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    error_code ignored;
    stream_.next_layer().close(ignored);
    if (const auto exchange = std::exchange(exchange_, nullptr)) exchange->Gone();
  }

  void CheckSession(const std::string& id) override {
    if (!exchange_ || exchange_->running_for().empty()) return;
    if (id.empty() || exchange_->running_for() == id) exchange_->CheckSession();
  }

  void Write(std::string bytes, std::function<void()> then) override {
    if (state_ == State::kClosed) return;
    out_ = std::move(bytes);
    Await(kWriteTime);
    asio::async_write(
        stream_, asio::buffer(out_),
        [self = shared_from_this(), then = std::move(then)](const error_code& error, size_t) {
          if (error) return self->Close();
          if (self->state_ == State::kClosed) return;
          self->deadline_ = kNever;
          then();
        });
  }

  void Finish(std::string bytes, bool close) override {
    Write(std::move(bytes), [this, close] {
      exchange_.reset();
      out_ = {};
      if (close) {
        Linger();
      } else {
        NextRequest();
      }
    });
  }

 private:
  enum class State : uint8_t { kHandshake, kHeader, kBody, kAnswering, kLingering, kClosed };

  void Await(Nanos time) { deadline_ = bridge_.clock.Monotonic() + time; }

  void NextRequest() {
    parser_.emplace();
    parser_->header_limit(kMostHeader);
    parser_->body_limit(kMostBody);
    state_ = State::kHeader;
    Await(pending_.empty() ? kIdleTime : kHeaderTime);
    Process();
  }

  // Says no more; what still comes is not looked at, so that the last answer is not cut off.
  void Linger() {
    state_ = State::kLingering;
    Await(kLingerTime);
    error_code ignored;
    stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    pending_.clear();
    ReadMore();
  }

  void ReadMore() {
    if (reading_ || state_ == State::kClosed) return;
    reading_ = true;
    stream_.async_read_some(asio::buffer(in_),
                            [self = shared_from_this()](const error_code& error, size_t count) {
                              self->reading_ = false;
                              if (error) return self->Close();
                              self->OnBytes(count);
                            });
  }

  void OnBytes(size_t count) {
    if (state_ == State::kLingering) return ReadMore();
    if (state_ == State::kHeader && pending_.empty()) Await(kHeaderTime);
    pending_.append(in_.data(), count);
    Process();
  }

  void Process() {
    while ((state_ == State::kHeader || state_ == State::kBody) && !pending_.empty()) {
      error_code error;
      const size_t used = parser_->put(asio::buffer(pending_), error);
      pending_.erase(0, used);
      if (error == http::error::need_more) break;
      if (error) return Refuse(BadRequest(StatusOf(error)));
      if (state_ == State::kHeader && parser_->is_header_done()) OnHeader();
      if (state_ == State::kBody && parser_->is_done()) return OnRequest();
      if (used == 0) break;
    }
    if (state_ == State::kAnswering && pending_.size() > kMostAhead) return Close();
    ReadMore();
  }

  void Refuse(const Answer& answer) {
    state_ = State::kAnswering;
    Finish(ToBytes(answer, true), true);
    ReadMore();
  }

  void OnHeader() {
    const auto& header = parser_->get();
    for (const http::field field :
         {http::field::host, http::field::origin, http::field::cookie, http::field::content_type}) {
      if (header.count(field) > 1) return Refuse(BadRequest(400));
    }
    if (header.version() != kHttp11 || header.count(http::field::host) != 1 ||
        !header.target().starts_with('/')) {
      return Refuse(BadRequest(400));
    }
    request_ = {.method = Text(header.method_string()),
                .target = Text(header.target()),
                .host = Text(header[http::field::host]),
                .origin = Text(header[http::field::origin]),
                .fetch_site = Text(header["Sec-Fetch-Site"]),
                .mark = Text(header["X-Firmbench"]),
                .content_type = Text(header[http::field::content_type]),
                .cookie = Text(header[http::field::cookie]),
                .timeout = Text(header["grpc-timeout"]),
                .accept_encoding = Text(header[http::field::accept_encoding]),
                .if_none_match = Text(header[http::field::if_none_match]),
                .keep_alive = header.keep_alive(),
                .peer = peer_};
    const Admission admission = Admit(bridge_, request_);
    if (admission.refusal) return Refuse(*admission.refusal);
    AdmitBody(admission.most_body);
  }

  // Only a body that says how long it is can be more than a little.
  void AdmitBody(size_t most) {
    const auto length = parser_->content_length();
    const size_t promised =
        length ? static_cast<size_t>(std::min<uint64_t>(*length, kMostBody + 1)) : 0;
    if (promised > most) return Refuse(BadRequest(413));
    if (promised > kMostBodyOfStrangers) {
      if (bridge_.bodies + promised > Bridge::kMostBodies) {
        return Refuse(JsonAnswer(
            503, Unavailable("TOO_MANY_UPLOADS", "too much is being sent to this bench now")));
      }
      bridge_.bodies += promised;
      promised_ = promised;
    }
    parser_->body_limit(length ? most : std::min(most, kMostBodyOfStrangers));
    parser_->eager(true);
    state_ = State::kBody;
    Await(kBodyTime);
  }

  void OnRequest() {
    state_ = State::kAnswering;
    deadline_ = kNever;
    request_.body = std::move(parser_->get().body());
    parser_.reset();
    GiveBodyBack();
    exchange_ = Exchange::Begin(bridge_, std::move(request_), shared_from_this());
    // What is read now is the next request, or that the browser has gone.
    if (pending_.size() > kMostAhead) return Close();
    ReadMore();
  }

  void GiveBodyBack() { bridge_.bodies -= std::exchange(promised_, 0); }

  Bridge& bridge_;
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  const std::string peer_;
  State state_ = State::kHandshake;
  Nanos deadline_ = kNever;
  bool reading_ = false;
  std::array<char, 16U << 10> in_{};
  std::string pending_;  // read and not yet understood
  std::string out_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  size_t promised_ = 0;
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

std::shared_ptr<Connection> Connection::Start(Bridge& bridge, asio::ip::tcp::socket socket,
                                              asio::ssl::context& tls, const std::string& peer) {
  auto connection = std::make_shared<TlsConnection>(bridge, std::move(socket), tls, peer);
  connection->Start();
  return connection;
}

}  // namespace firmbench::web
