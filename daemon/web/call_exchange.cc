// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/call_exchange.h"

#include <optional>
#include <utility>

#include "daemon/web/call.h"

namespace firmbench::web {
namespace {

CallEnd EndOf(Bridge& bridge, const Error& error) {
  return {static_cast<int>(error.code()), error.message(), bridge.door.DetailsOf(error)};
}

class CallExchange final : public OneExchange {
 public:
  CallExchange(Bridge& bridge, Request request, const std::shared_ptr<Peer>& peer, Form form)
      : OneExchange(bridge, std::move(request), peer), form_(form) {}

  void Run() override {
    const Status begun = Begin();
    if (!begun) FinishWith(EndOf(bridge_, begun.error()));
  }

  void Gone() override {
    OneExchange::Gone();
    if (call_) call_->Cancel();
  }

  void CheckSession() override {
    if (!call_ || session_ended_) return;
    const auto id = bridge_.door.IdOf(SessionIn(request_));
    if (id) return;
    session_ended_ = EndOf(bridge_, id.error());
    call_->Cancel();
  }

 private:
  Status Begin() {
    const std::string session = SessionIn(request_);
    ASSIGN_OR_RETURN(session_id_, bridge_.door.IdOf(session));
    std::optional<std::chrono::nanoseconds> timeout;
    if (!request_.timeout.empty()) {
      ASSIGN_OR_RETURN(timeout, TimeoutFrom(request_.timeout));
    }
    std::string bytes;
    if (form_ == Form::kText) {
      ASSIGN_OR_RETURN(bytes, FromText(request_.body));
    }
    ASSIGN_OR_RETURN(const std::string message,
                     MessageIn(form_ == Form::kText ? bytes : request_.body));
    ASSIGN_OR_RETURN(const auto channel, bridge_.lines.To(session, session_id_));
    const auto self = std::static_pointer_cast<CallExchange>(shared_from_this());
    call_ = Call::Start(channel, std::string(request_.path()), message, timeout, bridge_.io,
                        {.message = [self](std::string text) { self->OnMessage(text); },
                         .end = [self](CallEnd end) { self->OnEnd(std::move(end)); }});
    return Ok();
  }

  void OnMessage(const std::string& message) {
    const auto peer = peer_.lock();
    if (!peer) return call_->Cancel();
    const std::string frame = MessageFrame(message);
    std::string bytes =
        std::exchange(began_, true) ? std::string() : StreamHeader(form_, !request_.keep_alive);
    bytes += Chunk(form_ == Form::kText ? ToText(frame) : frame);
    writing_ = true;
    const auto self = std::static_pointer_cast<CallExchange>(shared_from_this());
    peer->Write(std::move(bytes), [self] { self->OnWritten(); });
  }

  void OnWritten() {
    writing_ = false;
    if (end_) return FinishWith(*end_);
    if (call_) call_->ReadNext();
  }

  void OnEnd(CallEnd end) {
    call_.reset();
    session_id_.clear();
    if (session_ended_) end = *session_ended_;
    if (writing_) {
      end_ = std::move(end);
    } else {
      FinishWith(end);
    }
  }

  void FinishWith(const CallEnd& end) {
    if (!began_) return Finish(EndAnswer(end, form_));
    const std::string frame = EndFrame(end);
    const auto peer = peer_.lock();
    if (!peer) return;
    peer->Finish(Chunk(form_ == Form::kText ? ToText(frame) : frame) + std::string(kLastChunk),
                 !request_.keep_alive);
  }

  const Form form_;
  std::shared_ptr<Call> call_;
  bool began_ = false;
  bool writing_ = false;
  std::optional<CallEnd> end_;
  std::optional<CallEnd> session_ended_;
};

}  // namespace

std::shared_ptr<OneExchange> MakeCallExchange(Bridge& bridge, Request request,
                                              const std::shared_ptr<Peer>& peer, Form form) {
  return std::make_shared<CallExchange>(bridge, std::move(request), peer, form);
}

}  // namespace firmbench::web
