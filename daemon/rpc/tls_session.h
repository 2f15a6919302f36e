// SPDX-License-Identifier: Apache-2.0
#pragma once

// One TLS connection and the plain socket behind it: a handshake, then bytes both ways, never
// waiting. For the listener's thread.

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"
#include "daemon/rpc/limits.h"

namespace firmbench::rpc {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// Who is at the other end, once the handshake is over.
struct TlsPeer {
  bool has_certificate = false;
  Sha256Digest sha256{};  // of the certificate's DER
  int verify_result = 0;  // X509_V_OK, or the first thing that is wrong with it
};

class TlsSession {
 public:
  // Of the calls of one connection that have not ended, and of those that its client gave up. A
  // piece of an upload is 1 MiB.
  static constexpr uint64_t kMostHeld = 8 << 20;
  static constexpr uint64_t kMostGivenUp = 16 << 20;

  // For SSL_CTX_set_verify: lets every certificate through the handshake and keeps what is wrong
  // with it, for Peer.
  static int LetThrough(int good, X509_STORE_CTX* chain);

  TlsSession(SSL_CTX* context, UniqueFd network, Nanos handshake_until);

  enum class State : uint8_t { kHandshake, kShaken, kRelaying, kEnded };
  State state() const { return state_; }
  Nanos handshake_until() const { return handshake_until_; }

  // Does what can be done now. In kShaken it waits for Relay.
  void Step();
  TlsPeer Peer() const;
  // What of its calls waits in gRPC, bytes.
  uint64_t held() const { return calls_.held(); }
  // From now on bytes go to and from `plain`, a non-blocking stream socket. When more than `most`
  // came from the network, the session ends.
  void Relay(UniqueFd plain, uint64_t most);

  // What to poll for; a descriptor is -1 when nothing is waited for on it.
  int network() const { return network_.get(); }
  int plain() const { return plain_.get(); }
  short network_events() const;
  short plain_events() const;

 private:
  // What waits for its other side: taken in at `end`, given out from `begin`.
  struct Buffer {
    std::array<uint8_t, 16 << 10> bytes{};
    size_t begin = 0;
    size_t end = 0;
    bool empty() const { return begin == end; }
  };

  void Handshake();
  bool FromNetwork();
  bool ToPlain();
  bool FromPlain();
  bool ToNetwork();
  // What an unsuccessful SSL call waits for; ends the session when it waits for nothing.
  void Want(int result);

  int verify_result_ = 0;  // OpenSSL's own is overwritten when a callback lets something through

  std::unique_ptr<SSL, FreeSsl> ssl_;
  UniqueFd network_;
  UniqueFd plain_;
  const Nanos handshake_until_;
  uint64_t left_ = 0;  // bytes that may still come from the network
  State state_ = State::kHandshake;
  bool want_read_ = true;
  bool want_write_ = false;
  bool plain_closed_ = false;
  UnfinishedCalls calls_;
  Buffer in_;   // network to plain
  Buffer out_;  // plain to network
};

}  // namespace firmbench::rpc
