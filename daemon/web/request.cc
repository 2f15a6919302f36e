// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/request.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace firmbench::web {
namespace {

constexpr std::string_view kApi = "/firmbench.v1.";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kJsonBlanks = " \t\r\n";
constexpr size_t kLongestSecret = 200;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsName(std::string_view text) {
  constexpr size_t kLongest = 100;
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

bool IsSecret(std::string_view text) {
  return !text.empty() && text.size() <= kLongestSecret &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLetter(c) || IsDigit(c) || c == '_'; });
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes what stands before `separator`, and it, away from the text.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return Trimmed(part);
}

// Takes `expected`, and blanks before it, from the start of the text.
bool Take(std::string_view& text, std::string_view expected) {
  text = text.substr(std::min(text.find_first_not_of(kJsonBlanks), text.size()));
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace

std::string_view Request::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

bool IsCallPath(std::string_view path) {
  if (!path.starts_with(kApi)) return false;
  path.remove_prefix(kApi.size());
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view service = path.substr(0, slash);
  return IsName(service) && IsName(path.substr(slash + 1)) && service != "EnrollmentService";
}

Route RouteOf(const Request& request) {
  const std::string_view path = request.path();
  if (path == "/session") {
    return request.method == "POST" || request.method == "DELETE" ? Route::kSession
                                                                  : Route::kNothing;
  }
  if (path.starts_with(kApi)) {
    return request.method == "POST" && IsCallPath(path) ? Route::kCall : Route::kNothing;
  }
  if (!request.only_reads()) return Route::kNothing;
  return path == "/metrics" ? Route::kMetrics : Route::kPage;
}

Status CheckOrigin(const Request& request) {
  const bool here = request.origin.empty() || request.origin == "https://" + request.host;
  const bool same = request.fetch_site.empty() || request.fetch_site == "same-origin";
  if (request.mark == "1" && here && same) return Ok();
  return Error(Code::kPermissionDenied, "CROSS_ORIGIN",
               "only the bench's own page may call the bench through a browser");
}

std::string SessionIn(const Request& request) {
  std::string found;
  for (std::string_view rest = request.cookie; !rest.empty();) {
    std::string_view pair = TakeUntil(rest, ';');
    if (TakeUntil(pair, '=') != kCookie) continue;
    // Two of them: somebody put one there.
    if (!found.empty() || !IsSecret(pair)) return {};
    found = pair;
  }
  return found;
}

std::optional<Form> FormOf(std::string_view content_type) {
  const std::string type = Lower(TakeUntil(content_type, ';'));
  if (type == "application/grpc-web" || type == "application/grpc-web+proto") return Form::kBinary;
  if (type == "application/grpc-web-text" || type == "application/grpc-web-text+proto") {
    return Form::kText;
  }
  return std::nullopt;
}

Result<std::chrono::nanoseconds> TimeoutFrom(std::string_view text) {
  constexpr size_t kMostDigits = 8;
  constexpr std::pair<char, int64_t> kUnits[] = {
      {'H', 3'600'000'000'000}, {'M', 60'000'000'000}, {'S', 1'000'000'000},
      {'m', 1'000'000},         {'u', 1'000},          {'n', 1}};
  const auto unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                 [&](const auto& known) { return text.ends_with(known.first); });
  const bool digits = text.size() >= 2 && text.size() <= kMostDigits + 1 &&
                      std::all_of(text.begin(), text.end() - 1, IsDigit);
  if (unit == std::end(kUnits) || !digits) {
    return InvalidArgument("TIMEOUT_INVALID", "grpc-timeout is up to eight digits and a unit");
  }
  int64_t count = 0;
  for (const char c : text.substr(0, text.size() - 1)) count = 10 * count + (c - '0');
  // Longer than any session.
  constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24);
  if (count > kLongest.count() / unit->second) return kLongest;
  return std::chrono::nanoseconds(count * unit->second);
}

bool AcceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view choice = TakeUntil(accept_encoding, ',');
    if (Lower(TakeUntil(choice, ';')) != "gzip") continue;
    const std::string weight = Lower(Trimmed(choice));
    // "q=0", "q=0.000": not at all.
    return !weight.starts_with("q=0") || weight.find_first_not_of("0.", 2) != std::string::npos;
  }
  return false;
}

bool HasEtag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view one = TakeUntil(if_none_match, ',');
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
  }
  return false;
}

bool IsLoopback(std::string_view peer) {
  constexpr std::string_view kMapped = "::ffff:";
  if (peer.starts_with(kMapped)) peer.remove_prefix(kMapped.size());
  return peer.starts_with("127.") || peer == "::1";
}

Result<Credential> CredentialIn(std::string_view json) {
  const auto invalid =
      InvalidArgument("BODY_INVALID", "the body is {\"secret\":\"...\"} or {\"token\":\"...\"}");
  Credential credential;
  if (!Take(json, "{")) return invalid;
  if (Take(json, "\"token\"")) {
    credential.is_token = true;
  } else if (!Take(json, "\"secret\"")) {
    return invalid;
  }
  if (!Take(json, ":") || !Take(json, "\"")) return invalid;
  const size_t end = json.find('"');
  if (end == std::string_view::npos) return invalid;
  credential.text = json.substr(0, end);
  json.remove_prefix(end + 1);
  if (!IsSecret(credential.text) || !Take(json, "}")) return invalid;
  if (json.find_first_not_of(kJsonBlanks) != std::string_view::npos) return invalid;
  return credential;
}

}  // namespace firmbench::web
