// SPDX-License-Identifier: Apache-2.0
// Updaters: what is found inside, and what is refused by which name.

#include "daemon/images/xflash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"
#include "tests/support/updater_builder.h"

namespace firmbench::images {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const Bytes& Firmware() {
  static const Bytes firmware = test::BuildImage("LDW-451S", "GSB7");
  return firmware;
}

test::UpdaterSpec Spec(const std::string& version, bool fibonacci = false) {
  test::UpdaterSpec spec;
  spec.version = version;
  spec.fibonacci = fibonacci;
  spec.members = {{"GSB7", Firmware()}};
  return spec;
}

template <typename T>
std::string ReasonOf(const Result<T>& result) {
  return result ? "OK" : result.error().reason();
}

void Replace(Bytes& file, std::string_view what, std::string_view with) {
  const size_t at = AsText(file).find(what);
  ASSERT_NE(at, std::string_view::npos);
  std::copy(with.begin(), with.end(), file.begin() + static_cast<ptrdiff_t>(at));
}

struct VariantCase {
  const char* name;
  const char* version;
  bool fibonacci;
  XflashVariant variant;
};
class Variants : public testing::TestWithParam<VariantCase> {};

TEST_P(Variants, AreUnpackedToTheLastByte) {
  const VariantCase& c = GetParam();
  const Bytes file = test::BuildUpdater(Spec(c.version, c.fibonacci));
  EXPECT_TRUE(LooksLikeUpdater(file));
  const auto report = ReadXflash(file);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_EQ(report->variant, c.variant);
  EXPECT_EQ(report->version, c.version);
  ASSERT_THAT(report->members, SizeIs(1));
  EXPECT_EQ(report->members[0].revision, "GSB7");
  const auto bytes = ExtractXflash(file, *report, report->members[0]);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(*bytes == Firmware());
  // The stored bytes alone are no firmware where they are scrambled.
  const ByteView stored = ByteView(file).last(Firmware().size());
  EXPECT_EQ(std::equal(stored.begin(), stored.end(), Firmware().begin()),
            c.variant == XflashVariant::kPlain);
}
INSTANTIATE_TEST_SUITE_P(
    Xflash, Variants,
    testing::Values(VariantCase{"Plain", "2.0.4", false, XflashVariant::kPlain},
                    VariantCase{"OldPlain", "1.2.10", false, XflashVariant::kPlain},
                    VariantCase{"WithoutVersion", "", false, XflashVariant::kPlain},
                    VariantCase{"Swapped", "2.0.5", false, XflashVariant::kSwapped},
                    VariantCase{"Inverted", "2.1.0", false, XflashVariant::kSwapped},
                    VariantCase{"Fibonacci", "2.1.3", true, XflashVariant::kFibonacci}),
    [](const auto& one) { return one.param.name; });

TEST(Unpack, LeavesAPlainFileAlone) {
  const auto unpacked = Unpack(Firmware(), "");
  ASSERT_TRUE(unpacked);
  EXPECT_FALSE(unpacked->bytes.has_value());
  EXPECT_EQ(unpacked->container, "");
  EXPECT_EQ(ReasonOf(Unpack(Firmware(), "GSB7")), "CONTAINER_MEMBER_NOT_FOUND");
}

TEST(Unpack, TakesTheTextOfMtkflashForTheBytesItStandsFor) {
  const auto unpacked = Unpack(AsBytes(":01000200AA53\r\n:00000001FF\r\n"), "");
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->container, "hex_text");
  ASSERT_EQ(unpacked->bytes->size(), 0x10000u);
  EXPECT_EQ((*unpacked->bytes)[2], 0xaa);
  ASSERT_EQ(unpacked->warnings.size(), 1u);
  EXPECT_THAT(unpacked->warnings[0], testing::HasSubstr("names 1 of 65536 bytes"));
  EXPECT_EQ(ReasonOf(Unpack(AsBytes(":01000200AA54\r\n"), "")), "HEX_TEXT_CHECKSUM");
}

TEST(Unpack, SaysWhereItComesFromAndToCompareIt) {
  const auto unpacked = Unpack(test::BuildUpdater(Spec("2.0.5")), "");
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->container, "xflash");
  ASSERT_THAT(unpacked->warnings, SizeIs(1));
  EXPECT_THAT(unpacked->warnings[0], HasSubstr("XFlash updater 2.0.5 (swapped)"));
  EXPECT_THAT(unpacked->warnings[0], HasSubstr("compare its MD5"));
  EXPECT_EQ(Recognise(*unpacked->bytes).revision, "GSB7");
}

TEST(Unpack, WarnsWhenTheUpdaterCallsItSomethingElse) {
  test::UpdaterSpec spec = Spec("2.0.4");
  spec.members[0].revision = "GSB9";
  const auto unpacked = Unpack(test::BuildUpdater(spec), "");
  ASSERT_TRUE(unpacked);
  ASSERT_THAT(unpacked->warnings, SizeIs(2));
  EXPECT_THAT(unpacked->warnings[1], HasSubstr("calls it GSB9, the firmware itself GSB7"));
}

TEST(Unpack, AsksWhichOfSeveral) {
  test::UpdaterSpec spec = Spec("2.0.4");
  const Bytes other = test::BuildImage("LDW-451S", "GSB6");
  spec.members.push_back({"GSB6", other});
  const Bytes file = test::BuildUpdater(spec);
  const auto asked = Unpack(file, "");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().reason(), "CONTAINER_HOLDS_SEVERAL");
  EXPECT_THAT(asked.error().message(), HasSubstr("GSB7, GSB6"));
  EXPECT_TRUE(*Unpack(file, "GSB6")->bytes == other);
  EXPECT_EQ(ReasonOf(Unpack(file, "GSB5")), "CONTAINER_MEMBER_NOT_FOUND");
}

TEST(Unpack, TakesTheKeyOfTheMembersOwnPlace) {
  test::UpdaterSpec spec = Spec("2.1.3", true);
  const Bytes other = test::BuildImage("LDW-451S", "GSB6");
  spec.members.push_back({"GSB6", other});
  EXPECT_TRUE(*Unpack(test::BuildUpdater(spec), "GSB6")->bytes == other);
}

struct RefusedCase {
  const char* name;
  Bytes file;
  const char* message;
};
Bytes Program(std::string_view text) {
  Bytes file(0x3000, 0x41);
  file[0] = 'M';
  file[1] = 'Z';
  std::copy(text.begin(), text.end(), file.begin() + 0x200);
  return file;
}
Bytes WithPositionLoop() {
  Bytes file = test::BuildUpdater(Spec("2.1.3"));
  Replace(file, std::string(16, '\x90'),
          std::string_view("\x0f\xb6\x04\x08\x25\x3f\x00\x00\x80\x79\x05\x48\x83\xc8\xc0\x40", 16));
  return file;
}
Bytes WithVersion(std::string_view version) {
  Bytes file = test::BuildUpdater(Spec("2.0.5"));
  Replace(file, "Ver 2.0.5", "Ver " + std::string(version));
  return file;
}
class Refused : public testing::TestWithParam<RefusedCase> {};
TEST_P(Refused, ByName) {
  const auto unpacked = Unpack(GetParam().file, "");
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().reason(), "CONTAINER_NOT_UNPACKABLE");
  EXPECT_THAT(unpacked.error().message(), HasSubstr(GetParam().message));
  EXPECT_FALSE(unpacked.error().remedy().empty());
}
INSTANTIATE_TEST_SUITE_P(
    Xflash, Refused,
    testing::Values(RefusedCase{"Upx", Program("UPX0"), "packed with UPX"},
                    RefusedCase{"HiddenUpx", Program(std::string_view("Ver 2.2.1\0\0", 11)),
                                "changed UPX"},
                    RefusedCase{"Older", Program("BIN-START-AD"), "older than XFlash"},
                    RefusedCase{"AnyProgram", Program("hello"), "without a table"},
                    RefusedCase{"Unpublished", WithVersion("2.0.7"), "nobody has published"},
                    RefusedCase{"ByPosition", WithPositionLoop(), "scrambles by position"}),
    [](const auto& one) { return one.param.name; });

TEST(BrokenTables, AreRefused) {
  const Bytes good = test::BuildUpdater(Spec("2.0.4"));
  const auto reason = [&good](std::string_view what, std::string_view with) {
    Bytes file = good;
    Replace(file, what, with);
    return ReasonOf(Unpack(file, ""));
  };
  EXPECT_EQ(ReasonOf(Unpack(ByteView(good).first(good.size() - 1), "")), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("BIN_START1=0000000000", "BIN_START1=9999999999"), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("BIN_START1=0000000000", "BIN_START1=0000000001"), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("BIN_SIZE1=0001048576", "BIN_SIZE1=9999999999"), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("BIN_SIZE1=0001048576", "BIN_SIZE1=0000000001"), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("HOW_MANY_BIN=1", "HOW_MANY_BIN=5"), "CONTAINER_BROKEN");
  EXPECT_EQ(reason("HOW_MANY_BIN=1", "HOW_MANY_BIN=0"), "CONTAINER_MEMBER_NOT_FOUND");
  EXPECT_EQ(reason("BIN_SIZE1=0001048576", "BIN_SIZE1=0000000000"), "CONTAINER_MEMBER_NOT_FOUND");
  // No digits, no table.
  EXPECT_EQ(reason("BIN_SIZE1=0001048576", "BIN_SIZE1=00010x8576"), "CONTAINER_NOT_UNPACKABLE");
  EXPECT_EQ(reason("HOW_MANY_BIN=1", "HOW_MANY_CATS="), "CONTAINER_NOT_UNPACKABLE");
}

TEST(BrokenTables, OfAnotherFileAreNotFollowed) {
  const Bytes file = test::BuildUpdater(Spec("2.1.3", true));
  XflashReport report = *ReadXflash(file);
  const ByteView shorter = ByteView(file).first(file.size() / 2);
  EXPECT_EQ(ReasonOf(ExtractXflash(shorter, report, report.members[0])), "CONTAINER_BROKEN");
  report.members[0].number = 7;
  EXPECT_EQ(ReasonOf(ExtractXflash(file, report, report.members[0])), "CONTAINER_BROKEN");
}

TEST(BrokenTables, ManyBeginningsCostNoTime) {
  // 16 MB of beginnings that all look right for a while.
  Bytes file;
  const std::string_view piece("BIN_START1=0000000000\0BIN_START2=", 33);
  file.reserve(16 << 20);
  file.insert(file.end(), {'M', 'Z'});
  while (file.size() + piece.size() < (16 << 20)) {
    file.insert(file.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(ReasonOf(Unpack(file, "")), "CONTAINER_NOT_UNPACKABLE");
}

TEST(Mutations, OfUpdatersNeverGiveMoreThanTheFileHas) {
  const Bytes seeds[] = {test::BuildUpdater(Spec("2.0.4")), test::BuildUpdater(Spec("2.0.5")),
                         test::BuildUpdater(Spec("2.1.0")),
                         test::BuildUpdater(Spec("2.1.3", true))};
  std::mt19937 random(5);
  for (int round = 0; round < 400; ++round) {
    Bytes file = seeds[random() % std::size(seeds)];
    for (size_t changes = 1 + random() % 4; changes > 0; --changes) {
      file[0xff0 + random() % 400] = static_cast<uint8_t>("0123456789=\0V."[random() % 14]);
    }
    if (random() % 4 == 0) file.resize(random() % file.size());
    const auto report = ReadXflash(file);
    if (!report) continue;
    ASSERT_LE(report->members.size(), 4u);
    for (const XflashMember& member : report->members) {
      const auto bytes = ExtractXflash(file, *report, member);
      ASSERT_TRUE(bytes) << round;
      ASSERT_EQ(bytes->size(), member.size_bytes);
      ASSERT_LE(bytes->size(), file.size());
    }
  }
}

}  // namespace
}  // namespace firmbench::images
