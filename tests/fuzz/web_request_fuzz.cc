// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what of a browser's request is looked at, one line for each header. A session and a
// secret are plain letters, a call's path is that of an RPC, and a path of a file leads nowhere
// else.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/web/page_files.h"
#include "daemon/web/request.h"

namespace {

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace firmbench::web;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Request request;
  const std::array<std::string*, 12> fields = {
      &request.method,          &request.target,        &request.host,
      &request.origin,          &request.fetch_site,    &request.mark,
      &request.content_type,    &request.cookie,        &request.timeout,
      &request.accept_encoding, &request.if_none_match, &request.body};
  for (std::string* field : fields) {
    const size_t end =
        field == fields.back() ? rest.size() : std::min(rest.find('\n'), rest.size());
    *field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (RouteOf(request) == Route::kCall &&
      (!IsCallPath(request.path()) || request.path().find("..") != std::string_view::npos)) {
    std::abort();
  }
  if (CheckOrigin(request) && !request.origin.empty() &&
      request.origin != "https://" + request.host) {
    std::abort();
  }
  if (!IsPlain(SessionIn(request))) std::abort();
  const auto timeout = TimeoutFrom(request.timeout);
  if (timeout && (*timeout < std::chrono::nanoseconds(0) || *timeout > std::chrono::hours(24))) {
    std::abort();
  }
  const auto credential = CredentialIn(request.body);
  if (credential && (credential->text.empty() || !IsPlain(credential->text))) std::abort();
  static_cast<void>(FormOf(request.content_type));
  static_cast<void>(AcceptsGzip(request.accept_encoding));
  static_cast<void>(HasEtag(request.if_none_match, "\"a\""));
  static_cast<void>(IsLoopback(request.host));
  // A folder that is not there: whatever is found was found outside.
  if (PageFiles("/nonexistent/page").Find(request.path(), true)) std::abort();
  return 0;
}
