// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all kinds of exchanges have: their request, and the peer as long as it is there. For the
// listener's thread.

#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "daemon/web/exchange.h"

namespace firmbench::web {

class OneExchange : public Exchange, public std::enable_shared_from_this<OneExchange> {
 public:
  OneExchange(Bridge& bridge, Request request, const std::shared_ptr<Peer>& peer)
      : bridge_(bridge), request_(std::move(request)), peer_(peer) {}

  virtual void Run() = 0;

  void Gone() override { peer_.reset(); }
  const std::string& running_for() const override { return session_id_; }
  void CheckSession() override {}

 protected:
  void Finish(const Answer& answer) {
    if (const auto peer = peer_.lock()) {
      peer->Finish(ToBytes(answer, !request_.keep_alive, request_.method == "HEAD"),
                   !request_.keep_alive);
    }
  }

  // Runs `work() -> Answer` where it may wait, and finishes with it.
  template <typename Work>
  void FinishSlowly(Work work) {
    boost::asio::post(bridge_.slow, [self = shared_from_this(), work = std::move(work)] {
      boost::asio::post(self->bridge_.io, [self, answer = work()] { self->Finish(answer); });
    });
  }

  Bridge& bridge_;
  const Request request_;
  std::weak_ptr<Peer> peer_;
  std::string session_id_;
};

}  // namespace firmbench::web
