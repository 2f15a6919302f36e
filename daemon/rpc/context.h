// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every service needs, and the one wrapper through which every unary call runs: it says who
// asks, runs the handler, and turns its Result into what travels. Handlers run on gRPC's own
// threads: they read snapshots and the ledger and never wait for hardware; what takes long is
// posted to `slow`. References outlive the server.

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/inventory/inventory.h"
#include "daemon/inventory/lane.h"
#include "daemon/jobs/engine.h"
#include "daemon/jobs/second_copy.h"
#include "daemon/rpc/check.h"
#include "daemon/rpc/status.h"
#include "storage/checkpoint_signer.h"
#include "storage/storage.h"

namespace firmbench::rpc {

struct BenchFacts {
  bool simulated = false;
  std::string version;
  int64_t started_us = 0;
  Nanos usual_claim = std::chrono::minutes(30);  // of a claim that names no time
  std::string ledger_path;                       // of ledger.db
};

struct Context {
  storage::Ledger& ledger;
  inventory::Inventory& inventory;
  jobs::Engine& engine;
  inventory::Lane& watch;  // watchers are served here, one piece at a time
  inventory::Lane& slow;   // calls that walk the whole ledger
  Clock& clock;
  storage::CheckpointSigner& signer;
  BenchFacts facts;
  jobs::SecondCopy* second_copy = nullptr;  // nullptr: this bench keeps none
  // What the PC under the bench is like now; takes seconds. May be empty.
  std::function<std::vector<Check>()> check_machine = {};
};

// Who asks. Comes from the connection, never from a field of the request.
struct Caller {
  std::string principal;
};

inline Caller CallerOf(const grpc::CallbackServerContext& context) {
  // A Unix socket's file permissions decided who may connect; the kernel's word for who it was is
  // not to be had from this version of gRPC, so the entry says no more than is known.
  return {context.peer().rfind("unix:", 0) == 0 ? "local" : "remote"};
}

// Runs `handler(const Caller&) -> Result<Response>` and finishes the call.
template <typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, Response* response,
                                Handler&& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Result<Response> result = handler(CallerOf(*context));
  if (result) {
    *response = std::move(*result);
    reactor->Finish(grpc::Status::OK);
  } else {
    reactor->Finish(ToGrpc(result.error()));
  }
  return reactor;
}

// The same on the lane for slow calls; `handler` is copied and must not refer to the stack.
template <typename Response, typename Handler>
grpc::ServerUnaryReactor* SlowUnary(const Context& bench, grpc::CallbackServerContext* context,
                                    Response* response, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Caller caller = CallerOf(*context);
  const bool posted = bench.slow.Post([reactor, response, caller, handler = std::move(handler)] {
    Result<Response> result = handler(caller);
    if (result) *response = std::move(*result);
    reactor->Finish(result ? grpc::Status::OK : ToGrpc(result.error()));
  });
  if (!posted) {
    reactor->Finish(ToGrpc(Unavailable("SHUTTING_DOWN", "the daemon is stopping")));
  }
  return reactor;
}

// A page as the API asks for it: sizes outside 1..1000 are brought inside, 0 means 100.
// PAGE_TOKEN_INVALID.
Result<storage::Page> PageOf(int page_size, const std::string& page_token);

// Texts from outside are bounded before they are kept: FIELD_TOO_LONG.
inline constexpr size_t kLongestText = 1000;
Status CheckLength(const std::string& text, size_t longest);
// What a person answers for comes with a reason: REASON_REQUIRED, FIELD_TOO_LONG.
Status CheckReason(const std::string& reason);

// "U-0001" for a unit's id, "" for none or one that is not there.
std::string NumberOfUnit(storage::Ledger& ledger, const std::string& unit_id);

}  // namespace firmbench::rpc
