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
  // The key alone is not enough of somebody else's.
  ::unlink(File("authority.key").c_str());
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_FILE");
  std::ofstream(File("authority.key")) << "no key";
  EXPECT_EQ(Open().error().reason(), "AUTHORITY_FILE");
}

TEST_F(AuthorityTest, SaysWhenTheClockIsWrong) {
  ASSERT_TRUE(Open());
  clock_.Pass(Authority::kAuthorityLife + hours(1));
  const auto late = Open();
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message().find("this PC's clock says"), std::string::npos);
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
