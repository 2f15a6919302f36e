// SPDX-License-Identifier: Apache-2.0
// What is said of certificates before they end.

#include "daemon/rpc/certificate_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kNow = 1'800'000'000'000'000;  // 2027-01-15
constexpr int64_t kDayUs = 86'400'000'000;

pki::Authority::Standing Standing(int64_t authority_days, int64_t server_days,
                                  bool is_shops = false) {
  return {.is_shops = is_shops,
          .authority_until_us = kNow + authority_days * kDayUs,
          .server_until_us = kNow + server_days * kDayUs};
}

storage::Credential Client(const std::string& name, int64_t days) {
  storage::Credential client;
  client.kind = "certificate";
  client.principal = name;
  client.expires_us = kNow + days * kDayUs;
  return client;
}

TEST(CertificateCheck, IsGoodWhereEverythingLasts) {
  const Check check = CheckCertificates(Standing(3000, 300), {Client("alice", 61)}, kNow);
  EXPECT_EQ(check.verdict, Verdict::kGood) << check.text;
  EXPECT_EQ(check.subject, "certificates");
  EXPECT_EQ(check.reason + check.remedy, "");
}

TEST(CertificateCheck, NamesTheClientsSoonestFirst) {
  const Check check = CheckCertificates(
      Standing(3000, 300), {Client("bob", 59), Client("alice", 3), Client("carol", 100)}, kNow);
  EXPECT_EQ(check.verdict, Verdict::kWarning);
  EXPECT_EQ(check.reason, "CLIENT_CERTIFICATE_ENDS");
  EXPECT_THAT(check.text, HasSubstr("alice on 2027-01-18, bob on 2027-03-15"));
  EXPECT_THAT(check.text, Not(HasSubstr("carol")));
  EXPECT_THAT(check.remedy, HasSubstr("bench invite"));
}

TEST(CertificateCheck, SaysAtMostTenNames) {
  std::vector<storage::Credential> many;
  for (int i = 0; i < 1000; ++i) many.push_back(Client("a" + std::to_string(i), 5));
  const Check check = CheckCertificates(Standing(3000, 300), many, kNow);
  EXPECT_THAT(check.text, HasSubstr("and 990 more"));
  EXPECT_LT(check.text.size(), 400u);
}

TEST(CertificateCheck, WarnsOfAShopsAuthorityAndStillNamesTheClients) {
  const Check check = CheckCertificates(Standing(59, 59, true), {Client("alice", 59)}, kNow);
  EXPECT_EQ(check.verdict, Verdict::kWarning);
  EXPECT_EQ(check.reason, "AUTHORITY_ENDS");
  EXPECT_THAT(check.text, HasSubstr("2027-03-15"));
  EXPECT_THAT(check.text, HasSubstr("alice"));
  EXPECT_THAT(check.remedy, HasSubstr("same key"));
}

TEST(CertificateCheck, WarnsWhereARenewalIsOverdue) {
  EXPECT_EQ(CheckCertificates(Standing(59, 59), {}, kNow).reason, "AUTHORITY_NOT_RENEWED");
  EXPECT_EQ(CheckCertificates(Standing(3000, 28), {}, kNow).reason, "CERTIFICATE_NOT_RENEWED");
  // It is renewed with 30 days left, and not before.
  EXPECT_EQ(CheckCertificates(Standing(3000, 31), {}, kNow).reason, "");
}

}  // namespace
}  // namespace firmbench::rpc
