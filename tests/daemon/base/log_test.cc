// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::log {
namespace {

std::string Quoted(std::string_view value) {
  std::string line;
  internal::AppendValue(line, value);
  return line;
}

TEST(LogValue, QuotesWhatIsNotOneWord) {
  EXPECT_EQ(Quoted("SUCCEEDED"), "SUCCEEDED");
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("two words"), "\"two words\"");
  EXPECT_EQ(Quoted("a=b"), "\"a=b\"");
  EXPECT_EQ(Quoted("say \"no\" \\"), "\"say \\\"no\\\" \\\\\"");
}

TEST(LogValue, KeepsHostileStringsOnOneLine) {
  EXPECT_EQ(Quoted("x\nERROR forged"), "\"x\\x0aERROR forged\"");
  EXPECT_EQ(Quoted("tab\there"), "\"tab\\x09here\"");
}

TEST(LogValue, NeverEmitsTerminalControl) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string line = Quoted(std::string("a") + static_cast<char>(c) + "b");
    EXPECT_EQ(line.find(static_cast<char>(c)), std::string::npos) << c;
  }
  EXPECT_EQ(Quoted("a\x7f").find('\x7f'), std::string::npos);
}

TEST(LogPairs, FollowTheMessage) {
  std::string line = "job finished";
  internal::AppendPairs(line, "job", "abc", "bytes", 512, "why", "no disc");
  EXPECT_EQ(line, "job finished job=abc bytes=512 why=\"no disc\"");
}

TEST(LogLevel, DecidesWhatIsWritten) {
  SetLevel(Level::kWarn);
  EXPECT_FALSE(Enabled(Level::kInfo));
  EXPECT_TRUE(Enabled(Level::kWarn));
  EXPECT_TRUE(Enabled(Level::kCritical));
  SetLevel(Level::kInfo);
  EXPECT_TRUE(Enabled(Level::kInfo));
  EXPECT_FALSE(Enabled(Level::kDebug));
}

}  // namespace
}  // namespace firmbench::log
