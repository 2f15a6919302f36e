// SPDX-License-Identifier: Apache-2.0
// What is refused, with which reason, and that the person is told what to do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/recognise.h"
#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

Bytes Text(std::string_view text, size_t size) {
  Bytes bytes(size, 0x41);
  std::copy(text.begin(), text.end(), bytes.begin());
  return bytes;
}

struct RefusalCase {
  const char* name;
  Bytes bytes;
  const char* reason;
  const char* message;
};

Bytes Changed(Bytes bytes, size_t at, uint8_t value) {
  bytes[at] = value;
  return bytes;
}
Bytes WithoutIdBlock() {
  Bytes image = test::BuildImage("LTR-48246S");
  return Changed(image, Recognise(image).id_blocks[0].offset, 0);
}
Bytes WithBlankBank() {
  Bytes image = test::BuildImage("LTR-48246S");
  std::fill_n(image.begin() + 0x20000, kBankBytes, 0xff);
  return image;
}
Bytes Resized(std::string_view model, size_t size) {
  Bytes image = test::BuildImage(model);
  image.resize(size, 0x55);
  return image;
}
Bytes WithHeader() {
  Bytes image = test::BuildImage("LDW-451S");
  image.insert(image.begin(), 512, 0x20);
  return image;
}

std::vector<RefusalCase> Cases() {
  const Bytes packed = test::BuildImage({.model = "LDW-451S", .packed = true});
  return {
      {"Empty", {}, "IMAGE_TRUNCATED", "empty"},
      {"AllFf", Bytes(0x80000, 0xff), "IMAGE_BLANK", "every byte is ff"},
      {"AllZero", Bytes(0x80000, 0x00), "IMAGE_BLANK", "every byte is 00"},
      {"BlankEeprom", Bytes(0x400, 0xff), "IMAGE_BLANK", "every byte is ff"},
      {"Eeprom1K", test::BuildEeprom("LTR-48246S"), "IMAGE_IS_EEPROM", "1024 bytes"},
      {"Eeprom4K", test::BuildEeprom("LTR-48246S", 1, 4096), "IMAGE_IS_EEPROM", "4096 bytes"},
      {"Updater", Text("MZ\x90", 0x90000), "IMAGE_NOT_RECOGNISED", "Windows program"},
      {"Zip", Text("PK\x03\x04", 0x8000), "IMAGE_NOT_RECOGNISED", "archive"},
      {"Rar", Text("Rar!\x1a", 0x8000), "IMAGE_NOT_RECOGNISED", "archive"},
      {"Gzip", Text("\x1f\x8b\x08", 0x8000), "IMAGE_NOT_RECOGNISED", "archive"},
      {"SevenZip", Text("7z\xbc\xaf\x27\x1c", 0x8000), "IMAGE_NOT_RECOGNISED", "archive (7z)"},
      {"Cab", Text("MSCF", 0x8000), "IMAGE_NOT_RECOGNISED", "archive (CAB)"},
      {"HexText", Text(":10000000", 0x8000), "IMAGE_NOT_RECOGNISED", "HEX"},
      {"Letter", Text("Dear customer", 300), "IMAGE_NOT_RECOGNISED", "first byte is 44"},
      {"NoJump", Changed(test::BuildImage("LTR-48246S"), 0, 0x12), "IMAGE_NOT_RECOGNISED",
       "first byte is 12"},
      {"BadBank", Changed(test::BuildImage("LTR-48246S"), 0x50000, 0xe0), "IMAGE_NOT_RECOGNISED",
       "bank 5 starts with e0"},
      {"BlankBank", WithBlankBank(), "IMAGE_NOT_RECOGNISED", "bank 2 is blank"},
      {"NoIdBlock", WithoutIdBlock(), "IMAGE_NOT_RECOGNISED", "no drive identification"},
      {"PackedNoJump", Changed(packed, 0x4000, 0x22), "IMAGE_NOT_RECOGNISED",
       "common to all banks starts with 22"},
      {"TooLong", Resized("LDW-451S", 0x180000), "IMAGE_SIZE_WRONG", "more than an image of 1024"},
      {"Trailer", Resized("LTR-48246S", 0x80200), "IMAGE_SIZE_WRONG", "512 bytes more"},
      {"Header", WithHeader(), "IMAGE_SIZE_WRONG", "512 bytes more"},
      {"Half512K", Resized("LTR-48246S", 0x40000), "IMAGE_TRUNCATED", "an image of 512 KB"},
      {"Half1M", Resized("LDW-451S", 0x80000), "IMAGE_TRUNCATED", "an image of 1024 KB"},
      {"ThreeBanks", Resized("LTR-48246S", 0x30000), "IMAGE_TRUNCATED", "an image of 512 KB"},
      {"OneByteShort", Resized("LDW-451S", 0xfffff), "IMAGE_TRUNCATED", "an image of 1024 KB"},
  };
}

class Refusal : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, NamesItsReasonAndARemedy) {
  const ImageReport report = Recognise(GetParam().bytes);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.refusal->reason(), GetParam().reason) << report.refusal->ToString();
  EXPECT_THAT(report.refusal->message(), HasSubstr(GetParam().message));
  EXPECT_GT(report.refusal->remedy().size(), 20u);
  EXPECT_EQ(report.refusal->code(), Code::kInvalidArgument);
  EXPECT_EQ(report.refusal->drive_state(), DriveState::kUntouched);
  EXPECT_EQ(report.format, "");
  EXPECT_EQ(report.model, "");
  EXPECT_EQ(report.size_bytes, GetParam().bytes.size());
}
INSTANTIATE_TEST_SUITE_P(Recogniser, Refusal, ::testing::ValuesIn(Cases()),
                         [](const auto& each) { return each.param.name; });

struct CutCase {
  const char* name;
  images::SyntheticImage spec;
};
class CutImage : public ::testing::TestWithParam<CutCase> {};

TEST_P(CutImage, IsRefusedWhereverItWasCut) {
  const Bytes image = test::BuildImage(GetParam().spec);
  std::vector<size_t> cuts = {0, 1, 2, 7, 35, 36, 511, 0x400, 0x401, 0x1000, 0x1001};
  for (const size_t at : {0x4000, 0x4100, 0x4a40, 0x4a64, 0x8000, 0xc000}) {
    for (const size_t d : {0, 1, 2}) cuts.push_back(at + d - 1);
  }
  for (size_t at = kBankBytes; at <= image.size(); at += kBankBytes) {
    cuts.push_back(at - 1);
    if (at < image.size()) {
      cuts.push_back(at);
      cuts.push_back(at + 1);
    }
  }
  for (const size_t cut : cuts) {
    const ImageReport report = Recognise(ByteView(image).first(cut));
    ASSERT_FALSE(report.ok()) << std::hex << cut;
    EXPECT_THAT(report.refusal->reason(),
                AnyOf("IMAGE_TRUNCATED", "IMAGE_SIZE_WRONG", "IMAGE_BLANK", "IMAGE_IS_EEPROM"))
        << std::hex << cut;
    EXPECT_FALSE(report.refusal->remedy().empty());
  }
}
INSTANTIATE_TEST_SUITE_P(
    Recogniser, CutImage,
    ::testing::Values(CutCase{"Cd256K", {.model = "LTR-48246S", .size_bytes = 0x40000}},
                      CutCase{"Cd512K", {.model = "LTR-52327S"}},
                      CutCase{"DvdPlain", {.model = "LDW-451S"}},
                      CutCase{"DvdPacked", {.model = "LDW-451S", .packed = true}},
                      CutCase{"DvdPackedSmallCommon", {.model = "SOHW-832S", .packed = true}}),
    [](const auto& each) { return each.param.name; });

TEST(Refusal, OfACutImageStillNamesTheDrive) {
  const Bytes image = test::BuildImage("LTR-52327S");
  const ImageReport report = Recognise(ByteView(image).first(0x30000));
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.product, "LTR-52327S");
  EXPECT_EQ(report.revision, "QS0C");
}

}  // namespace
}  // namespace firmbench::images
