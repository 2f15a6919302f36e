// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/tls_session.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace firmbench::rpc {
namespace {

// So that one busy connection does not keep the others waiting.
constexpr int kRounds = 16;

}  // namespace

TlsSession::TlsSession(SSL_CTX* context, UniqueFd network, Nanos handshake_until)
    : ssl_(SSL_new(context)), network_(std::move(network)), handshake_until_(handshake_until) {
  if (!ssl_ || SSL_set_app_data(ssl_.get(), &verify_result_) != 1 ||
      SSL_set_fd(ssl_.get(), network_.get()) != 1) {
    state_ = State::kEnded;
    return;
  }
  SSL_set_accept_state(ssl_.get());
}

int TlsSession::LetThrough(int good, X509_STORE_CTX* chain) {
  if (good == 1) return 1;
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const first = static_cast<int*>(SSL_get_app_data(ssl));
  if (*first == X509_V_OK) *first = X509_STORE_CTX_get_error(chain);
  return 1;
}

void TlsSession::Want(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) {
    want_read_ = true;
  } else if (error == SSL_ERROR_WANT_WRITE) {
    want_write_ = true;
  } else {
    state_ = State::kEnded;
  }
}

void TlsSession::Handshake() {
  want_read_ = want_write_ = false;
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    state_ = State::kShaken;
  } else {
    Want(result);
  }
}

TlsPeer TlsSession::Peer() const {
  TlsPeer peer;
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return peer;
  peer.has_certificate = true;
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), peer.sha256.data(), &length);
  peer.verify_result = verify_result_;
  return peer;
}

void TlsSession::Relay(UniqueFd plain, uint64_t most) {
  plain_ = std::move(plain);
  left_ = most;
  state_ = State::kRelaying;
}

bool TlsSession::FromNetwork() {
  if (!in_.empty()) return false;
  const int got = SSL_read(ssl_.get(), in_.bytes.data(), static_cast<int>(in_.bytes.size()));
  if (got <= 0) {
    Want(got);
    return false;
  }
  calls_.FromClient(in_.bytes.data(), static_cast<size_t>(got));
  if (static_cast<uint64_t>(got) > left_ || calls_.held() > kMostHeld ||
      calls_.given_up() > kMostGivenUp) {
    state_ = State::kEnded;
    return false;
  }
  left_ -= static_cast<uint64_t>(got);
  in_.begin = 0;
  in_.end = static_cast<size_t>(got);
  return true;
}

bool TlsSession::ToPlain() {
  if (in_.empty()) return false;
  const ssize_t given = ::send(plain_.get(), in_.bytes.data() + in_.begin, in_.end - in_.begin,
                               MSG_NOSIGNAL | MSG_DONTWAIT);
  if (given < 0) {
    if (errno != EAGAIN && errno != EINTR) state_ = State::kEnded;
    return false;
  }
  in_.begin += static_cast<size_t>(given);
  return true;
}

bool TlsSession::FromPlain() {
  if (!out_.empty() || plain_closed_) return false;
  const ssize_t got = ::recv(plain_.get(), out_.bytes.data(), out_.bytes.size(), MSG_DONTWAIT);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) state_ = State::kEnded;
    return false;
  }
  plain_closed_ = got == 0;
  calls_.FromServer(out_.bytes.data(), static_cast<size_t>(got));
  out_.begin = 0;
  out_.end = static_cast<size_t>(got);
  return got > 0;
}

bool TlsSession::ToNetwork() {
  if (out_.empty()) return false;
  const int given = SSL_write(ssl_.get(), out_.bytes.data() + out_.begin,
                              static_cast<int>(out_.end - out_.begin));
  if (given <= 0) {
    Want(given);
    return false;
  }
  out_.begin += static_cast<size_t>(given);
  return true;
}

void TlsSession::Step() {
  if (state_ == State::kHandshake) Handshake();
  if (state_ != State::kRelaying) return;
  want_read_ = want_write_ = false;
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    for (bool (TlsSession::*move)() : {&TlsSession::FromNetwork, &TlsSession::ToPlain,
                                       &TlsSession::FromPlain, &TlsSession::ToNetwork}) {
      moved = (this->*move)() || moved;
      if (state_ == State::kEnded) return;
    }
    if (moved) continue;
    // The server has closed its side and everything is sent.
    if (plain_closed_ && out_.empty()) {
      SSL_shutdown(ssl_.get());
      state_ = State::kEnded;
    }
    return;
  }
  // More to do: what OpenSSL still holds makes no descriptor ready, room in a socket does.
  want_write_ = true;
}

short TlsSession::network_events() const {
  short events = 0;
  if (state_ == State::kHandshake || in_.empty()) events |= want_read_ ? POLLIN : 0;
  if (want_write_) events |= POLLOUT;
  return events;
}

short TlsSession::plain_events() const {
  if (state_ != State::kRelaying) return 0;
  short events = 0;
  if (!in_.empty()) events |= POLLOUT;
  if (out_.empty() && !plain_closed_) events |= POLLIN;
  return events;
}

}  // namespace firmbench::rpc
