// SPDX-License-Identifier: Apache-2.0
#pragma once

// gRPC-Web as bytes: a message, or the end of a call, is a frame of a flag, a length of 4 bytes
// (big-endian) and the bytes themselves; its text form is that in base64. From the protocol's
// description, PROTOCOL-WEB.md of grpc/grpc. Pure; any thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace firmbench::web {

inline constexpr size_t kFrameHeader = 5;

// How a call ended.
struct CallEnd {
  int code = 0;         // as in google.rpc.Code
  std::string message;  // any bytes
  std::string details;  // a serialised google.rpc.Status; may be empty
};

// The one message in the body of a request. FRAME_INVALID (cut off, more than one, compressed, a
// trailer).
Result<std::string> MessageIn(std::string_view body);

// Of base64 whose padded parts may follow one another. FRAME_INVALID.
Result<std::string> FromText(std::string_view text);
std::string ToText(std::string_view bytes);

std::string MessageFrame(std::string_view message);
std::string EndFrame(const CallEnd& end);

// As the headers "grpc-message" and "grpc-status-details-bin" carry them.
std::string PercentEncoded(std::string_view message);
std::string Unpadded(std::string_view base64);

}  // namespace firmbench::web
