// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/services.h"

#include <utility>

namespace firmbench::rpc {
namespace {

Context With(Context bench, Caller peer) {
  bench.peer = std::move(peer);
  return bench;
}

}  // namespace

Services::Services(const Context& bench, Uploads& uploads, Caller peer)
    : bench_(With(bench, std::move(peer))),
      drives_(bench_),
      units_(bench_),
      dumps_(bench_, uploads),
      images_(bench_, uploads),
      jobs_(bench_),
      audit_(bench_),
      benches_(bench_),
      search_(bench_),
      records_(bench_, uploads),
      ledger_(bench_),
      access_(bench_) {}

void Services::Register(grpc::ServerBuilder& builder) {
  for (grpc::Service* service :
       std::initializer_list<grpc::Service*>{&drives_, &units_, &dumps_, &images_, &jobs_, &audit_,
                                             &benches_, &search_, &records_, &ledger_, &access_}) {
    builder.RegisterService(service);
  }
}

}  // namespace firmbench::rpc
