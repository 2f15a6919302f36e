// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/enrollment_code.h"

#include <gtest/gtest.h>

#include "daemon/base/hash.h"

namespace firmbench {
namespace {

TEST(EnrollmentCode, IsReadAsItIsTyped) {
  const EnrollmentCode code{.secret = "abcdefghijkmnpqr", .key = "23456789abcdefghijkm"};
  EXPECT_EQ(code.Text(), "abcd-efgh-ijkm-npqr-2345-6789-abcd-efgh-ijkm");
  for (const std::string& typed :
       {code.Text(), std::string("ABCD EFGH ijkm npqr 2345 6789 abcd efgh IJKM\n"),
        code.secret + code.key}) {
    const auto read = EnrollmentCode::Parse(typed);
    ASSERT_TRUE(read) << typed;
    EXPECT_EQ(read->secret, code.secret);
    EXPECT_EQ(read->key, code.key);
  }
}

TEST(EnrollmentCode, RefusesWhatItIsNot) {
  const std::string good = "abcd-efgh-ijkm-npqr-2345-6789-abcd-efgh-ijkm";
  for (const std::string& wrong :
       {std::string(), good.substr(1), good + "a", std::string(36, 'l'), std::string(36, '0'),
        std::string(10'000, 'a'), std::string(36, '\xff'), "abcd/" + good.substr(5)}) {
    const auto read = EnrollmentCode::Parse(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().reason(), "CODE_INVALID");
  }
}

TEST(EnrollmentCode, NamesAKeyByItsFirstHundredBits) {
  Sha256Digest digest{};
  EXPECT_EQ(KeyLettersOf(digest), std::string(20, 'a'));
  digest.fill(0xFF);
  EXPECT_EQ(KeyLettersOf(digest), std::string(20, '9'));
  digest.fill(0);
  digest[0] = 0x08;  // 00001 000...
  EXPECT_EQ(KeyLettersOf(digest), "b" + std::string(19, 'a'));
  digest.fill(0);
  digest[12] = 0x10;  // the last of 100 bits
  EXPECT_EQ(KeyLettersOf(digest), std::string(19, 'a') + "b");
  digest[12] = 0x08;  // behind them
  EXPECT_EQ(KeyLettersOf(digest), std::string(20, 'a'));
}

}  // namespace
}  // namespace firmbench
