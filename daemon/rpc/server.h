// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gRPC server of one bench on a Unix socket: all services, health and reflection. Start and
// Shutdown are for the thread that owns it.

#include <memory>
#include <string>

#include "daemon/rpc/context.h"

namespace firmbench::rpc {

class Server {
 public:
  // Listens at `address`, "unix:PATH". ADDRESS_INVALID, ADDRESS_IN_USE (another process answers
  // there), ADDRESS_FAILED. A socket file that nobody answers on is taken over.
  static Result<std::unique_ptr<Server>> Start(const std::string& address, const Context& bench);
  virtual ~Server() = default;

  // What grpc.health says of firmbench.v1.JobService: jobs are taken, or they are not. The bench as
  // a whole, "", serves until Shutdown, because what is there can be read.
  virtual void ShowJobsServing(bool serving) = 0;
  // Ends every call within a moment, streams included.
  virtual void Shutdown() = 0;
};

}  // namespace firmbench::rpc
