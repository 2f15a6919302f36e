// SPDX-License-Identifier: Apache-2.0
// The bench's authority: what it makes, what it keeps, what it refuses to sign.

#include "daemon/rpc/pki/authority.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "client/cli/bench_tls.h"
#include "daemon/base/enrollment_code.h"
#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc::pki {
namespace {

using std::chrono::hours;

class AuthorityTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Authority>> Open() {
    return Authority::Open(folder_.Path("pki"), "01jd9rd3q5e8n2x4z7w0k6m1hb", clock_);
  }
  std::string File(const std::string& name) const { return folder_.Path("pki/" + name); }
  std::string Content(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(File(name)).rdbuf();
    return text.str();
  }

  test::TempFolder folder_;
  SetClock clock_;
};

TEST_F(AuthorityTest, IsMadeOnceAndKept) {
  const auto first = Open();
  ASSERT_TRUE(first) << first.error().ToString();
  const std::string server = (*first)->Server()->certificate;
  for (const char* name : {"authority.key", "authority.pem", "server.key", "server.pem"}) {
    struct stat info {};
    ASSERT_EQ(::lstat(File(name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 07777, 0600u) << name;
  }
  const auto again = Open();
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->certificate(), (*first)->certificate());
  EXPECT_EQ((*again)->key_letters(), (*first)->key_letters());
  EXPECT_EQ((*again)->Server()->certificate, server);
  EXPECT_TRUE(CheckSigned(server, (*first)->certificate()));
  EXPECT_EQ(KeyLettersOf(Describe((*first)->certificate())->key_sha256), (*first)->key_letters());
}

TEST_F(AuthorityTest, RenewsTheServersCertificateBeforeItExpires) {
  const auto authority = Open();
  ASSERT_TRUE(authority);
  const KeyAndCertificate first = *(*authority)->Server();
  clock_.Pass(Authority::kServerLife - Authority::kRenewBefore - hours(1));
  EXPECT_EQ((*authority)->Server()->certificate, first.certificate);
  clock_.Pass(hours(2));
  const KeyAndCertificate second = *(*authority)->Server();
  EXPECT_NE(second.certificate, first.certificate);
  EXPECT_NE(second.key, first.key);
  EXPECT_TRUE(CheckPair(second));
  EXPECT_GT(Describe(second.certificate)->validity.until_us, clock_.WallMicros());
  EXPECT_EQ(Content("server.pem"), second.certificate);
}

TEST_F(AuthorityTest, UsesAShopsOwnAndNeverReplacesIt) {
  ASSERT_TRUE(Open());
  const std::string key = Content("authority.key");
  // Another authority's certificate beside that key.
  const std::string other = *MakeKey();
  std::ofstream(File("authority.pem"))
      << *MakeAuthority(other, "shop", {clock_.WallMicros(), clock_.WallMicros() + 1'000'000'000});
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_FILE");
  std::ofstream(File("authority.key")) << other;
  const auto shops = Open();
  ASSERT_TRUE(shops) << shops.error().ToString();
  // What another authority had signed for the server is made anew.
  EXPECT_TRUE(CheckSigned((*shops)->Server()->certificate, (*shops)->certificate()));
  EXPECT_EQ(Content("authority.key"), other);
  // Also when the shop calls the same key by another name.
  std::ofstream(File("authority.pem"))
      << *MakeAuthority(other, "new", {clock_.WallMicros(), clock_.WallMicros() + 1'000'000'000});
  const auto renamed = Open();
  ASSERT_TRUE(renamed) << renamed.error().ToString();
  EXPECT_NE((*renamed)->Server()->certificate, (*shops)->Server()->certificate);
  EXPECT_TRUE(CheckSigned((*renamed)->Server()->certificate, (*renamed)->certificate()));
  // The key alone is not enough of somebody else's.
  ::unlink(File("authority.key").c_str());
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_FILE");
  std::ofstream(File("authority.key")) << "no key";
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_FILE");
}

TEST_F(AuthorityTest, RenewsItsOwnCertificateForTheSameKeyLongBeforeItEnds) {
  const auto authority = Open();
  ASSERT_TRUE(authority);
  const std::string first = (*authority)->certificate();
  const std::string key = Content("authority.key");
  const Validity was = Describe(first)->validity;
  const auto client = cli::MakeClientKey();
  ASSERT_TRUE(client);

  clock_.Pass(Authority::kAuthorityLife - Authority::kRenewAuthorityBefore - hours(1));
  ASSERT_TRUE((*authority)->Server());
  EXPECT_EQ((*authority)->certificate(), first);
  // Of a client that enrols just before.
  const auto made = (*authority)->SignClient(client->request_pem, "alice");
  ASSERT_TRUE(made);

  clock_.Pass(hours(2));
  const auto server = (*authority)->Server();
  ASSERT_TRUE(server);
  const std::string second = (*authority)->certificate();
  EXPECT_NE(second, first);
  EXPECT_EQ(Content("authority.pem"), second);
  EXPECT_EQ(Content("authority.key"), key);
  EXPECT_EQ(Describe(second)->key_sha256, Describe(first)->key_sha256);
  EXPECT_EQ(Describe(second)->name, Describe(first)->name);
  EXPECT_EQ(Describe(second)->validity.from_us, was.from_us);
  EXPECT_GT(Describe(second)->validity.until_us, was.until_us);
  EXPECT_EQ((*authority)->key_letters(), KeyLettersOf(Describe(second)->key_sha256));
  // Whoever trusts the older one trusts the bench until enrolling again, and is trusted.
  EXPECT_TRUE(CheckSigned(server->certificate, first));
  EXPECT_TRUE(CheckSigned(made->certificate, second));
  EXPECT_GT(was.until_us, made->facts.validity.until_us);
  // Once is enough.
  clock_.Pass(hours(1));
  ASSERT_TRUE((*authority)->Server());
  EXPECT_EQ((*authority)->certificate(), second);
}

TEST_F(AuthorityTest, MendsWhatAWrongClockMadeOfItsOwnCertificate) {
  const auto first = Open();
  ASSERT_TRUE(first);
  const std::string letters = (*first)->key_letters();
  // The battery was flat, and then the time came.
  clock_.Pass(20 * Authority::kServerLife);
  const auto later = Open();
  ASSERT_TRUE(later) << later.error().ToString();
  EXPECT_EQ((*later)->key_letters(), letters);
  // That was wrong, too: what was made then is good now.
  clock_.Pass(-10 * Authority::kServerLife);
  const auto back = Open();
  ASSERT_TRUE(back) << back.error().ToString();
  EXPECT_EQ((*back)->certificate(), (*later)->certificate());
  EXPECT_LE(Describe((*back)->Server()->certificate)->validity.from_us, clock_.WallMicros());
}

TEST_F(AuthorityTest, SaysWhenTheClockIsBeforeItsTime) {
  const auto authority = Open();
  ASSERT_TRUE(authority);
  const std::string certificate = Content("authority.pem");
  clock_.Pass(-300 * Authority::kDay);
  for (const Error& error : {Open().error(), (*authority)->Server().error(),
                             (*authority)->SignClient("", "alice").error()}) {
    EXPECT_EQ(error.reason(), "AUTHORITY_NOT_YET_VALID");
    EXPECT_TRUE(Authority::IsAboutTime(error));
    EXPECT_NE(error.message().find("this PC's clock says 2026-"), std::string::npos)
        << error.message();
    EXPECT_NE(error.remedy().find("set the clock"), std::string::npos);
  }
  EXPECT_EQ(Content("authority.pem"), certificate);
}

TEST_F(AuthorityTest, MakesNothingByAClockThatIsYearsBehind) {
  for (const int years : {57, 27, 2}) {
    clock_.Pass(-years * Authority::kServerLife);
    const auto early = Open();
    ASSERT_FALSE(early) << years;
    EXPECT_EQ(early.error().reason(), "CLOCK_WRONG");
    EXPECT_TRUE(Authority::IsAboutTime(early.error()));
    struct stat info {};
    EXPECT_NE(::lstat(File("authority.key").c_str(), &info), 0);
    clock_.Pass(years * Authority::kServerLife);
  }
  EXPECT_TRUE(Open());
}

TEST_F(AuthorityTest, NeverTouchesAShopsThatEnds) {
  ASSERT_TRUE(Open());
  const int64_t end_us =
      clock_.WallMicros() + std::chrono::microseconds(20 * Authority::kDay).count();
  const std::string key = *MakeKey();
  const std::string shops = *MakeAuthority(key, "shop", {clock_.WallMicros(), end_us});
  std::ofstream(File("authority.key")) << key;
  std::ofstream(File("authority.pem")) << shops;
  const auto authority = Open();
  ASSERT_TRUE(authority);
  const std::string server = (*authority)->Server()->certificate;
  EXPECT_EQ((*authority)->LookAtStanding().server_until_us, end_us);
  EXPECT_TRUE((*authority)->LookAtStanding().is_shops);
  // With less left than a renewal takes, another one would end with it, too.
  for (int hour = 0; hour < 3; ++hour) {
    clock_.Pass(hours(1));
    EXPECT_EQ((*authority)->Server()->certificate, server);
  }
  EXPECT_EQ(Content("server.pem"), server);
  clock_.Pass(20 * Authority::kDay);
  EXPECT_EQ((*authority)->Server().error().reason(), "AUTHORITY_EXPIRED");
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_EXPIRED");
  EXPECT_EQ(Content("authority.pem"), shops);
}

TEST_F(AuthorityTest, TakesOnlyTheKeyOfARequest) {
  const auto authority = Open();
  ASSERT_TRUE(authority);
  const auto key = cli::MakeClientKey();
  ASSERT_TRUE(key);
  const auto made = (*authority)->SignClient(key->request_pem, "alice");
  ASSERT_TRUE(made) << made.error().ToString();
  EXPECT_TRUE(CheckPair({.key = key->key_pem, .certificate = made->certificate}));
  EXPECT_FALSE(made->facts.is_authority);
  EXPECT_TRUE(CheckSigned(made->certificate, (*authority)->certificate()));

  std::string damaged = key->request_pem;
  damaged[damaged.size() / 2] = damaged[damaged.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& wrong :
       {std::string(), std::string("hello"), damaged, std::string(100'000, 'A'),
        (*authority)->certificate(), key->key_pem}) {
    EXPECT_EQ((*authority)->SignClient(wrong, "alice").error().reason(),
              "CERTIFICATE_REQUEST_INVALID");
  }
}

}  // namespace
}  // namespace firmbench::rpc::pki
