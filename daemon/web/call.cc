// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/call.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

namespace firmbench::web {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

class BridgedCall final : public Call,
                          public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public std::enable_shared_from_this<BridgedCall> {
 public:
  BridgedCall(const std::string& request, boost::asio::io_context& io, Taker takes)
      : request_(ToBuffer(request)),
        io_(io),
        work_(boost::asio::make_work_guard(io)),
        takes_(std::move(takes)) {}

  void Start(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             std::optional<std::chrono::nanoseconds> timeout) {
    channel_ = channel;
    if (timeout) {
      context_.set_deadline(
          std::chrono::system_clock::now() +
          std::chrono::duration_cast<std::chrono::system_clock::duration>(*timeout));
    }
    running_ = shared_from_this();
    grpc::GenericStub(channel).PrepareBidiStreamingCall(&context_, method, {}, this);
    // Held until everything that came is read: the end waits for it.
    AddHold();
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&response_);
    StartCall();
  }

  void ReadNext() override {
    if (reading_) return;
    reading_ = true;
    StartRead(&response_);
  }

  void Cancel() override {
    if (cancelled_) return;
    cancelled_ = true;
    context_.TryCancel();
    if (!read_all_) ReadNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      boost::asio::post(io_, [self = shared_from_this()] {
        self->read_all_ = true;
        self->RemoveHold();
      });
      return;
    }
    boost::asio::post(io_, [self = shared_from_this(), message = ToString(response_)]() mutable {
      self->reading_ = false;
      if (self->cancelled_) {
        self->ReadNext();
      } else {
        self->takes_.message(std::move(message));
      }
    });
  }

  void OnDone(const grpc::Status& status) override {
    boost::asio::post(
        io_, [self = std::move(running_), end = CallEnd{status.error_code(), status.error_message(),
                                                        status.error_details()}]() mutable {
          const Taker takes = std::exchange(self->takes_, {});
          takes.end(std::move(end));
        });
  }

 private:
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  boost::asio::io_context& io_;
  // Whoever runs `io_` goes on until gRPC has done with the call.
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Taker takes_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext context_;
  std::shared_ptr<BridgedCall> running_;  // itself, until gRPC has done with it
  // Of `io`:
  bool reading_ = true;
  bool read_all_ = false;
  bool cancelled_ = false;
};

}  // namespace

std::shared_ptr<Call> Call::Start(const std::shared_ptr<grpc::Channel>& channel,
                                  const std::string& method, const std::string& request,
                                  std::optional<std::chrono::nanoseconds> timeout,
                                  boost::asio::io_context& io, Taker takes) {
  auto call = std::make_shared<BridgedCall>(request, io, std::move(takes));
  call->Start(channel, method, timeout);
  return call;
}

}  // namespace firmbench::web
