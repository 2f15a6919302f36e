// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bench on the network: accepts, does TLS with OpenSSL, sees whose certificate it is, and hands
// the plain bytes to that principal's own server through a socket pair. (gRPC 1.51 can neither ask
// for TLS 1.3 nor say why a handshake failed, and a connection of our own can be cut the moment its
// certificate is revoked.) Without a certificate only a code can be shown. One thread of its own; a
// connection holds at most two small buffers, and waits for nobody but its two ends.

#include <memory>
#include <string>

#include "daemon/rpc/pki/authority.h"
#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {

struct TlsOptions {
  std::string listen;  // "HOST:PORT", "[IPV6]:PORT", ":PORT" for every address
  bool tls12 = false;  // also TLS 1.2
};

class TlsListener {
 public:
  static constexpr size_t kMostConnections = 256;
  static constexpr size_t kMostOfOneAddress = 64;
  // Without a good certificate one needs a moment and a few kilobytes, and gets no more.
  static constexpr size_t kMostStrangersOfOneAddress = 8;
  // Of all calls of all connections that have not ended.
  static constexpr uint64_t kMostHeld = 16 << 20;
  static constexpr uint64_t kMostBytesOfStrangers = 64 << 10;  // from the network, of a connection
  static constexpr Nanos kHandshakeTime = std::chrono::seconds(10);

  // Listens; accepts from Begin on. ADDRESS_INVALID, ADDRESS_FAILED, PKI_FAILED. The references
  // outlive it.
  static Result<std::unique_ptr<TlsListener>> Start(const TlsOptions& options,
                                                    pki::Authority& authority, Access& access,
                                                    const Clock& clock, ServerPool& pool);
  // Ends every connection.
  virtual ~TlsListener() = default;

  // Once.
  virtual void Begin() = 0;
  // Where it listens, with the port that was given for port 0.
  virtual const std::string& address() const = 0;
  // Cuts the connections of this credential. Any thread.
  virtual void Cut(const std::string& credential_id) = 0;
};

}  // namespace firmbench::rpc
