// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sends one blob, or bytes, to a client in pieces, the next when the client took the last. gRPC
// owns the reactor through its callbacks; it deletes itself in OnDone.

#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <utility>

#include "daemon/rpc/context.h"

namespace firmbench::rpc {

// Piece is a message with offset_bytes and data.
template <typename Piece>
class BlobStream final : public grpc::ServerWriteReactor<Piece> {
 public:
  static constexpr size_t kPieceBytes = 1 << 20;

  // `sha256` names the blob, or is the error to end with.
  BlobStream(const Context& bench, Caller caller, const Result<std::string>& sha256)
      : BlobStream(bench, std::move(caller), [&]() -> Result<Bytes> {
          if (!sha256) return sha256.error();
          return bench.ledger.ReadBlob(*sha256);
        }()) {}

  // The same for bytes that are in no blob.
  BlobStream(const Context& bench, Caller caller, Result<Bytes> bytes)
      : access_(bench.access), caller_(std::move(caller)) {
    if (!bytes) {
      this->Finish(ToGrpc(bytes.error()));
      return;
    }
    bytes_ = std::move(*bytes);
    Next();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      this->Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    const Status standing = access_.CheckStanding(caller_);
    if (!standing || offset_ == bytes_.size()) {
      this->Finish(standing ? grpc::Status::OK : ToGrpc(standing.error()));
      return;
    }
    const size_t length = std::min(kPieceBytes, bytes_.size() - offset_);
    piece_.set_offset_bytes(static_cast<int64_t>(offset_));
    piece_.set_data(bytes_.data() + offset_, length);
    offset_ += length;
    this->StartWrite(&piece_);
  }

  Access& access_;
  const Caller caller_;
  Bytes bytes_;  // a memory of a drive, or a trace: bounded, both
  size_t offset_ = 0;
  Piece piece_;
};

}  // namespace firmbench::rpc
