// SPDX-License-Identifier: Apache-2.0
// Every RPC there is with every kind of credential that is not good: none of them runs a handler,
// and each says what is wrong. Prints the table.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "tests/daemon/rpc/every_method.h"
#include "tests/daemon/rpc/remote_bench.h"

namespace firmbench::rpc {
namespace {

// One way to call that must lead nowhere.
struct Way {
  const char* name;
  std::shared_ptr<grpc::Channel> channel;
  Metadata metadata;
  std::string reason;
};

int64_t LetThrough(const Access& access) {
  int64_t calls = 0;
  for (const auto& [method, count] : access.Counts()) calls += count.let_through;
  return calls;
}

// Calls everything in every way; `open` is what needs no credentials. Handlers run 0 times.
void ExpectNothingRuns(const std::vector<Way>& ways, const Access& access) {
  std::printf("%-36s", "RPC");
  for (const Way& way : ways) std::printf(" %-25s", way.name);
  std::printf("\n");
  for (const MethodDescriptor* method : EveryMethod()) {
    const Rule& rule = *RuleOfRequest(method->input_type()->full_name());
    if (rule.lowest == Role::kNone) continue;
    std::printf("%-36s", (std::string(rule.service) + "." + method->name()).c_str());
    for (const Way& way : ways) {
      const int64_t before = LetThrough(access);
      const grpc::Status status = CallEmpty(way.channel, *method, way.metadata);
      EXPECT_EQ(LetThrough(access), before) << method->full_name() << ", " << way.name;
      EXPECT_EQ(ReasonIn(status), way.reason) << method->full_name() << ", " << way.name;
      std::printf(" %-25s", ReasonIn(status).c_str());
    }
    std::printf("\n");
  }
}

std::string Token() { return "fbt_" + test::Must(RandomText(255)); }
Metadata Shown(const std::string& token) { return {{"authorization", "Bearer " + token}}; }

// Adds a manager's token that is good for an hour.
storage::Credential Keep(Access& access, const std::string& token, int64_t now_us) {
  return test::Must(access.Add({.kind = "token",
                                .principal = "max",
                                .role = "manager",
                                .created_by = "max",
                                .expires_us = now_us + kHour},
                               token, "test"));
}

class CredentialTable : public testing::Test {
 protected:
  static void SetUpTestSuite() { ::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(CredentialTable, NoCertificateThatIsNotGoodRunsAnything) {
  RemoteBench bench;
  const int64_t now = RealClock().WallMicros();
  const auto ours = bench.AuthorityPair();
  const std::string key = test::Must(pki::MakeKey());
  const pki::KeyAndCertificate theirs{
      .key = key,
      .certificate = test::Must(pki::MakeAuthority(key, "other", {now - kHour, now + kHour}))};
  const auto revoked = bench.Good();
  test::Must(bench.access.End({bench.last}, "max", "test"));
  ExpectNothingRuns({{"no certificate", bench.With({}), {}, "code 12"},
                     {"expired",
                      bench.With(bench.Certificate(ours, now - 3 * kHour, now - kHour, true)),
                      {},
                      "CERTIFICATE_EXPIRED"},
                     {"not yet valid",
                      bench.With(bench.Certificate(ours, now + kHour, now + 3 * kHour, true)),
                      {},
                      "CERTIFICATE_NOT_YET_VALID"},
                     {"another authority's",
                      bench.With(bench.Certificate(theirs, now - kHour, now + kHour, true)),
                      {},
                      "CERTIFICATE_UNKNOWN"},
                     {"revoked", bench.With(revoked), {}, "CERTIFICATE_UNKNOWN"},
                     {"never given out",
                      bench.With(bench.Certificate(ours, now - kHour, now + kHour, false)),
                      {},
                      "CERTIFICATE_UNKNOWN"},
                     {"the bench's own",
                      bench.With(test::Must(bench.authority->Server())),
                      {},
                      "CERTIFICATE_UNKNOWN"}},
                    bench.access);
}

// Over connections of a manager, so that only the token can be what is refused.
TEST_F(CredentialTable, NoTokenThatIsNotGoodRunsAnything) {
  ServedBench bench;
  ServedBench other;
  const std::string expired = Token(), revoked = Token(), elsewhere = Token();
  Keep(bench.access, expired, bench.clock.WallMicros());
  bench.clock.Pass(std::chrono::hours(2));
  test::Must(
      bench.access.End({Keep(bench.access, revoked, bench.clock.WallMicros())}, "max", "test"));
  Keep(other.access, elsewhere, other.clock.WallMicros());
  const auto manager = bench.As("max", Role::kManager);
  ExpectNothingRuns({{"a made up token", manager, Shown(Token()), "TOKEN_INVALID"},
                     {"an expired one", manager, Shown(expired), "TOKEN_INVALID"},
                     {"a revoked one", manager, Shown(revoked), "TOKEN_INVALID"},
                     {"of another bench", manager, Shown(elsewhere), "TOKEN_INVALID"}},
                    bench.access);
}

TEST_F(CredentialTable, NoIdentityThatIsClaimedRunsAnything) {
  ServedBench bench;
  const auto stranger = bench.As("eve", Role::kNone);
  Metadata claims;
  for (const char* key : {"x-firmbench-principal", "x-firmbench-role", "x-forwarded-user",
                          "x-remote-user", "principal", "role", "firmbench-session", "cookie"}) {
    claims.emplace_back(key, std::string(key).ends_with("role") ? "manager" : "root");
  }
  ExpectNothingRuns({{"nothing but a connection", stranger, {}, "ROLE_REQUIRED"},
                     {"claims in the metadata", stranger, claims, "ROLE_REQUIRED"}},
                    bench.access);
}

}  // namespace
}  // namespace firmbench::rpc
