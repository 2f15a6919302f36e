// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the body of a call from a browser. What is taken is exactly one message, which comes
// out as it went in, and what goes out as text comes back.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/web/frames.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace firmbench::web;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto message = MessageIn(body);
  if (message && MessageFrame(*message) != body) std::abort();
  const auto bytes = FromText(body);
  if (bytes && bytes->size() > body.size() / 4 * 3) std::abort();
  const auto again = FromText(ToText(body));
  if (!again || *again != body) std::abort();
  // A message of a server, however it looks, stays within its line.
  const std::string end = EndFrame({.code = 2, .message = std::string(body), .details = "x"});
  const auto lines = std::count(end.begin() + kFrameHeader, end.end(), '\n');
  if (lines != (body.empty() ? 2 : 3)) std::abort();
  for (const char c : PercentEncoded(body)) {
    if (c < ' ' || c > '~') std::abort();
  }
  return 0;
}
