// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mtkflash_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/exit_code.h"
#include "client/cli/hex_text.h"
#include "daemon/images/hex_text.h"

namespace firmbench::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

std::string ReasonOf(const Words& words) {
  const auto parsed = ParseMtkflash(words);
  return parsed ? "" : parsed.error().reason();
}

v1::Drive* Add(v1::ListDrivesResponse& drives, const std::string& bay, bool simulated = false) {
  v1::Drive* drive = drives.add_drives();
  drive->set_name("drives/" + std::to_string(drives.drives_size()));
  drive->set_bay(bay);
  drive->set_model("LTR-48246S");
  drive->set_simulated(simulated);
  drive->set_state(v1::Drive::STATE_READY);
  return drive;
}

std::string NameAt(const v1::ListDrivesResponse& drives, int position) {
  const auto at = DriveAt(drives, position);
  return at ? at->drive.name() : at.error().reason();
}

TEST(MtkflashWords, TakesTheRecipesThatPeopleKeep) {
  const MtkflashWords read = ParseMtkflash({"3", "R", "/B", "/M", "file.bin"}).value();
  EXPECT_EQ(read.position, 3);
  EXPECT_EQ(read.verb, MtkflashVerb::kRead);
  EXPECT_TRUE(read.binary);
  EXPECT_EQ(read.file, "file.bin");
  ASSERT_EQ(read.notes.size(), 1u);
  EXPECT_THAT(read.notes[0], HasSubstr("/M"));
  const MtkflashWords write = ParseMtkflash({"1", "w", "FILE.HEX"}).value();
  EXPECT_EQ(write.verb, MtkflashVerb::kWrite);
  EXPECT_FALSE(write.binary);
  EXPECT_THAT(write.notes, IsEmpty());
  const MtkflashWords newest = ParseMtkflash({"/r", "/m", "/sata", "/b", "2", "/tmp/x"}).value();
  EXPECT_EQ(newest.file, "/tmp/x");
  EXPECT_THAT(newest.notes, ElementsAre(HasSubstr("/M"), HasSubstr("/SATA")));
  EXPECT_EQ(ParseMtkflash({"4", "C"}).value().verb, MtkflashVerb::kIdentify);
  EXPECT_EQ(ParseMtkflash({"4", "S"}).value().verb, MtkflashVerb::kSeen);
  EXPECT_EQ(ParseMtkflash({"2", "V", "/FULL", "r"}).value().file, "r");
}

TEST(MtkflashWords, RefusesWhatIsNoSuchCommandLine) {
  for (const Words& words : {Words{},
                             {"3"},
                             {"R", "/B", "x.bin"},
                             {"0", "R", "x.bin"},
                             {"5", "R", "x.bin"},
                             {"3", "R", "/B"},
                             {"3", "X", "x.bin"},
                             {"3", "R", "/Q", "x.bin"},
                             {"3", "R", "x.bin", "y.bin"},
                             {"3", "R", ""},
                             {"3", "C", "x.bin"}}) {
    EXPECT_EQ(ReasonOf(words), kReasonUsage) << testing::PrintToString(words);
  }
}

TEST(MtkflashPositions, AreThePlacesOnTheIdeCables) {
  v1::ListDrivesResponse drives;
  Add(drives, "ide-170 slave");
  Add(drives, "ide-1f0 master");
  Add(drives, "bay 7");
  EXPECT_EQ(NameAt(drives, 1), "drives/2");
  EXPECT_EQ(NameAt(drives, 4), "drives/1");
  EXPECT_EQ(NameAt(drives, 2), "MTKFLASH_POSITION_EMPTY");
  const auto empty = DriveAt(drives, 3);
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message(), HasSubstr("secondary master"));
  EXPECT_THAT(empty.error().remedy(), HasSubstr("bay 7 (LTR-48246S)"));
}

TEST(MtkflashPositions, AreNeverGuessed) {
  v1::ListDrivesResponse drives;
  EXPECT_EQ(NameAt(drives, 1), "MTKFLASH_POSITION_EMPTY");
  Add(drives, "ide-1f0 master");
  Add(drives, "ide-1f0 master");
  EXPECT_EQ(NameAt(drives, 1), "MTKFLASH_POSITION_AMBIGUOUS");
  drives.mutable_drives(0)->set_state(v1::Drive::STATE_GONE);
  EXPECT_EQ(NameAt(drives, 1), "drives/2");
  // Beside real drives a simulated one takes no position.
  Add(drives, "ide-1f0 slave", /*simulated=*/true);
  EXPECT_EQ(NameAt(drives, 2), "MTKFLASH_POSITION_EMPTY");
}

TEST(MtkflashPositions, CountTheBaysOfASimulatedBench) {
  v1::ListDrivesResponse drives;
  Add(drives, "bay 1", true);
  Add(drives, "left shelf", true);
  EXPECT_EQ(NameAt(drives, 2), "drives/2");
  EXPECT_THAT(DriveAt(drives, 1).value().note, HasSubstr("in their order"));
  EXPECT_EQ(NameAt(drives, 3), "MTKFLASH_POSITION_EMPTY");
}

TEST(MtkflashHexText, IsWhatTheBenchReads) {
  Bytes chip(0x30000, 0xff);
  for (size_t i = 0; i < 0x10000; ++i) chip[i] = static_cast<uint8_t>(i * 7 + (i >> 8));
  chip[0x2ffff] = 0x12;
  const std::string text = MakeHexText(chip).value();
  EXPECT_TRUE(BeginsLikeHexText(AsBytes(text)));
  const images::HexText read = images::ParseHexText(AsBytes(text)).value();
  EXPECT_TRUE(read.bytes == chip);
  EXPECT_EQ(read.named_bytes, chip.size());
  // A chip whose last bank is blank keeps its size.
  const Bytes blank(0x20000, 0xff);
  EXPECT_TRUE(images::ParseHexText(AsBytes(MakeHexText(blank).value())).value().bytes == blank);
}

TEST(MtkflashHexText, SpellsARecordAsTheOldToolDid) {
  Bytes bank(0x10000, 0x00);
  bank[0x10] = 0x02;
  const std::string text = MakeHexText(bank).value();
  EXPECT_EQ(text.substr(45, 45), ":1000100002000000000000000000000000000000DE\r\n");
  EXPECT_EQ(text.substr(text.size() - 13), ":00000001FF\r\n");
}

TEST(MtkflashHexText, HoldsWholeBanksOnly) {
  for (const size_t size : {size_t{0}, size_t{1024}, size_t{0x18000}, size_t{0x110000}}) {
    const auto text = MakeHexText(Bytes(size, 0xff));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().reason(), "HEX_TEXT_NOT_POSSIBLE");
  }
  EXPECT_TRUE(MakeHexText(Bytes(0x100000, 0xff)));
  EXPECT_FALSE(BeginsLikeHexText({}));
  EXPECT_FALSE(BeginsLikeHexText(Bytes{0x02, ':'}));
}

}  // namespace
}  // namespace firmbench::cli
