// SPDX-License-Identifier: Apache-2.0
#pragma once

// SearchService: finds what is written of units, dumps, images and jobs. Thread-safe.

#include "daemon/rpc/context.h"
#include "firmbench/v1/search_service.grpc.pb.h"

namespace firmbench::rpc {

class SearchService final : public v1::SearchService::CallbackService {
 public:
  explicit SearchService(const Context& bench) : bench_(bench) {}

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchRequest* request,
                                   v1::SearchResponse* response) override;

 private:
  const Context& bench_;
};

// What a hit is, in words; "" for something that is not there any more.
std::string TitleOf(storage::Ledger& ledger, const storage::SearchHit& hit);

}  // namespace firmbench::rpc
