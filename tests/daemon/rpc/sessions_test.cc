// SPDX-License-Identifier: Apache-2.0
// Login links and sessions: how long they are good, what they stand on, and how they end.

#include "daemon/rpc/sessions.h"

#include <gtest/gtest.h>

#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class SessionsTest : public testing::Test {
 protected:
  Caller Local(Role role = Role::kTechnician) {
    return {.principal = "ann", .role = role, .known_by = "the test"};
  }
  std::string Link(const Caller& caller) {
    const auto made = MakeLoginLink(bench_.access, bench_.clock, caller);
    return made ? made->text : made.error().reason();
  }
  // The session's text, or why there is none.
  std::string Open(const std::string& link) {
    const auto made = OpenSession(bench_.access, bench_.clock, link);
    return made ? made->text : made.error().reason();
  }
  std::string WhoHas(const std::string& session) {
    const auto caller = bench_.access.OfSession(session);
    return caller ? caller->principal + " " + std::string(ToString(caller->role))
                  : caller.error().reason();
  }
  std::string Token(std::chrono::seconds life) {
    const std::string text = "fbt_" + test::Must(RandomText(255));
    test::Must(bench_.access.Add(
        {.kind = "token",
         .principal = "ann",
         .role = "viewer",
         .created_by = "ann",
         .expires_us = bench_.clock.WallMicros() + std::chrono::microseconds(life).count()},
        text, "access.token_create"));
    return text;
  }
  Status Revoke(const std::string& kind) {
    return bench_.access.End(bench_.access.Good("ann", kind), "max", "");
  }

  ServedBench bench_;
};

TEST_F(SessionsTest, ALinkIsGoodOnceAndForFiveMinutes) {
  const std::string link = Link(Local());
  bench_.clock.Pass(minutes(5) - seconds(1));
  const std::string session = Open(link);
  EXPECT_EQ(WhoHas(session), "ann technician");
  EXPECT_EQ(Open(link), "LOGIN_LINK_INVALID");
  const std::string late = Link(Local());
  bench_.clock.Pass(minutes(5));
  EXPECT_EQ(Open(late), "LOGIN_LINK_INVALID");
  EXPECT_EQ(Open("nonsense"), "LOGIN_LINK_INVALID");
}

TEST_F(SessionsTest, ASessionIsGoodForTwelveHours) {
  const std::string session = Open(Link(Local()));
  bench_.clock.Pass(hours(12) - seconds(1));
  EXPECT_EQ(WhoHas(session), "ann technician");
  bench_.clock.Pass(seconds(1));
  EXPECT_EQ(WhoHas(session), "SESSION_ENDED");
}

TEST_F(SessionsTest, NoSecretIsGoodForAnythingElse) {
  const std::string link = Link(Local());
  const std::string token = Token(hours(1));
  EXPECT_EQ(WhoHas(link), "SESSION_ENDED");
  EXPECT_EQ(WhoHas(token), "SESSION_ENDED");
  EXPECT_EQ(Open(token), "LOGIN_LINK_INVALID");
  const std::string session = Open(link);
  EXPECT_EQ(Open(session), "LOGIN_LINK_INVALID");
  EXPECT_FALSE(bench_.access.OfToken(session));
  EXPECT_FALSE(bench_.access.FindInvitation(session, ""));
  EXPECT_FALSE(OpenSessionWithToken(bench_.access, bench_.clock, session));
}

TEST_F(SessionsTest, ATokensSessionIsNeverGoodForLonger) {
  const std::string token = Token(hours(2));
  const auto opened = test::Must(OpenSessionWithToken(bench_.access, bench_.clock, token));
  EXPECT_EQ(WhoHas(opened.text), "ann viewer");
  // Nor is a link that the session makes, nor what that opens.
  const Caller caller = test::Must(bench_.access.OfSession(opened.text));
  const std::string second = Open(Link(caller));
  EXPECT_EQ(WhoHas(second), "ann viewer");
  bench_.clock.Pass(hours(2));
  EXPECT_EQ(WhoHas(opened.text), "SESSION_ENDED");
  EXPECT_EQ(WhoHas(second), "SESSION_ENDED");
  EXPECT_FALSE(OpenSessionWithToken(bench_.access, bench_.clock, token));
}

TEST_F(SessionsTest, WhatStandsOnACredentialEndsWithIt) {
  std::vector<std::string> ended;
  bench_.access.OnEnd([&](const std::string& id) { ended.push_back(id); });
  const std::string token = Token(hours(20));
  const auto first = test::Must(OpenSessionWithToken(bench_.access, bench_.clock, token));
  const Caller caller = test::Must(bench_.access.OfSession(first.text));
  const std::string second = Open(Link(caller));
  const std::string unused = Link(test::Must(bench_.access.OfSession(second)));
  const std::string own = Open(Link(Local()));
  ASSERT_TRUE(Revoke("token"));
  EXPECT_EQ(ended.size(), 4u);  // the token, two sessions, the link that nobody used
  EXPECT_EQ(WhoHas(first.text), "SESSION_ENDED");
  EXPECT_EQ(WhoHas(second), "SESSION_ENDED");
  EXPECT_EQ(Open(unused), "LOGIN_LINK_INVALID");
  EXPECT_EQ(WhoHas(own), "ann technician");
}

TEST_F(SessionsTest, ARestartKeepsSessionsAndLinks) {
  const std::string session = Open(Link(Local()));
  const std::string link = Link(Local());
  Access again(bench_.bench.ledger(), bench_.clock);
  ASSERT_TRUE(again.Load());
  EXPECT_TRUE(again.OfSession(session));
  EXPECT_TRUE(again.FindLoginLink(link));
}

TEST_F(SessionsTest, SigningOutEndsItAndSaysWho) {
  const std::string session = Open(Link(Local()));
  ASSERT_TRUE(CloseSession(bench_.access, session));
  EXPECT_EQ(WhoHas(session), "SESSION_ENDED");
  EXPECT_EQ(bench_.bench.Audit().back().action, "access.revoke");
  EXPECT_EQ(bench_.bench.Audit().back().principal, "ann");
  const Status again = CloseSession(bench_.access, session);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason(), "SESSION_ENDED");
}

TEST_F(SessionsTest, OnePersonHasOnlySoMany) {
  for (size_t i = 0; i < kMostSessions; ++i)
    EXPECT_EQ(WhoHas(Open(Link(Local()))), "ann technician");
  const std::string link = Link(Local());
  EXPECT_EQ(Open(link), "TOO_MANY_CREDENTIALS");
  // The link is still good when there is room.
  ASSERT_TRUE(Revoke("session"));
  EXPECT_EQ(WhoHas(Open(link)), "ann technician");
  for (size_t i = 0; i < kMostLoginLinks; ++i) Link(Local());
  EXPECT_EQ(Link(Local()), "TOO_MANY_CREDENTIALS");
  bench_.clock.Pass(minutes(5));
  EXPECT_NE(Link(Local()), "TOO_MANY_CREDENTIALS");
}

TEST_F(SessionsTest, WithoutAPageThereIsNoLink) {
  const auto stub = v1::AccessService::NewStub(bench_.As("ann", Role::kViewer));
  grpc::ClientContext call;
  v1::CreateLoginLinkResponse response;
  EXPECT_EQ(ReasonIn(stub->CreateLoginLink(&call, {}, &response)), "PAGE_OFF");
  bench_.context.facts.page_address = "bench.lan:7444";
  const auto with = v1::AccessService::NewStub(bench_.As("ann", Role::kViewer));
  grpc::ClientContext second;
  EXPECT_EQ(ReasonIn(with->CreateLoginLink(&second, {}, &response)), "OK");
  EXPECT_TRUE(response.url().starts_with("https://bench.lan:7444/login#"));
  EXPECT_EQ(response.credential().kind(), "login_link");
}

}  // namespace
}  // namespace firmbench::rpc
