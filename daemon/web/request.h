// SPDX-License-Identifier: Apache-2.0
#pragma once

// What of a request the listener looks at, and what it makes of it before anybody is asked. Nothing
// else that a browser sends is kept, so nothing else can reach the API. Pure; any thread.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace firmbench::web {

// The longest message of the API and its frame, as text.
inline constexpr size_t kMostBody = 3U << 20;
// Of somebody without a session, and of what opens or ends one.
inline constexpr size_t kMostBodyOfStrangers = 16U << 10;

inline constexpr std::string_view kCookie = "__Host-firmbench";

// A header that is not there is "".
struct Request {
  std::string method;
  std::string target;  // path and query
  std::string host;
  std::string origin;
  std::string fetch_site;
  std::string mark;  // X-Firmbench
  std::string content_type;
  std::string cookie;
  std::string timeout;
  std::string accept_encoding;
  std::string if_none_match;
  bool keep_alive = true;
  std::string peer;  // the address it came from, in numbers
  std::string body;

  // Without the query.
  std::string_view path() const;
  // "GET" or "HEAD".
  bool only_reads() const { return method == "GET" || method == "HEAD"; }
};

enum class Route : unsigned char {
  kCall,     // an RPC of the API
  kSession,  // opens or ends a session
  kMetrics,
  kPage,
  kNothing,  // no such method there
};
Route RouteOf(const Request& request);

// Whether `path` is that of an RPC that can be called through here: "/firmbench.v1.S/M". Health,
// reflection and enrolment are not.
bool IsCallPath(std::string_view path);

// Only a page of this very listener can make a request that changes or tells something: scripts of
// other origins can neither set the mark without being asked for CORS, which is never granted, nor
// hide where they come from. CROSS_ORIGIN.
Status CheckOrigin(const Request& request);

// The session's secret; "" for none or for one that nobody was given.
std::string SessionIn(const Request& request);

// "application/grpc-web+proto" or "-text": which of the two, nullopt for neither.
enum class Form : unsigned char { kBinary, kText };
std::optional<Form> FormOf(std::string_view content_type);

// "20S", "500m": at most eight digits and a unit. TIMEOUT_INVALID.
Result<std::chrono::nanoseconds> TimeoutFrom(std::string_view text);

bool AcceptsGzip(std::string_view accept_encoding);
// Whether `etag` (with its quotes) is among those that the client has.
bool HasEtag(std::string_view if_none_match, std::string_view etag);
bool IsLoopback(std::string_view peer);

// {"secret":"..."} or {"token":"..."}: one text of letters, digits, '_', at most 200. BODY_INVALID.
struct Credential {
  bool is_token = false;
  std::string text;
};
Result<Credential> CredentialIn(std::string_view json);

}  // namespace firmbench::web
