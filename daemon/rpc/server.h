// SPDX-License-Identifier: Apache-2.0
#pragma once

// The API of one bench where it can be reached: its Unix socket, and the network when it is told
// to. Start and Shutdown are for the thread that owns it.

#include <functional>
#include <memory>
#include <string>

#include "daemon/rpc/context.h"
#include "daemon/rpc/local_listener.h"
#include "daemon/rpc/tls_listener.h"

namespace firmbench::rpc {

struct ServerOptions {
  std::string listen;  // "unix:PATH"
  LocalGroups groups;
  TlsOptions remote;             // `listen` "": not on the network
  std::string authority_folder;  // of pki::Authority
  bool page = false;             // the bench's page is to be served: it asks for Certificate
  // Called, before the bench's own connections are cut, when a credential ended. May be empty.
  std::function<void(const std::string& credential_id)> credential_ended = {};
};

class Server {
 public:
  // Answers at the Unix socket from then on. What LocalListener::Start returns.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, const Context& bench);
  virtual ~Server() = default;

  // Answers on the network, where the options say so, from then on. Does what is still to be done:
  // after an error it may be called again, afterwards it changes nothing. What TlsListener::Start
  // and pki::Authority::Open return; see pki::Authority::IsAboutTime.
  virtual Status OpenToNetwork() = 0;

  // "HOST:PORT" on the network; "" for none.
  virtual std::string remote_address() const = 0;
  // Serves the connected stream socket as the caller's, for connections that others let in. Any
  // thread; the lease ends before the server. As ServerPool::Serve.
  virtual Result<ServerPool::Lease> Serve(const Caller& caller, UniqueFd connection) = 0;
  // What the bench shows now, the authority's certificate behind its own. Only after OpenToNetwork.
  // Any thread. What pki::Authority::Server returns.
  virtual Result<pki::KeyAndCertificate> Certificate() = 0;
  // What grpc.health says of firmbench.v1.JobService: jobs are taken, or they are not. The bench as
  // a whole, "", serves until Shutdown, because what is there can be read.
  virtual void ShowJobsServing(bool serving) = 0;
  // Ends every call within a moment, streams included.
  virtual void Shutdown() = 0;
};

}  // namespace firmbench::rpc
