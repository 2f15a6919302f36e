// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole bench with its services in this process, as any caller one likes, without a socket.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/rpc/services.h"
#include "firmbench/v1/errors.pb.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::rpc {

// Wall and monotonic time go as the test says.
class SetClock final : public Clock {
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

// "OK", or the reason that travelled with the status.
inline std::string ReasonIn(const grpc::Status& status) {
  if (status.ok()) return "OK";
  v1::RpcStatus details;
  v1::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) || details.details().empty() ||
      !details.details(0).UnpackTo(&info)) {
    return "code " + std::to_string(status.error_code());
  }
  return info.reason();
}

class ServedBench {
 public:
  ServedBench()
      : bench("LTR-48246S"),
        signer(bench.ledger(), folder.Path(""), clock),
        access(bench.ledger(), clock),
        context{bench.ledger(), bench.inventory(), bench.engine(), watch, slow, clock, signer,
                access},
        uploads(clock) {
    access.OnEnd([this](const std::string&) { bench.hub().Notify(""); });
  }
  ~ServedBench() {
    for (const auto& way : ways_) {
      way->server->Shutdown(std::chrono::system_clock::now());
      way->server->Wait();
    }
  }

  // A way in for that caller; lives as long as the bench.
  std::shared_ptr<grpc::Channel> As(Caller caller) {
    auto& way = ways_.emplace_back(std::make_unique<Way>());
    way->services = std::make_unique<Services>(context, uploads, std::move(caller));
    grpc::ServerBuilder builder;
    way->services->Register(builder);
    way->server = builder.BuildAndStart();
    return way->server->InProcessChannel({});
  }
  std::shared_ptr<grpc::Channel> As(const std::string& name, Role role) {
    return As(Caller{.principal = name, .role = role, .known_by = "the test"});
  }

  test::BenchFixture bench;
  test::TempFolder folder;
  SetClock clock;
  inventory::Lane watch{"watchers"};
  inventory::Lane slow{"slow calls"};
  storage::CheckpointSigner signer;
  Access access;
  Context context;
  Uploads uploads;

 private:
  struct Way {
    std::unique_ptr<Services> services;
    std::unique_ptr<grpc::Server> server;
  };
  std::vector<std::unique_ptr<Way>> ways_;
};

}  // namespace firmbench::rpc
