// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/sense.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace firmbench::scsi {
namespace {

std::string Describe(const std::optional<SenseInfo>& sense) {
  if (!sense) return "none";
  std::string text = SenseCode(*sense);
  for (char& c : text) c = c == '/' ? '-' : c;
  return text + (sense->deferred ? "-deferred" : "");
}

// Each file holds sense data in hex, with # comments; its name says what it must decode to:
// CASE.05-20-00.hex, CASE.05-20-00-deferred.hex, CASE.none.hex.
TEST(SenseDecoder, DecodesTheCorpusAsItsFileNamesSay) {
  size_t files = 0;
  const std::filesystem::path folder =
      std::filesystem::path(FIRMBENCH_SOURCE_DIR) / "tests/daemon/scsi/sense";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().filename().string());
    ++files;
    std::ifstream in(entry.path());
    std::string hex, line;
    while (std::getline(in, line)) {
      line.resize(std::min(line.size(), line.find('#')));
      for (const char c : line) hex += c == ' ' ? std::string() : std::string(1, c);
    }
    const auto bytes = FromHex(hex);
    ASSERT_TRUE(bytes);
    const std::string stem = entry.path().stem().string();
    EXPECT_EQ(Describe(DecodeSense(*bytes)), stem.substr(stem.rfind('.') + 1));
  }
  EXPECT_GE(files, 20u);
}

TEST(SenseDecoder, RejectsTruncatedDescriptor) {
  const Bytes whole{0x72, 0x05, 0x24, 0x00};
  EXPECT_TRUE(DecodeSense(whole));
  for (size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(DecodeSense(ByteView(whole).first(n)));
}

TEST(SenseDecoder, ReadsNothingBeyondItsView) {
  // A heap block of the exact size, so that AddressSanitizer sees one byte too many.
  for (size_t n = 0; n <= 32; ++n) {
    for (const uint8_t code : {0x70, 0x71, 0x72, 0x73, 0xf0, 0x7f}) {
      Bytes bytes(n, 0xff);
      if (n > 0) bytes[0] = code;
      const auto sense = DecodeSense(bytes);
      EXPECT_EQ(sense.value_or(SenseInfo{0x0f, 0, 0, false}).key, 0x0f);
    }
  }
}

TEST(SenseDecoder, UndoesEncodeFixedSense) {
  const SenseInfo sense{0x2, 0x04, 0x07, true};
  EXPECT_EQ(Describe(DecodeSense(EncodeFixedSense(sense))), "02-04-07-deferred");
}

TEST(SenseText, SpeaksInTheWordsOfTheStandard) {
  EXPECT_EQ(SenseText({5, 0x20, 0, false}),
            "illegal request: invalid command operation code (05/20/00)");
  EXPECT_EQ(SenseText({2, 0x3a, 0, false}), "not ready: medium not present (02/3a/00)");
  EXPECT_THAT(SenseText({6, 0x29, 0, true}), testing::StartsWith("deferred unit attention: "));
}

TEST(SenseText, HasSomethingToSayOfEveryCode) {
  for (int key = 0; key < 256; key += 5) {
    for (int asc = 0; asc < 256; ++asc) {
      const SenseInfo sense{static_cast<uint8_t>(key), static_cast<uint8_t>(asc), 0xfe, false};
      const std::string text = SenseText(sense);
      EXPECT_THAT(text, testing::EndsWith("(" + SenseCode(sense) + ")"));
      EXPECT_EQ(text.find('\n'), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace firmbench::scsi
