// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/canonical_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "daemon/base/utf8.h"

namespace firmbench::storage::audit {
namespace {

std::string ParseReason(std::string_view text) {
  const auto parsed = Json::Parse(text);
  return parsed ? "OK" : parsed.error().reason();
}

TEST(CanonicalJson, DumpsEveryKindOfValueWithoutBlanks) {
  const Json json = Json::Object()
                        .Set("b", true)
                        .Set("a", Json::Array().Append(1).Append("x").Append(Json()))
                        .Set("n", -5)
                        .Set("o", Json::Object());
  EXPECT_EQ(json.Dump(), R"({"a":[1,"x",null],"b":true,"n":-5,"o":{}})");
}

// The example of RFC 8785 section 3.2.3.
TEST(CanonicalJson, SortsFieldsByUtf16CodeUnits) {
  const auto parsed = Json::Parse(R"({
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"})");
  ASSERT_TRUE(parsed.has_value());
  std::vector<std::string> names;
  for (const auto& [key, value] : parsed->fields()) names.push_back(value.AsString(""));
  EXPECT_EQ(names, (std::vector<std::string>{
                       "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
                       "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"}));
}

TEST(CanonicalJson, OrdersNamesBothWaysRound) {
  const std::string names[] = {"",       "a",          "ab",         "b",      "\u0080",
                               "\uD7FB", "\U00010000", "\U0010FFFF", "\uE000", "\uFFFD"};
  for (size_t i = 0; i < std::size(names); ++i) {
    for (size_t j = 0; j < std::size(names); ++j) {
      EXPECT_EQ(SortsBefore(names[i], names[j]), i < j) << i << " and " << j;
    }
  }
}

// The string of RFC 8785 section 3.2.2, whose canonical form section 3.2.4 gives as bytes.
TEST(CanonicalJson, EscapesAsTheRfcShows) {
  const auto parsed = Json::Parse(R"({"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                                      "literals": [null, true, false]})");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->Dump(),
            "{\"literals\":[null,true,false],\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\"
            "\\\"/\"}");
}

TEST(CanonicalJson, UsesShortEscapesWhereThereAreSome) {
  EXPECT_EQ(Json("\b\t\n\f\r\x01\x1f\x7f").Dump(), "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\"");
}

TEST(CanonicalJson, ReplacesAFieldOfTheSameName) {
  EXPECT_EQ(Json::Object().Set("a", 1).Set("a", 2).Dump(), R"({"a":2})");
}

TEST(CanonicalJson, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Json("a\xFFz").Dump(), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(ReplaceInvalidUtf8("\xF0\x9F\x98"), "\xEF\xBF\xBD");          // cut short
  EXPECT_EQ(ReplaceInvalidUtf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // not the shortest form
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));                                   // a surrogate
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));                               // above U+10FFFF
  EXPECT_TRUE(IsUtf8("\xF4\x8F\xBF\xBF"));
}

TEST(CanonicalJson, KeepsIntegersExactByWritingLargeOnesAsStrings) {
  EXPECT_EQ(Json(Json::kMaxInteger).Dump(), "9007199254740991");
  EXPECT_EQ(Json(Json::kMaxInteger + 1).Dump(), "\"9007199254740992\"");
  EXPECT_EQ(Json(-Json::kMaxInteger - 1).Dump(), "\"-9007199254740992\"");
  EXPECT_EQ(Json(std::numeric_limits<uint64_t>::max()).Dump(), "\"18446744073709551615\"");
}

TEST(CanonicalJson, ReadsFieldsWithTheirTypes) {
  const auto json = Json::Parse(R"({"text":"x","number":7,"flag":true,"list":["a"]})");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->GetString("text").value(), "x");
  EXPECT_EQ(json->GetInteger("number").value(), 7);
  EXPECT_TRUE(json->GetBool("flag").value());
  EXPECT_EQ((*json)["list"].items().at(0).AsString(""), "a");
  EXPECT_EQ(json->GetString("missing").error().reason(), "JSON_FIELD_MISSING");
  EXPECT_EQ(json->GetString("number").error().reason(), "JSON_FIELD_TYPE");
  EXPECT_EQ(json->GetInteger("text").error().reason(), "JSON_FIELD_TYPE");
  EXPECT_EQ(json->GetBool("text").error().reason(), "JSON_FIELD_TYPE");
  EXPECT_TRUE((*json)["missing"]["deeper"].is_null());
  EXPECT_EQ((*json)["text"].AsInteger(-1), -1);
}

TEST(CanonicalJson, ParsesWhatItDumps) {
  const Json json = Json::Object()
                        .Set("\xF0\x9F\x98\x80", Json::Array().Append(Json::Object().Set("", 0)))
                        .Set("quote\"\\\n", "\x01");
  const auto again = Json::Parse(json.Dump());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, json);
}

TEST(JsonParser, RefusesWhatIsNotStrictJson) {
  for (const std::string_view text : {"",
                                      "{",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{\"a\":1,\"a\":2}",
                                      "01",
                                      "-0",
                                      "-",
                                      "1.5",
                                      "1e3",
                                      "+1",
                                      "tru",
                                      "nulll",
                                      "\"a",
                                      "\"\\x\"",
                                      "\"\\u12g4\"",
                                      "\"\\ud800\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\n\"",
                                      "\"\xFF\"",
                                      "{a:1}",
                                      "{\"a\" 1}",
                                      "[1 2]",
                                      "1 1",
                                      "9007199254740992",
                                      "99999999999999999999999",
                                      "NaN",
                                      "'a'",
                                      "[",
                                      "{\"a\":"}) {
    EXPECT_EQ(ParseReason(text), "JSON_INVALID") << text;
  }
}

TEST(JsonParser, RefusesEveryTruncation) {
  const std::string whole = R"({"a":[1,{"b":"\ud83d\ude00"}],"c":null})";
  ASSERT_EQ(ParseReason(whole), "OK");
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(ParseReason(whole.substr(0, length)), "JSON_INVALID") << length;
  }
}

TEST(JsonParser, BoundsDepthAndSize) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(ParseReason(nested(32)), "OK");
  EXPECT_EQ(ParseReason(nested(33)), "JSON_TOO_DEEP");
  EXPECT_EQ(ParseReason(std::string(100'000, '[')), "JSON_TOO_DEEP");
  EXPECT_EQ(ParseReason("\"" + std::string(1 << 20, 'a') + "\""), "JSON_TOO_LARGE");
  const auto strict = Json::Parse("[1]", {.max_bytes = 2, .max_depth = 1});
  EXPECT_EQ(strict.error().reason(), "JSON_TOO_LARGE");
}

}  // namespace
}  // namespace firmbench::storage::audit
