// SPDX-License-Identifier: Apache-2.0
#pragma once

// How much of a connection's calls gRPC still holds, read off the HTTP/2 frames (RFC 9113, 4.1)
// that pass both ways: gRPC 1.51 takes in as much of a message as its first bytes say, from all
// calls at once, and its own ResourceQuota acts too late (measured: 200 MiB under one of 16). No
// RPC of ours takes a stream of requests, so what a call has sent is freed with its end. Not
// thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

namespace firmbench::rpc {

// Cuts one direction of a connection into frames; payloads are counted, not kept.
class FrameReader {
 public:
  // `skip` bytes come before the first frame.
  explicit FrameReader(size_t skip) : skip_(skip) {}

  struct Frame {
    uint8_t type = 0;
    uint8_t flags = 0;
    uint32_t stream = 0;
    uint32_t length = 0;  // of its payload
  };
  // Calls `seen(const Frame&)` for every header that these bytes complete.
  template <typename Seen>
  void Take(const uint8_t* bytes, size_t count, const Seen& seen) {
    while (count > 0) {
      const size_t used = skip_ > 0 ? Skip(count) : Fill(bytes, count);
      bytes += used;
      count -= used;
      if (filled_ == header_.size()) seen(Finish());
    }
  }

 private:
  size_t Skip(size_t count);
  size_t Fill(const uint8_t* bytes, size_t count);
  Frame Finish();

  uint64_t skip_;
  std::array<uint8_t, 9> header_{};
  size_t filled_ = 0;
};

class UnfinishedCalls {
 public:
  void FromClient(const uint8_t* bytes, size_t count);
  void FromServer(const uint8_t* bytes, size_t count);

  // Bytes of calls that have not ended.
  uint64_t held() const { return held_; }
  // Bytes of calls that the client gave up, since the connection began: gRPC frees them when it
  // comes to it.
  uint64_t given_up() const { return given_up_; }

 private:
  uint64_t Forget(uint32_t stream);

  FrameReader client_{24};  // behind the client's preface (3.4)
  FrameReader server_{0};
  uint32_t newest_ = 0;                 // stream that the client began
  std::map<uint32_t, uint64_t> bytes_;  // of calls that run, by stream
  uint64_t held_ = 0;
  uint64_t given_up_ = 0;
};

}  // namespace firmbench::rpc
