// SPDX-License-Identifier: Apache-2.0
#pragma once

// What goes back to a browser, as bytes. Every answer carries the headers that close the page: no
// script, style, frame or connection of anybody else. Pure; any thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/error.h"
#include "daemon/web/frames.h"
#include "daemon/web/request.h"

namespace firmbench::web {

struct Answer {
  int status = 200;
  std::string content_type = {};  // "" when there is no body
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

// Header and body. `close`: the connection ends with it. `only_header`: HEAD.
std::string ToBytes(const Answer& answer, bool close, bool only_header = false);

// {"reason":"...","message":"...","remedy":"..."}
Answer JsonAnswer(int status, const Error& error);

// A call that ends without a message: all is in the header.
Answer EndAnswer(const CallEnd& end, Form form);

// The header of a call whose messages and end follow as chunks.
std::string StreamHeader(Form form, bool close);
std::string Chunk(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Values of Set-Cookie.
std::string CookieOf(std::string_view session, long long seconds);
std::string EndedCookie();

}  // namespace firmbench::web
