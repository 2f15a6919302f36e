// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the listener of the page asks of the bench behind it: who somebody is, and a way to the API
// as that person. The composition root binds it to the services. Every call may come from any of
// the listener's threads; those marked "fast" come from the one that serves everybody and wait for
// nothing but memory.

#include <cstdint>
#include <memory>
#include <string>

#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::web {

// A session as the browser keeps it.
struct OpenedSession {
  std::string secret;  // letters and digits
  int64_t seconds = 0;
};

// A gRPC server of one caller.
struct Line {
  UniqueFd end;                 // a connected stream socket
  std::shared_ptr<void> lease;  // held as long as the connection
};

// Both PEM; the chain begins with the listener's own certificate.
struct ShownCertificate {
  std::string key;
  std::string chain;
};

class Door {
 public:
  virtual ~Door() = default;

  // LOGIN_LINK_INVALID, TOO_MANY_CREDENTIALS, LEDGER_*.
  virtual Result<OpenedSession> OpenWithLink(const std::string& link) = 0;
  // TOKEN_INVALID, TOO_MANY_CREDENTIALS, LEDGER_*.
  virtual Result<OpenedSession> OpenWithToken(const std::string& token) = 0;
  // SESSION_ENDED, LEDGER_*.
  virtual Status Close(const std::string& session) = 0;
  // Fast. The id of the session's credential. SESSION_ENDED.
  virtual Result<std::string> IdOf(const std::string& session) = 0;
  // Fast. SESSION_ENDED, TOO_MANY_CONNECTIONS, SHUTTING_DOWN.
  virtual Result<Line> Connect(const std::string& session) = 0;
  // Renewed before it expires. PKI_FAILED, AUTHORITY_FILE.
  virtual Result<ShownCertificate> Certificate() = 0;
  // What stands in "grpc-status-details-bin" of an error of the API.
  virtual std::string DetailsOf(const Error& error) = 0;
  // In the text format of Prometheus. LEDGER_*.
  virtual Result<std::string> Metrics() = 0;
};

}  // namespace firmbench::web
