// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/answer.h"

#include <fmt/format.h>

#include <cstdint>

namespace firmbench::web {
namespace {

// The connection is TLS with a certificate of the bench's own authority: Strict-Transport-Security
// would lock out who has not accepted it, so it is not there.
constexpr std::string_view kSecurity =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; manifest-src 'self'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: accelerometer=(), autoplay=(self), camera=(), clipboard-read=(), "
    "display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()\r\n";

std::string_view WordsOf(int status) {
  constexpr std::pair<int, std::string_view> kWords[] = {
      {200, "OK"},
      {204, "No Content"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {503, "Service Unavailable"},
  };
  for (const auto& [code, words] : kWords) {
    if (code == status) return words;
  }
  return "Internal Server Error";
}

std::string StatusLine(int status) {
  return fmt::format("HTTP/1.1 {} {}\r\n", status, WordsOf(status));
}

std::string_view TypeOf(Form form) {
  return form == Form::kText ? "application/grpc-web-text+proto" : "application/grpc-web+proto";
}

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<uint8_t>(c) < ' ') {
      json += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace

std::string ToBytes(const Answer& answer, bool close, bool only_header) {
  std::string bytes = StatusLine(answer.status);
  bytes += kSecurity;
  for (const auto& [name, value] : answer.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  if (!answer.content_type.empty()) {
    bytes += fmt::format("Content-Type: {}\r\n", answer.content_type);
  }
  if (answer.status != 204 && answer.status != 304) {
    bytes += fmt::format("Content-Length: {}\r\n", answer.body.size());
  }
  bytes += close ? "Connection: close\r\n\r\n" : "\r\n";
  if (!only_header) bytes += answer.body;
  return bytes;
}

Answer JsonAnswer(int status, const Error& error) {
  std::string json = fmt::format("{{\"reason\":{},\"message\":{}", JsonText(error.reason()),
                                 JsonText(error.message()));
  if (!error.remedy().empty()) json += ",\"remedy\":" + JsonText(error.remedy());
  return {.status = status,
          .content_type = "application/json",
          .headers = {{"Cache-Control", "no-store"}},
          .body = json + "}\n"};
}

Answer EndAnswer(const CallEnd& end, Form form) {
  Answer answer{
      .content_type = std::string(TypeOf(form)),
      .headers = {{"Cache-Control", "no-store"}, {"grpc-status", std::to_string(end.code)}}};
  if (!end.message.empty()) {
    answer.headers.emplace_back("grpc-message", PercentEncoded(end.message));
  }
  if (!end.details.empty()) {
    answer.headers.emplace_back("grpc-status-details-bin", Unpadded(ToText(end.details)));
  }
  return answer;
}

std::string StreamHeader(Form form, bool close) {
  std::string header = StatusLine(200);
  header += kSecurity;
  header +=
      fmt::format("Content-Type: {}\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n",
                  TypeOf(form));
  header += close ? "Connection: close\r\n\r\n" : "\r\n";
  return header;
}

std::string Chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

std::string CookieOf(std::string_view session, long long seconds) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite=Strict", kCookie,
                     session, seconds);
}

std::string EndedCookie() { return CookieOf("", 0); }

}  // namespace firmbench::web
