// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace firmbench::log {
namespace {

constexpr int64_t kNow = 1'795'000'000'123'456;
constexpr char kNowText[] = "2026-11-18T11:06:40.123456Z";

std::string Line(Format format, std::string_view message, std::vector<Field> fields = {},
                 Level level = Level::kInfo) {
  return LineOf(format, {.level = level, .message = message, .fields = std::move(fields)}, kNow);
}
std::string Text(std::string_view message, std::vector<Field> fields = {}) {
  return Line(Format::kJournal, message, std::move(fields)).substr(3);
}
std::string Quoted(const std::string& value) { return Text("m", {{"k", value}}).substr(4); }
// What JSON says of a value.
std::string Json(const std::string& value) {
  const std::string line = Line(Format::kJson, "m", {{"k", value}});
  const size_t at = line.find("\"k\":") + 4;
  return line.substr(at, line.size() - 1 - at);
}

TEST(LogText, SaysTimeLevelAndPairs) {
  EXPECT_EQ(Line(Format::kText, "job finished", {{"job", "abc"}, {"why", "no disc"}}, Level::kWarn),
            std::string(kNowText) + " warn job finished job=abc why=\"no disc\"");
}

TEST(LogText, QuotesWhatIsNotOneWord) {
  EXPECT_EQ(Quoted("SUCCEEDED"), "SUCCEEDED");
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("two words"), "\"two words\"");
  EXPECT_EQ(Quoted("a=b"), "\"a=b\"");
  EXPECT_EQ(Quoted("say \"no\" \\"), "\"say \\\"no\\\" \\\\\"");
  EXPECT_EQ(Quoted("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(LogText, KeepsHostileStringsOnOneLine) {
  EXPECT_EQ(Quoted("x\nERROR forged"), "\"x\\x0aERROR forged\"");
  EXPECT_EQ(Quoted("tab\there"), "\"tab\\x09here\"");
  EXPECT_EQ(Text("a\nb"), "a\\x0ab");
}

TEST(LogText, NeverEmitsTerminalControl) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string line = Quoted(std::string("a") + static_cast<char>(c) + "b");
    EXPECT_EQ(line.find(static_cast<char>(c)), std::string::npos) << c;
  }
  EXPECT_EQ(Quoted("a\x7f").find('\x7f'), std::string::npos);
  // CSI of the upper half, and bytes that are no UTF-8.
  EXPECT_EQ(Quoted("\xc2\x9b"), "\"\\xc2\\x9b\"");
  EXPECT_EQ(Quoted("\x9b"), "\"\\x9b\"");
}

TEST(LogJson, IsOneObject) {
  EXPECT_EQ(
      Line(Format::kJson, "job finished", {{"job", "abc"}, {"bytes", "512", true}}, Level::kError),
      std::string("{\"time\":\"") + kNowText +
          "\",\"level\":\"error\",\"message\":\"job finished\",\"job\":\"abc\",\"bytes\":512}");
}

TEST(LogJson, EscapesWhatJsonDoesNotTake) {
  EXPECT_EQ(Json("say \"no\" \\"), R"("say \"no\" \\")");
  EXPECT_EQ(Json(std::string("\0\n\x1b\x7f", 4)), R"("\u0000\u000a\u001b\u007f")");
  EXPECT_EQ(Json("\xc2\x9b"), R"("\u009b")");
  EXPECT_EQ(Json("gr\xc3\xbc\xc3\x9f \xf0\x9f\x92\xbf"), "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x92\xbf\"");
}

TEST(LogJson, ReplacesEveryByteThatIsNotUtf8) {
  // Alone, too long, half of a pair, above the last, cut off.
  EXPECT_EQ(Json("\xff"), R"("\ufffd")");
  EXPECT_EQ(Json("\xc0\x80"), R"("\ufffd\ufffd")");
  EXPECT_EQ(Json("\xe0\x80\x80"), R"("\ufffd\ufffd\ufffd")");
  EXPECT_EQ(Json("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");
  EXPECT_EQ(Json("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");
  EXPECT_EQ(Json("a\xe2\x82"), R"("a\ufffd\ufffd")");
  EXPECT_EQ(Json("\xc2"), R"("\ufffd")");
}

TEST(LogJournal, SaysThePriorityOfEachLevel) {
  const auto of = [](Level level) { return Line(Format::kJournal, "m", {{"k", "v"}}, level); };
  EXPECT_EQ(of(Level::kDebug), "<7>m k=v");
  EXPECT_EQ(of(Level::kInfo), "<6>m k=v");
  EXPECT_EQ(of(Level::kWarn), "<4>m k=v");
  EXPECT_EQ(of(Level::kError), "<3>m k=v");
  EXPECT_EQ(of(Level::kCritical), "<2>m k=v");
}

TEST(LogJournal, IsChosenOnlyWhenTheLogGoesThere) {
  EXPECT_EQ(FormatFor("9:1234", 9, 1234), Format::kJournal);
  for (const char* other : {"", "9:12345", "9:123", "8:1234", "9", "9:1234 ", "0x9:1234"}) {
    EXPECT_EQ(FormatFor(other, 9, 1234), Format::kText) << other;
  }
}

TEST(LogPairs, KeepNumbersAndTexts) {
  std::vector<Field> fields;
  internal::AppendPairs(fields, "job", "abc", "bytes", 512, "on", true, "size", "512");
  EXPECT_EQ(LineOf(Format::kJson, {.message = "m", .fields = fields}, kNow)
                .substr(sizeof("{\"time\":\"\",\"level\":\"info\",") - 1 + sizeof(kNowText) - 1),
            R"("message":"m","job":"abc","bytes":512,"on":true,"size":"512"})");
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
