// SPDX-License-Identifier: Apache-2.0
// Files made to mislead or to crash: whatever comes in, the report keeps its promises.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "daemon/images/compare.h"
#include "daemon/images/liteon_geometry.h"
#include "daemon/images/mediatek_liteon.h"
#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

constexpr uint8_t kHeader[] = {0x05, 0x80, 0x00, 0x32, 0x1f, 0x00, 0x00, 0x00};

void PutBlock(Bytes& image, size_t at, std::string_view text) {
  std::copy(std::begin(kHeader), std::end(kHeader), image.begin() + static_cast<ptrdiff_t>(at));
  std::copy(text.begin(), text.end(), image.begin() + static_cast<ptrdiff_t>(at + 8));
}

bool IsPlainText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

// What holds for every report, good or refused.
void CheckPromises(ByteView bytes) {
  const ImageReport report = Recognise(bytes);
  ASSERT_LE(report.id_blocks.size(), kMaxIdBlocks);
  for (const IdBlock& id : report.id_blocks) {
    ASSERT_LE(uint64_t{id.offset} + 36, bytes.size());
    ASSERT_TRUE(IsPlainText(id.vendor + id.product + id.revision + id.timestamp));
  }
  for (const std::string& warning : report.warnings) ASSERT_TRUE(IsPlainText(warning));
  if (!report.ok()) {
    static const std::set<std::string> kReasons = {"IMAGE_NOT_RECOGNISED", "IMAGE_SIZE_WRONG",
                                                   "IMAGE_TRUNCATED", "IMAGE_BLANK",
                                                   "IMAGE_IS_EEPROM"};
    ASSERT_TRUE(kReasons.contains(report.refusal->reason())) << report.refusal->ToString();
    ASSERT_FALSE(report.refusal->remedy().empty());
    ASSERT_TRUE(IsPlainText(report.refusal->message()));
    ASSERT_TRUE(LayoutOf(report).empty());
    return;
  }
  ASSERT_FALSE(report.revision.empty());
  ASSERT_GT(report.banks, 0u);
  ASSERT_TRUE(CpuView(bytes, report).has_value());
  for (const Region& region : LayoutOf(report)) {
    ASSERT_LE(uint64_t{region.offset} + region.length, bytes.size()) << region.meaning;
  }
}

TEST(IdBlocks, ThatReachOverTheEndAreNone) {
  for (size_t length = 0; length < 36; ++length) {
    Bytes bytes(0x4000 + length, 0x02);
    std::copy_n(std::begin(kHeader), std::min<size_t>(length, 8), bytes.begin() + 0x4000);
    std::fill(bytes.begin() + 0x4000 + static_cast<ptrdiff_t>(std::min<size_t>(length, 8)),
              bytes.end(), 'A');
    EXPECT_TRUE(FindIdBlocks(bytes).empty()) << length;
  }
}

TEST(IdBlocks, AtTheVeryEndAreFoundWithoutATimestamp) {
  Bytes bytes(0x4000 + 36, 0x02);
  PutBlock(bytes, 0x4000, "LITE-ON LTR-48246S      SS0B");
  const std::vector<IdBlock> blocks = FindIdBlocks(bytes);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].revision, "SS0B");
  EXPECT_EQ(blocks[0].timestamp, "");
}

TEST(IdBlocks, WithUnprintableOrBlankFieldsAreNone) {
  Bytes bytes(0x6000, 0x02);
  PutBlock(bytes, 0x4000, "LITE-ON LTR-48246S\x1b[31m SS0B");
  PutBlock(bytes, 0x4100, "LITE-ON                 SS0B");
  PutBlock(bytes, 0x4200, "        LTR-48246S      SS0B");
  PutBlock(bytes, 0x4300, "LITE-ON LTR-48246S          ");
  EXPECT_TRUE(FindIdBlocks(bytes).empty());
}

TEST(IdBlocks, InTheBootCodeCannotHideTheRealOne) {
  Bytes image = test::BuildImage("LTR-48246S");
  for (size_t at = 0x100; at + 64 < 0x4000; at += 64) {
    PutBlock(image, at, "EVIL    LTR-52327S      QS0C");
  }
  const ImageReport report = Recognise(image);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.product, "LTR-48246S");
  EXPECT_LE(report.id_blocks.size(), kMaxIdBlocks);
}

TEST(IdBlocks, NeedAYearInTheTimestamp) {
  Bytes bytes(0x6000, 0x02);
  PutBlock(bytes, 0x4000, "LITE-ON DVDRW LDW-451S  GSB4Mar11 ,2004     ");
  PutBlock(bytes, 0x4100, "LITE-ON DVDRW LDW-451S  GSB4no date in here ");
  PutBlock(bytes, 0x4200, "LITE-ON DVDRW LDW-451S  GSB41999/12/31 23:59");
  const std::vector<IdBlock> blocks = FindIdBlocks(bytes);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].timestamp, "Mar11 ,2004");
  EXPECT_EQ(blocks[1].timestamp, "");
  EXPECT_EQ(blocks[2].timestamp, "1999/12/31 23:59");
}

TEST(BankSwitchCode, CutOffByTheEndOfTheFileIsNone) {
  Bytes image = test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000});
  image[image.size() - 3] = 0xe5;
  image[image.size() - 2] = 0x90;
  image[image.size() - 1] = 0x54;
  EXPECT_EQ(Recognise(image).bank_mask, std::nullopt);
}

TEST(BankSwitchCode, OfBankZeroWinsOverOneInData) {
  Bytes image = test::BuildImage("LTR-48246S");
  const uint8_t other[] = {0xe5, 0x90, 0x54, 0x1f, 0xb4, 0x00};
  std::copy(std::begin(other), std::end(other), image.begin() + 0x1000);
  EXPECT_EQ(Recognise(image).bank_mask, 0x07);
}

TEST(Mutations, NeverBreakAPromise) {
  // Small images of every layout, so that these reports take seconds.
  const std::vector<Bytes> seeds = {
      test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000}),
      test::BuildImage({.model = "SOHW-832S", .packed = true}),
      test::BuildEeprom("LTR-48246S"),
  };
  std::mt19937 random(20040311);
  const auto below = [&random](size_t n) { return static_cast<size_t>(random()) % n; };
  for (int round = 0; round < 1500; ++round) {
    Bytes bytes = seeds[below(seeds.size())];
    for (size_t changes = 1 + below(8); changes > 0 && !bytes.empty(); --changes) {
      switch (below(5)) {
        case 0:
          bytes[below(bytes.size())] = static_cast<uint8_t>(random());
          break;
        case 1:
          bytes.resize(below(bytes.size() + 1));
          break;
        case 2:
          if (bytes.size() < 64) break;
          PutBlock(bytes, below(bytes.size() - 63), "LITE-ON LTR-1 2004          2004");
          break;
        case 3: {
          const size_t at = below(bytes.size());
          std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(at),
                      std::min(bytes.size() - at, below(0x20000)),
                      static_cast<uint8_t>(below(2) * 0xff));
          break;
        }
        default:
          bytes[below(bytes.size() / kBankBytes + 1) * kBankBytes % bytes.size()] =
              static_cast<uint8_t>(0x02 + below(2) * 0x7e);
      }
    }
    ASSERT_NO_FATAL_FAILURE(CheckPromises(bytes)) << "round " << round;
  }
}

TEST(Mutations, OfPureNoiseAreNeverFirmware) {
  std::mt19937 random(7);
  for (const size_t size : {1, 2, 36, 0x400, 0x1000, 0x20000, 0x40000, 0x80000, 0x100000}) {
    Bytes bytes(size);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
    bytes[0] = 0x02;
    EXPECT_FALSE(Recognise(bytes).ok()) << size;
    ASSERT_NO_FATAL_FAILURE(CheckPromises(bytes));
  }
}

}  // namespace
}  // namespace firmbench::images
