// SPDX-License-Identifier: Apache-2.0
// What of a request is looked at: routes, origin, cookie, time-outs, secrets.

#include "daemon/web/request.h"

#include <gtest/gtest.h>

namespace firmbench::web {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

Request From(const std::string& origin, const std::string& mark = "1") {
  return {.host = "bench.lan:7444", .origin = origin, .mark = mark};
}

TEST(Request, OnlyRpcsOfTheApiAreCalls) {
  EXPECT_TRUE(IsCallPath("/firmbench.v1.DriveService/ListDrives"));
  for (const char* path :
       {"/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/firmbench.v1.EnrollmentService/Enroll", "/firmbench.v1.DriveService",
        "/firmbench.v1.DriveService/", "/firmbench.v1./ListDrives",
        "/firmbench.v1.DriveService/a/b", "/firmbench.v1.DriveService/List%20Drives",
        "/firmbench.v1.DriveService/..", "/firmbench.v2.DriveService/ListDrives",
        "firmbench.v1.DriveService/ListDrives", "/", ""}) {
    EXPECT_FALSE(IsCallPath(path)) << path;
  }
}

TEST(Request, GoesWhereItsMethodAndPathSay) {
  const auto route = [](const char* method, const char* target) {
    return RouteOf({.method = method, .target = target});
  };
  EXPECT_EQ(route("POST", "/firmbench.v1.DriveService/ListDrives"), Route::kCall);
  EXPECT_EQ(route("POST", "/firmbench.v1.DriveService/ListDrives?a=b"), Route::kCall);
  EXPECT_EQ(route("GET", "/firmbench.v1.DriveService/ListDrives"), Route::kNothing);
  EXPECT_EQ(route("POST", "/firmbench.v1.EnrollmentService/Enroll"), Route::kNothing);
  EXPECT_EQ(route("POST", "/session"), Route::kSession);
  EXPECT_EQ(route("DELETE", "/session"), Route::kSession);
  EXPECT_EQ(route("GET", "/session"), Route::kNothing);
  EXPECT_EQ(route("GET", "/metrics"), Route::kMetrics);
  EXPECT_EQ(route("POST", "/metrics"), Route::kNothing);
  EXPECT_EQ(route("GET", "/units/U-0001?tab=dumps"), Route::kPage);
  EXPECT_EQ(route("HEAD", "/"), Route::kPage);
  EXPECT_EQ(route("OPTIONS", "/session"), Route::kNothing);
  EXPECT_EQ(route("PUT", "/"), Route::kNothing);
}

TEST(Request, OnlyThePageItselfMayCall) {
  EXPECT_TRUE(CheckOrigin(From("https://bench.lan:7444")));
  EXPECT_TRUE(CheckOrigin(From("")));  // no browser: there is no one to be tricked
  for (const char* origin : {"https://evil.example", "https://bench.lan", "https://bench.lan:7445",
                             "http://bench.lan:7444", "https://bench.lan:7444.evil.example", "null",
                             "https://bench.lan:7444/", "https://BENCH.lan:7444"}) {
    EXPECT_FALSE(CheckOrigin(From(origin))) << origin;
  }
  for (const char* mark : {"", "0", "1 ", "11"}) {
    EXPECT_FALSE(CheckOrigin(From("https://bench.lan:7444", mark))) << mark;
  }
  for (const char* site : {"cross-site", "same-site", "none", "nonsense"}) {
    Request request = From("https://bench.lan:7444");
    request.fetch_site = site;
    EXPECT_FALSE(CheckOrigin(request)) << site;
  }
  Request request = From("https://bench.lan:7444");
  request.fetch_site = "same-origin";
  EXPECT_TRUE(CheckOrigin(request));
}

TEST(Request, TheSessionIsInOneCookie) {
  const auto session = [](const char* cookie) { return SessionIn({.cookie = cookie}); };
  EXPECT_EQ(session("__Host-firmbench=abc123"), "abc123");
  EXPECT_EQ(session("a=b; __Host-firmbench=abc123; c=d"), "abc123");
  EXPECT_EQ(session("a=b;__Host-firmbench=abc123"), "abc123");
  for (const char* cookie :
       {"", "__Host-firmbench", "__Host-firmbench=", "firmbench=abc", "x__Host-firmbench=abc",
        "__Host-firmbench=a b", "__Host-firmbench=\"abc\"", "__Host-firmbench=a;__Host-firmbench=b",
        "__host-firmbench=abc", ";;;", "====="}) {
    EXPECT_EQ(session(cookie), "") << cookie;
  }
  EXPECT_EQ(session(("__Host-firmbench=" + std::string(201, 'a')).c_str()), "");
}

TEST(Request, GrpcWebHasTwoForms) {
  EXPECT_EQ(FormOf("application/grpc-web"), Form::kBinary);
  EXPECT_EQ(FormOf("application/grpc-web+proto"), Form::kBinary);
  EXPECT_EQ(FormOf("Application/gRPC-Web-Text; charset=utf-8"), Form::kText);
  EXPECT_EQ(FormOf("application/grpc-web-text+proto"), Form::kText);
  for (const char* type : {"", "application/grpc", "application/grpc-web+json", "text/plain",
                           "application/x-www-form-urlencoded", "multipart/form-data"}) {
    EXPECT_FALSE(FormOf(type)) << type;
  }
}

TEST(Request, TimeoutsHaveAUnit) {
  const auto timeout = [](const char* text) { return TimeoutFrom(text).value_or(seconds(-1)); };
  EXPECT_EQ(timeout("20S"), seconds(20));
  EXPECT_EQ(timeout("500m"), milliseconds(500));
  EXPECT_EQ(timeout("1H"), hours(1));
  EXPECT_EQ(timeout("0n"), seconds(0));
  EXPECT_EQ(timeout("99999999H"), hours(24));
  EXPECT_EQ(timeout("99999999n"), std::chrono::nanoseconds(99999999));
  for (const char* text : {"", "S", "20", "20s", "-1S", "1.5S", "999999999S", " 1S", "1S "}) {
    EXPECT_FALSE(TimeoutFrom(text)) << text;
  }
}

TEST(Request, CompressionIsAskedFor) {
  EXPECT_TRUE(AcceptsGzip("gzip, deflate, br"));
  EXPECT_TRUE(AcceptsGzip("br;q=1.0, GZIP;q=0.8"));
  EXPECT_TRUE(AcceptsGzip("gzip;q=0.001"));
  for (const char* text : {"", "br", "identity", "gzip;q=0", "gzip;q=0.000", "xgzip", "gzipx"}) {
    EXPECT_FALSE(AcceptsGzip(text)) << text;
  }
}

TEST(Request, KnowsWhatTheBrowserHas) {
  EXPECT_TRUE(HasEtag("\"a\"", "\"a\""));
  EXPECT_TRUE(HasEtag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(HasEtag("*", "\"a\""));
  EXPECT_FALSE(HasEtag("", "\"a\""));
  EXPECT_FALSE(HasEtag("\"b\"", "\"a\""));
  EXPECT_FALSE(HasEtag("a", "\"a\""));
}

TEST(Request, ThisPcIsKnownByItsAddress) {
  for (const char* peer : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(peer)) << peer;
  }
  for (const char* peer : {"128.0.0.1", "192.0.2.1", "::2", "1271.0.0.1", "::ffff:192.0.2.1", ""}) {
    EXPECT_FALSE(IsLoopback(peer)) << peer;
  }
}

TEST(Request, ASecretOrATokenComesAlone) {
  const auto secret = CredentialIn(" { \"secret\" : \"abc_123\" } \n");
  ASSERT_TRUE(secret);
  EXPECT_FALSE(secret->is_token);
  EXPECT_EQ(secret->text, "abc_123");
  const auto token = CredentialIn("{\"token\":\"fbt_abc\"}");
  ASSERT_TRUE(token);
  EXPECT_TRUE(token->is_token);
  for (const std::string body :
       {"", "{}", "[]", "\"secret\"", "{\"secret\":\"\"}", "{\"secret\":\"a\"",
        "{\"secret\":\"a\"}}", "{\"secret\":\"a\",\"token\":\"b\"}", "{\"secret\":\"a b\"}",
        "{\"secret\":\"\\u0061\"}", "{\"secret\":1}", "{\"other\":\"a\"}", "{\"secret\":\"a}"}) {
    EXPECT_FALSE(CredentialIn(body)) << body;
  }
  EXPECT_FALSE(CredentialIn("{\"secret\":\"" + std::string(201, 'a') + "\"}"));
}

}  // namespace
}  // namespace firmbench::web
