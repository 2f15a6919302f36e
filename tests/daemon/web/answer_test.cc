// SPDX-License-Identifier: Apache-2.0
// What goes to a browser: the headers that close the page, cookies, ends of calls.

#include "daemon/web/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::web {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecurity[] = {
    "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; manifest-src 'self'\r\n",
    "\r\nX-Content-Type-Options: nosniff\r\n",
    "\r\nReferrer-Policy: no-referrer\r\n",
    "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
    "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
    "\r\nPermissions-Policy: ",
};

TEST(Answer, EveryKindIsClosed) {
  const std::string answers[] = {
      ToBytes({.status = 204}, false), ToBytes(JsonAnswer(401, NotFound("A", "b")), true),
      ToBytes(EndAnswer({.code = 16}, Form::kBinary), false), StreamHeader(Form::kText, false)};
  for (const std::string& answer : answers) {
    for (const char* header : kSecurity) EXPECT_THAT(answer, HasSubstr(header));
    EXPECT_THAT(answer, Not(HasSubstr("Access-Control")));
    EXPECT_THAT(answer, Not(HasSubstr("Strict-Transport-Security")));
  }
}

TEST(Answer, SaysHowLongItIs) {
  const std::string answer = ToBytes({.content_type = "text/plain", .body = "abc"}, false);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(answer.ends_with("Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"));
  EXPECT_TRUE(ToBytes({.body = "abc"}, true, true).ends_with("Connection: close\r\n\r\n"));
  EXPECT_THAT(ToBytes({.status = 204}, false), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(ToBytes({.status = 304}, false), Not(HasSubstr("Content-Length")));
}

TEST(Answer, ErrorsAreJson) {
  const Error error = NotFound("PAGE_MISSING", "no \"page\"\n in C:\\").WithRemedy("install it");
  EXPECT_EQ(JsonAnswer(404, error).body,
            "{\"reason\":\"PAGE_MISSING\",\"message\":\"no \\\"page\\\"\\u000a in C:\\\\\","
            "\"remedy\":\"install it\"}\n");
}

TEST(Answer, AnEndWithoutAMessageIsInTheHeader) {
  const std::string answer = ToBytes(
      EndAnswer({.code = 16, .message = "over\r\nX: y", .details = "\1\2"}, Form::kText), false);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\ngrpc-status: 16\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\ngrpc-message: over%0D%0AX: y\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\ngrpc-status-details-bin: AQI\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/grpc-web-text+proto\r\n"));
}

TEST(Answer, StreamsComeInChunks) {
  EXPECT_THAT(StreamHeader(Form::kBinary, false), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(Chunk("0123456789abcdef0"), "11\r\n0123456789abcdef0\r\n");
}

TEST(Answer, TheCookieIsTheBrowsersOwn) {
  EXPECT_EQ(CookieOf("abc", 3600),
            "__Host-firmbench=abc; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(EndedCookie(),
            "__Host-firmbench=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
}

}  // namespace
}  // namespace firmbench::web
