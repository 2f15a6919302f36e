// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/import_kind.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

Bytes Of(std::string_view text) { return Bytes(text.begin(), text.end()); }

TEST(ImportKind, KnowsFirmwareWithModelAndRevision) {
  const Bytes image = test::BuildImage("LTR-52327S", "QS0D");
  const ClassifiedFile file = ClassifyFile(image, false);
  EXPECT_EQ(file.kind, FileKind::kFirmware) << file.text;
  EXPECT_EQ(file.model, "LTR-52327S");
  EXPECT_EQ(file.revision, "QS0D");
  EXPECT_EQ(file.bytes, image);
  EXPECT_FALSE(file.from_hex);
}

TEST(ImportKind, KnowsEepromsByTheirShapeOnly) {
  const Bytes eeprom = test::BuildEeprom("LDW-451S", 5);
  const ClassifiedFile file = ClassifyFile(eeprom, false);
  EXPECT_EQ(file.kind, FileKind::kEeprom);
  EXPECT_EQ(file.model, "LDW-451S");
  EXPECT_EQ(file.bytes, eeprom);

  Bytes unnamed = eeprom;
  std::replace(unnamed.begin(), unnamed.end(), uint8_t{'L'}, uint8_t{'l'});
  EXPECT_EQ(ClassifyFile(unnamed, false).kind, FileKind::kEepromSize);
  EXPECT_TRUE(ClassifyFile(unnamed, false).bytes.empty());
  // A person may say it; not of what was not read properly, and not of any size.
  EXPECT_EQ(ClassifyFile(unnamed, true).kind, FileKind::kEeprom);
  EXPECT_EQ(ClassifyFile(Bytes(1024, 0xff), true).kind, FileKind::kBlank);
  EXPECT_EQ(ClassifyFile(Bytes(unnamed.begin(), unnamed.begin() + 1000), true).kind,
            FileKind::kNotRecognised);
  Bytes twice(eeprom.begin(), eeprom.begin() + 512);
  twice.insert(twice.end(), eeprom.begin(), eeprom.begin() + 512);
  EXPECT_EQ(ClassifyFile(twice, true).kind, FileKind::kDamaged);
}

TEST(ImportKind, SendsUpdatersAndArchivesAway) {
  EXPECT_EQ(ClassifyFile(Of("PK\x03\x04 and so on"), false).kind, FileKind::kArchive);
  EXPECT_EQ(ClassifyFile(Of("\x1f\x8b and so on"), false).kind, FileKind::kArchive);
  Bytes program(100'000, 0x90);
  program[0] = 'M';
  program[1] = 'Z';
  const ClassifiedFile updater = ClassifyFile(program, false);
  EXPECT_EQ(updater.kind, FileKind::kUpdater) << updater.text;
  EXPECT_TRUE(updater.bytes.empty());
}

TEST(ImportKind, CallsNothingDamagedThatDoesNotNameADrive) {
  const Bytes image = test::BuildImage("LTR-48246S");
  const ClassifiedFile cut = ClassifyFile(ByteView(image).first(300'000), false);
  EXPECT_EQ(cut.kind, FileKind::kDamaged) << cut.text;
  EXPECT_NE(cut.text.find("48246S"), std::string::npos) << cut.text;
  // 02 opens a jump, and many other files.
  Bytes other(300'000, 0x41);
  other[0] = 0x02;
  EXPECT_EQ(ClassifyFile(other, false).kind, FileKind::kNotRecognised);
  EXPECT_EQ(ClassifyFile({}, false).kind, FileKind::kNotRecognised);
  EXPECT_EQ(ClassifyFile(Of("hello"), false).kind, FileKind::kNotRecognised);
}

TEST(ImportKind, TellsDamagedTextFromOtherText) {
  EXPECT_EQ(ClassifyFile(Of(":0400000001020304F2\n"), false).kind, FileKind::kDamaged);
  EXPECT_EQ(ClassifyFile(Of(": a shell script\n"), false).kind, FileKind::kNotRecognised);
}

TEST(ImportKind, TakesForAChipWhateverIsNotSomethingElse) {
  const Bytes content(3000, 0x42);
  const Bytes other = [&] {
    Bytes bytes = content;
    bytes[5] = 0;
    return bytes;
  }();
  for (const Bytes& bytes : {content, other, Bytes(1024, 0xff)}) {
    const ClassifiedFile file = ClassifyChipFile(bytes);
    EXPECT_EQ(file.kind, FileKind::kChip) << file.text;
    EXPECT_EQ(file.bytes, bytes);
  }
  EXPECT_EQ(ClassifyChipFile(test::BuildImage("LTR-48246S")).kind, FileKind::kFirmware);
  EXPECT_EQ(ClassifyChipFile(test::BuildEeprom("LTR-48246S", 5)).kind, FileKind::kEeprom);
  EXPECT_EQ(ClassifyChipFile(Of("PK\x03\x04 and so on")).kind, FileKind::kArchive);
  EXPECT_EQ(ClassifyChipFile({}).kind, FileKind::kNotRecognised);
}

}  // namespace
}  // namespace firmbench::jobs
