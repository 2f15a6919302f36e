// SPDX-License-Identifier: Apache-2.0
// Tokens: whose they are, what they allow, and how they end.

#include <gtest/gtest.h>

#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

using std::chrono::hours;

class AccessTest : public testing::Test {
 protected:
  std::unique_ptr<v1::AccessService::Stub> Stub(const std::string& name, Role role) {
    return v1::AccessService::NewStub(bench_.As(name, role));
  }

  // The reason that creating it ended with; the token in token_. `with`: a token that the call is
  // made with.
  std::string Create(const std::string& name, Role role, const std::string& token_role,
                     int64_t seconds = 3600, const std::string& with = "") {
    grpc::ClientContext call;
    if (!with.empty()) call.AddMetadata("authorization", "Bearer " + with);
    v1::CreateTokenRequest request;
    request.set_role(token_role);
    request.mutable_lifetime_duration()->set_seconds(seconds);
    v1::CreateTokenResponse response;
    const grpc::Status status = Stub(name, role)->CreateToken(&call, request, &response);
    token_ = response.token();
    credential_ = response.credential();
    return ReasonIn(status);
  }

  // Who one is with these metadata, over a connection of nobody; or why not.
  std::string WhoIs(const std::vector<std::pair<std::string, std::string>>& metadata,
                    Role connection = Role::kNone) {
    grpc::ClientContext call;
    for (const auto& [key, value] : metadata) call.AddMetadata(key, value);
    v1::GetCallerResponse response;
    const grpc::Status status = Stub("zoe", connection)->GetCaller(&call, {}, &response);
    return status.ok() ? response.principal() + " " + response.role() : ReasonIn(status);
  }
  std::string WhoHas(const std::string& token) {
    return WhoIs({{"authorization", "Bearer " + token}});
  }

  std::string Revoke(const std::string& name, Role role) {
    grpc::ClientContext call;
    v1::RevokeCredentialRequest request;
    request.set_name(credential_.name());
    v1::Credential response;
    return ReasonIn(Stub(name, role)->RevokeCredential(&call, request, &response));
  }

  ServedBench bench_;
  std::string token_;
  v1::Credential credential_;
};

TEST_F(AccessTest, ATokenSpeaksForItsMakerWithinItsRole) {
  ASSERT_EQ(Create("ann", Role::kManager, "viewer"), "OK");
  EXPECT_EQ(WhoHas(token_), "ann viewer");
  // It replaces who connected, also where that person may more.
  EXPECT_EQ(WhoIs({{"authorization", "Bearer " + token_}}, Role::kManager), "ann viewer");
  EXPECT_EQ(Create("bob", Role::kViewer, "technician"), "TOKEN_ROLE_TOO_HIGH");
  EXPECT_EQ(Create("eve", Role::kAuditor, "technician"), "TOKEN_ROLE_TOO_HIGH");
  EXPECT_EQ(Create("eve", Role::kAuditor, "viewer"), "OK");
  EXPECT_EQ(Create("ann", Role::kManager, "root"), "ROLE_UNKNOWN");
  EXPECT_EQ(Create("ann", Role::kManager, "viewer", 367 * 24 * 3600), "DURATION_INVALID");
  EXPECT_EQ(Create("ann", Role::kManager, "viewer", -1), "DURATION_INVALID");
}

TEST_F(AccessTest, AWrongTokenIsNobody) {
  ASSERT_EQ(Create("ann", Role::kManager, "manager"), "OK");
  const std::string good = "Bearer " + token_;
  // Not even over a connection that may everything: who shows a token means it.
  for (const Role connection : {Role::kNone, Role::kManager}) {
    EXPECT_EQ(WhoIs({{"authorization", "Bearer fbt_" + std::string(51, 'a')}}, connection),
              "TOKEN_INVALID");
    EXPECT_EQ(WhoIs({{"authorization", good + "a"}}, connection), "TOKEN_INVALID");
    EXPECT_EQ(WhoIs({{"authorization", token_}}, connection), "TOKEN_INVALID");
    EXPECT_EQ(WhoIs({{"authorization", ""}}, connection), "TOKEN_INVALID");
    EXPECT_EQ(WhoIs({{"authorization", "Bearer " + std::string(4000, 'a')}}, connection),
              "TOKEN_INVALID");
    EXPECT_EQ(WhoIs({{"authorization", good}, {"authorization", good}}, connection),
              "TOKEN_INVALID");
  }
  // Another bench's.
  ServedBench other;
  grpc::ClientContext call;
  call.AddMetadata("authorization", good);
  v1::GetCallerResponse response;
  EXPECT_EQ(ReasonIn(v1::AccessService::NewStub(other.As("zoe", Role::kManager))
                         ->GetCaller(&call, {}, &response)),
            "TOKEN_INVALID");
}

TEST_F(AccessTest, MetadataThatClaimsANameIsNotHeard) {
  for (const char* key : {"x-firmbench-principal", "principal", "x-forwarded-user", "x-remote-user",
                          "firmbench-role", "authorization-bin"}) {
    EXPECT_EQ(WhoIs({{key, "root"}, {"x-role", "manager"}}), "ROLE_REQUIRED") << key;
    EXPECT_EQ(WhoIs({{key, "root"}, {"role", "manager"}}, Role::kViewer), "zoe viewer") << key;
  }
}

TEST_F(AccessTest, ATokenEndsByTime) {
  ASSERT_EQ(Create("ann", Role::kManager, "technician", 7200), "OK");
  bench_.clock.Pass(hours(1));
  EXPECT_EQ(WhoHas(token_), "ann technician");
  bench_.clock.Pass(hours(1));
  EXPECT_EQ(WhoHas(token_), "TOKEN_INVALID");
}

TEST_F(AccessTest, ATokenIsRevokedByItsOwnerOrAManager) {
  ASSERT_EQ(Create("ann", Role::kTechnician, "technician"), "OK");
  EXPECT_EQ(Revoke("bob", Role::kTechnician), "CREDENTIAL_NOT_FOUND");
  EXPECT_EQ(WhoHas(token_), "ann technician");
  EXPECT_EQ(Revoke("ann", Role::kTechnician), "OK");
  EXPECT_EQ(WhoHas(token_), "TOKEN_INVALID");
  EXPECT_EQ(Revoke("ann", Role::kTechnician), "CREDENTIAL_ENDED");
  ASSERT_EQ(Create("ann", Role::kTechnician, "technician"), "OK");
  EXPECT_EQ(Revoke("max", Role::kManager), "OK");
  EXPECT_EQ(WhoHas(token_), "TOKEN_INVALID");
  // Who did it stays.
  EXPECT_EQ(bench_.bench.Audit().back().principal, "max");
  EXPECT_EQ(bench_.bench.Audit().back().action, "access.revoke");
}

TEST_F(AccessTest, ATokenEndsWithTheOneThatItWasMadeWith) {
  ASSERT_EQ(Create("ann", Role::kManager, "manager"), "OK");
  const v1::Credential first = credential_;
  ASSERT_EQ(Create("zoe", Role::kNone, "technician", 3600, token_), "OK");
  ASSERT_EQ(Create("zoe", Role::kNone, "viewer", 3600, token_), "OK");
  const std::string third = token_;
  EXPECT_EQ(WhoHas(third), "ann viewer");
  credential_ = first;
  ASSERT_EQ(Revoke("max", Role::kManager), "OK");
  EXPECT_EQ(WhoHas(third), "TOKEN_INVALID");
  Access again(bench_.bench.ledger(), bench_.clock);
  ASSERT_TRUE(again.Load());
  EXPECT_FALSE(again.OfToken(third));
}

// Between the check of a call's credential and the new one's commit somebody may revoke it.
TEST_F(AccessTest, NothingIsMadeWithWhatHasEnded) {
  ASSERT_EQ(Create("ann", Role::kManager, "manager"), "OK");
  const std::string ended = credential_.name().substr(credential_.name().rfind('/') + 1);
  ASSERT_EQ(Revoke("ann", Role::kManager), "OK");
  Access access(bench_.bench.ledger(), bench_.clock);
  ASSERT_TRUE(access.Load());
  const auto made = access.Add({.kind = "token",
                                .principal = "ann",
                                .role = "viewer",
                                .created_by = "ann",
                                .expires_us = bench_.clock.WallMicros() + 1'000'000,
                                .made_from = ended},
                               "a secret", "access.token_create");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason(), "CREDENTIAL_ENDED");
  EXPECT_FALSE(access.OfToken("a secret"));
  const auto good = bench_.bench.ledger().ListCredentials({.principal = "ann"});
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->empty());
}

TEST_F(AccessTest, ARestartForgetsNoTokenAndNoRevocation) {
  ASSERT_EQ(Create("ann", Role::kTechnician, "technician"), "OK");
  const std::string kept = token_;
  ASSERT_EQ(Create("ann", Role::kTechnician, "viewer"), "OK");
  ASSERT_EQ(Revoke("ann", Role::kTechnician), "OK");
  Access again(bench_.bench.ledger(), bench_.clock);
  ASSERT_TRUE(again.Load());
  EXPECT_TRUE(again.OfToken(kept));
  EXPECT_FALSE(again.OfToken(token_));
}

TEST_F(AccessTest, TheLedgerHoldsNoToken) {
  ASSERT_EQ(Create("ann", Role::kTechnician, "technician"), "OK");
  const auto rows = bench_.bench.ledger().ListCredentials({.principal = "ann"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().secret_sha256, Sha256Hex(AsBytes(token_)));
  for (const auto& entry : bench_.bench.Audit()) {
    EXPECT_EQ(entry.json.find(token_), std::string::npos);
  }
}

TEST_F(AccessTest, RevokingEndsAStreamThatRuns) {
  ASSERT_EQ(Create("ann", Role::kManager, "viewer"), "OK");
  const auto stub = v1::BenchService::NewStub(bench_.As("zoe", Role::kNone));
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  call.AddMetadata("authorization", "Bearer " + token_);
  const auto reader = stub->WatchEvents(&call, {});
  v1::BenchEvent event;
  ASSERT_TRUE(reader->Read(&event));  // the drive: the stream runs
  ASSERT_EQ(Revoke("max", Role::kManager), "OK");
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(ReasonIn(reader->Finish()), "CREDENTIAL_ENDED");
}

TEST_F(AccessTest, RevokingAPersonEndsAllTheirCredentials) {
  ASSERT_EQ(Create("ann", Role::kTechnician, "technician"), "OK");
  const std::string first = token_;
  ASSERT_EQ(Create("ann", Role::kTechnician, "viewer"), "OK");
  grpc::ClientContext call;
  v1::RevokePrincipalRequest request;
  request.set_principal("ann");
  request.set_reason("left the shop");
  v1::RevokePrincipalResponse response;
  ASSERT_EQ(ReasonIn(Stub("max", Role::kManager)->RevokePrincipal(&call, request, &response)),
            "OK");
  EXPECT_EQ(response.credentials_size(), 2);
  EXPECT_EQ(WhoHas(first), "TOKEN_INVALID");
  EXPECT_EQ(WhoHas(token_), "TOKEN_INVALID");
}

TEST_F(AccessTest, OneSeesOnesOwnAndManagersAndAuditorsAll) {
  ASSERT_EQ(Create("ann", Role::kTechnician, "viewer"), "OK");
  ASSERT_EQ(Create("bob", Role::kViewer, "viewer"), "OK");
  const auto seen = [&](const std::string& name, Role role, const std::string& of) {
    grpc::ClientContext call;
    v1::ListCredentialsRequest request;
    request.set_principal(of);
    v1::ListCredentialsResponse response;
    EXPECT_TRUE(Stub(name, role)->ListCredentials(&call, request, &response).ok());
    return response.credentials_size();
  };
  EXPECT_EQ(seen("bob", Role::kViewer, ""), 1);
  EXPECT_EQ(seen("bob", Role::kViewer, "ann"), 0);
  EXPECT_EQ(seen("max", Role::kManager, ""), 2);
  EXPECT_EQ(seen("eve", Role::kAuditor, "ann"), 1);
}

TEST_F(AccessTest, StreamsAreBounded) {
  std::vector<Caller> held;
  Caller caller{.principal = "ann", .role = Role::kViewer, .known_by = "the test"};
  for (int i = 0; i < Access::kMostStreamsOfOne; ++i) {
    ASSERT_TRUE(bench_.access.TakeStream(caller)) << i;
    held.push_back(caller);
    caller.stream.reset();
  }
  EXPECT_EQ(bench_.access.TakeStream(caller).error().reason(), "TOO_MANY_STREAMS");
  held.pop_back();
  EXPECT_TRUE(bench_.access.TakeStream(caller));
}

TEST_F(AccessTest, RandomTextsDiffer) {
  const std::string one = *RandomText(80);
  EXPECT_EQ(one.size(), 16u);
  EXPECT_NE(one, *RandomText(80));
  EXPECT_EQ(one.find_first_of("lo01"), std::string::npos);
}

}  // namespace
}  // namespace firmbench::rpc
