// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/limits.h"

#include <algorithm>

namespace firmbench::rpc {
namespace {

// RFC 9113, 6.
constexpr uint8_t kData = 0;
constexpr uint8_t kHeaders = 1;
constexpr uint8_t kReset = 3;
constexpr uint8_t kEndStream = 1;

}  // namespace

size_t FrameReader::Skip(size_t count) {
  const auto skipped = static_cast<size_t>(std::min<uint64_t>(skip_, count));
  skip_ -= skipped;
  return skipped;
}

size_t FrameReader::Fill(const uint8_t* bytes, size_t count) {
  const size_t taken = std::min(count, header_.size() - filled_);
  std::copy_n(bytes, taken, header_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += taken;
  return taken;
}

FrameReader::Frame FrameReader::Finish() {
  const auto number = [&](size_t begin, size_t size) {
    uint32_t value = 0;
    for (size_t i = begin; i < begin + size; ++i) value = value << 8 | header_[i];
    return value;
  };
  const Frame frame{.type = header_[3],
                    .flags = header_[4],
                    .stream = number(5, 4) & 0x7fffffff,
                    .length = number(0, 3)};
  filled_ = 0;
  skip_ = frame.length;
  return frame;
}

void UnfinishedCalls::FromClient(const uint8_t* bytes, size_t count) {
  client_.Take(bytes, count, [this](const FrameReader::Frame& frame) {
    if (frame.type == kHeaders) {
      // Numbers only rise (5.1.1): what comes for one of before begins no call.
      if (frame.stream <= newest_) return;
      newest_ = frame.stream;
      bytes_.try_emplace(frame.stream, 0);
    } else if (frame.type == kData) {
      // What comes behind a call's end is thrown away.
      const auto found = bytes_.find(frame.stream);
      if (found == bytes_.end()) return;
      found->second += frame.length;
      held_ += frame.length;
    } else if (frame.type == kReset) {
      given_up_ += Forget(frame.stream);
    }
  });
}

void UnfinishedCalls::FromServer(const uint8_t* bytes, size_t count) {
  server_.Take(bytes, count, [this](const FrameReader::Frame& frame) {
    const bool last =
        (frame.type == kData || frame.type == kHeaders) && (frame.flags & kEndStream) != 0;
    if (last || frame.type == kReset) Forget(frame.stream);
  });
}

uint64_t UnfinishedCalls::Forget(uint32_t stream) {
  const auto found = bytes_.find(stream);
  if (found == bytes_.end()) return 0;
  const uint64_t bytes = found->second;
  bytes_.erase(found);
  held_ -= bytes;
  return bytes;
}

}  // namespace firmbench::rpc
