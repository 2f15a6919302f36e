// SPDX-License-Identifier: Apache-2.0
#pragma once

// One call through a gRPC channel, whatever its method is: a message there, messages and an end
// back. Bytes only, so a new RPC needs nothing here. gRPC's own threads do the work; what comes
// back is posted to the executor, one piece at a time: nothing is read ahead of who takes it.

#include <grpcpp/channel.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/web/frames.h"

namespace firmbench::web {

class Call {
 public:
  struct Taker {
    std::function<void(std::string message)> message;
    std::function<void(CallEnd end)> end;  // once, and nothing after it
  };

  // Reads the first message by itself. `takes` is called on `io`, which outlives the call.
  static std::shared_ptr<Call> Start(const std::shared_ptr<grpc::Channel>& channel,
                                     const std::string& method, const std::string& request,
                                     std::optional<std::chrono::nanoseconds> timeout,
                                     boost::asio::io_context& io, Taker takes);
  virtual ~Call() = default;

  // From `io`: after a message was taken; asks for the next one.
  virtual void ReadNext() = 0;
  // From `io`. No message comes any more; the end does.
  virtual void Cancel() = 0;
};

}  // namespace firmbench::web
