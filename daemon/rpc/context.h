// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every service needs, and the one way in: every call passes Authorise before anything of its
// handler runs, and its Result becomes what travels. Handlers run on gRPC's own
// threads: they read snapshots and the ledger and never wait for hardware; what takes long is
// posted to `slow`. References outlive the server.

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/inventory/inventory.h"
#include "daemon/inventory/lane.h"
#include "daemon/jobs/engine.h"
#include "daemon/jobs/second_copy.h"
#include "daemon/rpc/access.h"
#include "daemon/rpc/check.h"
#include "daemon/rpc/status.h"
#include "storage/checkpoint_signer.h"
#include "storage/storage.h"

namespace firmbench::rpc {

struct BenchFacts {
  bool simulated = false;
  std::string version;
  int64_t started_us = 0;
  // Of a claim that names no time; any thread.
  std::function<Nanos()> usual_claim = [] { return Nanos(std::chrono::minutes(30)); };
  std::string ledger_path;   // of ledger.db
  std::string page_address;  // "HOST:PORT" of the page; "" for no page
};

struct Enrollment;  // daemon/rpc/enrollment_service.h

// Points nowhere until the bench listens on the network, which may be long after its start; then
// all copies point there for good. Any thread.
class EnrollmentPointer {
 public:
  EnrollmentPointer& operator=(const Enrollment* enrollment) {
    *place_ = enrollment;
    return *this;
  }
  operator const Enrollment*() const { return *place_; }
  const Enrollment* operator->() const { return *place_; }

 private:
  std::shared_ptr<std::atomic<const Enrollment*>> place_ =
      std::make_shared<std::atomic<const Enrollment*>>(nullptr);
};

struct Context {
  storage::Ledger& ledger;
  inventory::Inventory& inventory;
  jobs::Engine& engine;
  inventory::Lane& watch;  // watchers are served here, one piece at a time
  inventory::Lane& slow;   // calls that walk the whole ledger
  Clock& clock;
  storage::CheckpointSigner& signer;
  Access& access;
  BenchFacts facts;
  jobs::SecondCopy* second_copy = nullptr;  // nullptr: this bench keeps none
  // What the PC under the bench is like now; takes seconds. May be empty.
  std::function<std::vector<Check>()> check_machine = {};
  // nullptr: this bench does not listen on the network.
  EnrollmentPointer enrollment = {};
  // Whose connections these services serve. A token with a call speaks for its own principal
  // instead.
  Caller peer = {};
};

// Who makes this call, and may they? Comes from the connection or from a token in the metadata
// `authorization`, never from a field of the request; other metadata is not looked at. The row of
// the RPC is found by its request. TOKEN_INVALID, ROLE_REQUIRED,
// CREDENTIAL_ENDED, and what the peer was refused with.
Result<Caller> Authorise(const Context& bench, const grpc::ServerContextBase& context,
                         std::string_view request_full_name);

// Every RPC is one of the four below; nothing of it runs before Authorise has let it through.
//
// Runs `handler(const Caller&) -> Result<Response>` and finishes the call.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Unary(const Context& bench, grpc::CallbackServerContext* context,
                                const Request*, Response* response, Handler&& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Result<Response> result = [&]() -> Result<Response> {
    ASSIGN_OR_RETURN(const Caller caller,
                     Authorise(bench, *context, Request::descriptor()->full_name()));
    return handler(caller);
  }();
  if (result) {
    *response = std::move(*result);
    reactor->Finish(grpc::Status::OK);
  } else {
    reactor->Finish(ToGrpc(result.error()));
  }
  return reactor;
}

// A request that is kept while something is waited for, or a stream runs, is small, whatever it
// carries along that no field knows. REQUEST_TOO_LARGE.
Status CheckKept(const google::protobuf::Message& request);

// Runs `begin(const Caller&, reactor) -> Status`, which sees to it that the reactor is finished
// later, unless it returns an error.
template <typename Request, typename Begin>
grpc::ServerUnaryReactor* LaterUnary(const Context& bench, grpc::CallbackServerContext* context,
                                     const Request* request, Begin&& begin) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Status begun = [&]() -> Status {
    ASSIGN_OR_RETURN(const Caller caller,
                     Authorise(bench, *context, Request::descriptor()->full_name()));
    RETURN_IF_ERROR(CheckKept(*request));
    return begin(caller, reactor);
  }();
  if (!begun) reactor->Finish(ToGrpc(begun.error()));
  return reactor;
}

// As Unary, on the lane for slow calls; `handler` is copied and must not refer to the stack.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* SlowUnary(const Context& bench, grpc::CallbackServerContext* context,
                                    const Request* request, Response* response, Handler handler) {
  return LaterUnary(bench, context, request,
                    [&](const Caller& caller, grpc::ServerUnaryReactor* reactor) -> Status {
                      const bool posted = bench.slow.Post(
                          [reactor, response, caller, handler = std::move(handler)] {
                            Result<Response> result = handler(caller);
                            if (result) *response = std::move(*result);
                            reactor->Finish(result ? grpc::Status::OK : ToGrpc(result.error()));
                          });
                      if (!posted) return Unavailable("SHUTTING_DOWN", "the daemon is stopping");
                      return Ok();
                    });
}

// A stream that ends at once.
template <typename Piece>
class RefusedStream final : public grpc::ServerWriteReactor<Piece> {
 public:
  explicit RefusedStream(const Error& error) { this->Finish(ToGrpc(error)); }
  void OnDone() override { delete this; }
};

// Returns what `start(const Caller&) -> ServerWriteReactor*` makes. The reactor keeps the caller as
// long as it lives, and asks Access::CheckStanding before every message.
template <typename Piece, typename Request, typename Start>
grpc::ServerWriteReactor<Piece>* Stream(const Context& bench, grpc::CallbackServerContext* context,
                                        const Request* request, Start&& start) {
  Result<Caller> caller = Authorise(bench, *context, Request::descriptor()->full_name());
  if (!caller) return new RefusedStream<Piece>(caller.error());
  if (const Status small = CheckKept(*request); !small) {
    return new RefusedStream<Piece>(small.error());
  }
  if (const Status taken = bench.access.TakeStream(*caller); !taken) {
    return new RefusedStream<Piece>(taken.error());
  }
  return start(*caller);
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
