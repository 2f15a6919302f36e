// SPDX-License-Identifier: Apache-2.0
// The texts of `firmbench explain`: complete, honest about what is known, and fit for a terminal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "client/cli/explain/topics.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class EveryTopic : public ::testing::TestWithParam<ExplainTopic> {};

TEST_P(EveryTopic, FitsATerminalAndAShortPatience) {
  const std::string shown = RenderTopic(GetParam());
  for (const std::string& line : Lines(shown)) {
    EXPECT_LE(line.size(), 78u) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
  }
  EXPECT_GE(Lines(shown).size(), 8u);
  EXPECT_LE(Lines(shown).size(), 30u);
  EXPECT_EQ(Lines(shown)[0], GetParam().title);
  EXPECT_EQ(Lines(shown)[1], "");
  EXPECT_FALSE(Lines(shown)[2].empty());
  EXPECT_THAT(shown, ::testing::Not(HasSubstr("\n\n\n")));
}

TEST_P(EveryTopic, IsPlainAscii) {
  for (const std::string_view text : {GetParam().name, GetParam().title, GetParam().text}) {
    EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                            [](char c) { return c == '\n' || (c >= 0x20 && c <= 0x7e); }));
  }
  EXPECT_EQ(GetParam().name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
            std::string_view::npos);
}

TEST_P(EveryTopic, RefersOnlyToTopicsThatExist) {
  std::string text(GetParam().text);
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (const std::string_view mark : {"See also: ", "(topic ", " topic "}) {
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const size_t begin = at + mark.size();
      const size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", begin);
      const std::string name = text.substr(begin, end - begin);
      EXPECT_NE(FindExplainTopic(name), nullptr) << name;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Explain, EveryTopic, ::testing::ValuesIn(ExplainTopics()),
                         [](const auto& each) {
                           std::string name(each.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Explain, NamesEachTopicOnce) {
  std::set<std::string_view> names;
  for (const ExplainTopic& topic : ExplainTopics()) {
    EXPECT_TRUE(names.insert(topic.name).second) << topic.name;
  }
  EXPECT_EQ(FindExplainTopic("no-such-topic"), nullptr);
  EXPECT_EQ(FindExplainTopic(""), nullptr);
}

// The questions that people bring, and that must never lose their answer.
TEST(Explain, AnswersTheQuestionsOfTheTrade) {
  for (const char* name :
       {"firmware-or-eeprom", "mtkflash-backup", "eeprom-backup", "mtkflash-harm",
        "mtkflash-options", "hex-compare-na", "backup-size", "chips", "status-80", "451s-851s",
        "memories", "outcomes", "recovery", "dead-drives", "evidence", "exit-codes"}) {
    EXPECT_NE(FindExplainTopic(name), nullptr) << name;
  }
}

TEST(Explain, SaysWhatNobodyHasPublished) {
  for (const char* name :
       {"firmware-or-eeprom", "mtkflash-backup", "eeprom-backup", "mtkflash-harm",
        "mtkflash-options", "backup-size", "chips", "451s-851s", "evidence"}) {
    std::string text(FindExplainTopic(name)->text);
    std::replace(text.begin(), text.end(), '\n', ' ');
    EXPECT_THAT(text, HasSubstr("not publicly known")) << name;
  }
}

TEST(Explain, GradesWhatItSaysAboutDrives) {
  for (const char* name : {"firmware-or-eeprom", "mtkflash-backup", "eeprom-backup",
                           "mtkflash-harm", "mtkflash-options", "backup-size", "chips", "status-80",
                           "451s-851s", "recovery", "dead-drives"}) {
    std::string text(FindExplainTopic(name)->text);
    std::replace(text.begin(), text.end(), '\n', ' ');
    EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("(second hand"), HasSubstr("(read in code)"),
                                       HasSubstr("(documented)")))
        << name;
  }
}

TEST(Explain, NamesEveryOutcomeExitCodeAndGrade) {
  const std::string outcomes(FindExplainTopic("outcomes")->text);
  for (const char* word :
       {"NOT_STARTED", "UNCHANGED", "CHANGED_VERIFIED", "CHANGED_UNVERIFIED", "NO_EFFECT",
        "UNKNOWN", "SUCCEEDED", "FAILED", "CANCELLED", "REFUSED", "EQUAL", "VOLATILE_ONLY",
        "CHANGED:", "NOT_READ", "untouched", "partly_written"}) {
    EXPECT_THAT(outcomes, HasSubstr(word));
  }
  const std::string codes(FindExplainTopic("exit-codes")->text);
  for (const char* code : {"0", "1", "2", "3", "4", "5", "6", "130"}) {
    EXPECT_THAT(codes, HasSubstr(std::string("\n- ") + code + ": "));
  }
  const std::string grades(FindExplainTopic("evidence")->text);
  for (const char* grade :
       {"observed", "documented", "read in code", "second hand", "hypothetical"}) {
    EXPECT_THAT(grades, HasSubstr(std::string("\n- ") + grade + ": "));
  }
}

TEST(RenderTopic, WrapsParagraphsIndentsItemsAndKeepsCommands) {
  const ExplainTopic topic = {"t", "A title", R"(
One two three four five six
seven eight nine ten.

- first item with more than forty columns in it
- second

  firmbench a   b

End.)"};
  EXPECT_EQ(RenderTopic(topic, 40),
            "A title\n"
            "\n"
            "One two three four five six seven eight\n"
            "nine ten.\n"
            "\n"
            "- first item with more than forty\n"
            "  columns in it\n"
            "- second\n"
            "\n"
            "  firmbench a   b\n"
            "\n"
            "End.\n");
}

TEST(RenderTopic, SurvivesWordsLongerThanALineAndEmptyText) {
  const std::string word(90, 'x');
  const std::string text = "a " + word + " b";
  EXPECT_EQ(RenderTopic({"t", "T", text}, 10), "T\n\na\n" + word + "\nb\n");
  EXPECT_EQ(RenderTopic({"t", "T", ""}), "T\n\n");
}

}  // namespace
}  // namespace firmbench::cli
