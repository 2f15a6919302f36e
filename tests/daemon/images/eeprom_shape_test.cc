// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/eeprom_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "tests/support/image_builder.h"

namespace firmbench::images {
namespace {

void Put(Bytes& bytes, size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), bytes.begin() + static_cast<ptrdiff_t>(at));
}

// What stands in an EEPROM beside names, as far as anybody can see: bytes of all values.
Bytes Noise(size_t size) {
  Bytes bytes(size);
  uint32_t state = 1;
  for (uint8_t& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<uint8_t>(state >> 24);
  }
  return bytes;
}

EepromVerdict VerdictOf(const Bytes& bytes) { return ShapeOfEeprom(bytes).verdict; }

TEST(EepromShape, KnowsADumpThatNamesItsModel) {
  for (const uint32_t size : {1024u, 4096u}) {
    const EepromShape shape = ShapeOfEeprom(test::BuildEeprom("LTR-52327S", 3, size));
    EXPECT_EQ(shape.verdict, EepromVerdict::kNamed) << shape.why;
    EXPECT_EQ(shape.model, "LTR-52327S");
  }
}

TEST(EepromShape, KnowsTheNameOfAnotherBrand) {
  Bytes bytes = Noise(1024);
  Put(bytes, 0x55, "Memorex 48MAXX 2448AJ  ");
  EXPECT_EQ(ShapeOfEeprom(bytes).model, "LTR-48246S");
}

TEST(EepromShape, SaysNoModelWhenItNamesTwo) {
  Bytes bytes = Noise(1024);
  Put(bytes, 0x50, " LDW-451S ");
  Put(bytes, 0x90, " LDW-851S ");
  const EepromShape shape = ShapeOfEeprom(bytes);
  EXPECT_EQ(shape.verdict, EepromVerdict::kNamed);
  EXPECT_EQ(shape.model, "");
}

TEST(EepromShape, GuessesNothing) {
  EXPECT_EQ(VerdictOf(Noise(1024)), EepromVerdict::kUnnamed);
  Bytes longer_name = Noise(1024);
  Put(longer_name, 0x50, " LTR-48246SX ");
  EXPECT_EQ(VerdictOf(longer_name), EepromVerdict::kUnnamed);
}

TEST(EepromShape, RefusesEveryOtherSize) {
  for (const size_t size : {size_t{0}, size_t{512}, size_t{1023}, size_t{2048}, size_t{8192}}) {
    Bytes bytes = Noise(size);
    if (size > 100) Put(bytes, 0x10, " LTR-48246S ");
    EXPECT_EQ(VerdictOf(bytes), EepromVerdict::kNoEeprom) << size;
  }
}

TEST(EepromShape, TellsBlankAndRepeatedContent) {
  EXPECT_EQ(VerdictOf(Bytes(1024, 0xff)), EepromVerdict::kBlank);
  const Bytes one = test::BuildEeprom("LTR-48246S");
  Bytes four;
  for (int i = 0; i < 4; ++i) four.insert(four.end(), one.begin(), one.end());
  EXPECT_EQ(VerdictOf(four), EepromVerdict::kRepeats);
  Bytes half = test::BuildEeprom("LTR-48246S", 1, 4096);
  std::copy(half.begin(), half.begin() + 2048, half.begin() + 2048);
  EXPECT_EQ(VerdictOf(half), EepromVerdict::kRepeats);
  half[4000] ^= 1;
  EXPECT_EQ(VerdictOf(half), EepromVerdict::kNamed);
}

TEST(EepromShape, IsNotTakenInByTextsProgramsAndFirmware) {
  Bytes text(1024, '.');
  Put(text, 0, "Backup of my LTR-48246S, June 2003");
  EXPECT_EQ(VerdictOf(text), EepromVerdict::kNoEeprom);
  Bytes program = test::BuildEeprom("LTR-48246S");
  Put(program, 0, "MZ");
  EXPECT_EQ(VerdictOf(program), EepromVerdict::kNoEeprom);
  Bytes firmware = Noise(1024);
  Put(firmware, 0x100, std::string_view("\x05\x80\x00\x32\x1f\x00\x00\x00", 8));
  Put(firmware, 0x108, "LITE-ON LTR-48246S      SS0E");
  EXPECT_EQ(VerdictOf(firmware), EepromVerdict::kNoEeprom);
}

}  // namespace
}  // namespace firmbench::images
