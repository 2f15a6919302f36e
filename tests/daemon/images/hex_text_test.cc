// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/hex_text.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

constexpr std::string_view kNextBank = ":00000155AA\r\n";
constexpr std::string_view kEnd = ":00000001FF\r\n";

std::string Record(uint16_t offset, ByteView data, uint8_t type = 0) {
  Bytes record = {static_cast<uint8_t>(data.size()), static_cast<uint8_t>(offset >> 8),
                  static_cast<uint8_t>(offset), type};
  record.insert(record.end(), data.begin(), data.end());
  uint8_t sum = 0;
  for (const uint8_t byte : record) sum = static_cast<uint8_t>(sum + byte);
  record.push_back(static_cast<uint8_t>(-sum));
  std::string line = ":" + ToHex(record) + "\r\n";
  std::transform(line.begin(), line.end(), line.begin(), ::toupper);
  return line;
}

std::string AsHexText(ByteView image) {
  std::string text;
  for (size_t at = 0; at < image.size(); at += 16) {
    if (at != 0 && at % kBankBytes == 0) text += kNextBank;
    const ByteView row = image.subspan(at, 16);
    if (!AllBytesAre(row, 0xff)) text += Record(static_cast<uint16_t>(at), row);
  }
  return text + std::string(kEnd);
}

Result<HexText> Parse(const std::string& text) { return ParseHexText(AsBytes(text)); }

std::string ReasonOf(const std::string& text) {
  const auto parsed = Parse(text);
  return parsed ? "" : parsed.error().reason();
}

TEST(HexText, GivesBackTheImageThatWasWritten) {
  const Bytes image = test::BuildImage("LTR-48246S");
  const HexText parsed = Parse(AsHexText(image)).value();
  EXPECT_EQ(parsed.bytes, image);
  EXPECT_EQ(parsed.banks, image.size() / kBankBytes);
  EXPECT_TRUE(Recognise(parsed.bytes).ok());
}

TEST(HexText, TakesLowerCaseAndTheLineEndsOfAllSystems) {
  const std::string line = Record(0x1234, Bytes{1, 2, 3});
  std::string lower = line;
  std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
  std::replace(lower.begin(), lower.end(), '\r', ' ');
  const HexText parsed = Parse("\n" + lower + std::string(kEnd) + "\x1a").value();
  ASSERT_EQ(parsed.bytes.size(), kBankBytes);
  EXPECT_EQ(parsed.bytes[0x1233], 0xff);
  EXPECT_EQ(parsed.bytes[0x1234], 1);
  EXPECT_EQ(parsed.bytes[0x1236], 3);
  EXPECT_EQ(parsed.named_bytes, 3u);
}

TEST(HexText, CountsABankThatNoRecordNames) {
  const std::string row = Record(0, Bytes{7});
  const HexText parsed =
      Parse(row + std::string(kNextBank) + std::string(kNextBank) + row + std::string(kEnd))
          .value();
  ASSERT_EQ(parsed.banks, 3u);
  EXPECT_EQ(parsed.bytes[kBankBytes], 0xff);
  EXPECT_EQ(parsed.bytes[2 * kBankBytes], 7);
  // One that is only announced before the end is none.
  EXPECT_EQ(Parse(row + std::string(kNextBank) + std::string(kEnd)).value().banks, 1u);
}

TEST(HexText, RefusesWhatWasDamagedOnTheWay) {
  const std::string row = Record(0x100, Bytes{1, 2, 3, 4});
  const std::string end(kEnd);
  EXPECT_EQ(ReasonOf(row), "HEX_TEXT_TRUNCATED");
  EXPECT_EQ(ReasonOf(""), "HEX_TEXT_TRUNCATED");
  EXPECT_EQ(ReasonOf(end), "HEX_TEXT_INVALID");
  EXPECT_EQ(ReasonOf(row.substr(0, 15) + "\n" + end), "HEX_TEXT_INVALID");
  EXPECT_EQ(ReasonOf(row + end + row), "HEX_TEXT_INVALID");
  EXPECT_EQ(ReasonOf(row + "GARBAGE\n" + end), "HEX_TEXT_INVALID");
  EXPECT_EQ(ReasonOf(":0Z000001FF\n"), "HEX_TEXT_INVALID");
  EXPECT_EQ(ReasonOf(":" + std::string(100'000, '0') + "\n"), "HEX_TEXT_INVALID");
  std::string changed = row;
  changed[10] = changed[10] == '0' ? '1' : '0';
  EXPECT_EQ(ReasonOf(changed + end), "HEX_TEXT_CHECKSUM");
  EXPECT_EQ(Parse(row + changed + end).error().message().substr(0, 7), "line 2:");
  EXPECT_EQ(ReasonOf(Record(0xfffe, Bytes{1, 2, 3}) + end), "HEX_TEXT_INVALID");
}

TEST(HexText, RefusesOtherKindsAndContradictions) {
  const std::string row = Record(0x100, Bytes{1});
  EXPECT_EQ(ReasonOf(Record(0, Bytes{0x10, 0x00}, 0x04) + row + std::string(kEnd)),
            "HEX_TEXT_OTHER_KIND");
  EXPECT_EQ(ReasonOf(Record(0, Bytes{}, 0x77) + row + std::string(kEnd)), "HEX_TEXT_OTHER_KIND");
  EXPECT_EQ(ReasonOf(row + Record(0x100, Bytes{2}) + std::string(kEnd)), "HEX_TEXT_OVERLAP");
  EXPECT_EQ(ReasonOf(row + row + std::string(kEnd)), "");
}

TEST(HexText, TakesNoMoreThanSixteenBanks) {
  std::string text;
  for (uint32_t bank = 0; bank < kMaxHexBanks; ++bank) {
    text += Record(0, Bytes{static_cast<uint8_t>(bank)}) + std::string(kNextBank);
  }
  EXPECT_EQ(Parse(text + std::string(kEnd)).value().banks, kMaxHexBanks);
  EXPECT_EQ(ReasonOf(text + Record(0, Bytes{1}) + std::string(kEnd)), "HEX_TEXT_TOO_LARGE");
  std::string bomb;
  for (int i = 0; i < 100'000; ++i) bomb += kNextBank;
  EXPECT_EQ(ReasonOf(bomb), "HEX_TEXT_TOO_LARGE");
}

TEST(HexText, KnowsItsFirstLine) {
  EXPECT_TRUE(LooksLikeHexText(AsBytes("\r\n :10000000")));
  EXPECT_FALSE(LooksLikeHexText(AsBytes(":1000")));
  EXPECT_FALSE(LooksLikeHexText(AsBytes(":not hex!")));
  EXPECT_FALSE(LooksLikeHexText({}));
  EXPECT_FALSE(LooksLikeHexText(test::BuildImage("LTR-48246S")));
}

}  // namespace
}  // namespace firmbench::images
