// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/identify.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/fake_chip.h"

namespace firmbench::chips {
namespace {

class IdentifyEveryPart : public testing::TestWithParam<ChipRow> {};

TEST_P(IdentifyEveryPart, FindsItsRowAndChangesNothing) {
  FakeChip chip(GetParam());
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  const Bytes before = chip.memory;
  const auto found = IdentifyChip(chip);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, GetParam().part);
  EXPECT_EQ(found->ids.manufacturer, GetParam().manufacturer);
  EXPECT_EQ(found->ids.device, GetParam().device);
  EXPECT_FALSE(chip.in_id_mode);
  EXPECT_EQ(chip.memory, before);
  EXPECT_LT(chip.fake_clock.Monotonic(), std::chrono::milliseconds(1150));
}

TEST_P(IdentifyEveryPart, IsNotDisturbedByAnErasedArray) {
  FakeChip chip(GetParam());
  const auto found = IdentifyChip(chip);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, GetParam().part);
}

INSTANTIATE_TEST_SUITE_P(Rows, IdentifyEveryPart, testing::ValuesIn(DrivenChips()), PartName());

TEST(Identify, LeavesAnUnprotectedPagePartAsItWas) {
  FakeChip chip(*FindChip("W29C040"));
  chip.protection_on = false;
  chip.memory = DenseImage(chip.row.size_bytes, 2);
  const Bytes before = chip.memory;
  const auto found = IdentifyChip(chip);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  chip.fake_clock.SleepFor(std::chrono::seconds(1));
  std::array<uint8_t, 1> byte{};
  ASSERT_TRUE(chip.Read(0, byte).has_value());
  EXPECT_EQ(chip.memory, before);
}

TEST(Identify, SaysWhenThePartTookTheCyclesForData) {
  FakeChip chip(*FindChip("W29C040"));
  chip.protection_on = false;
  chip.memory = DenseImage(chip.row.size_bytes, 3);
  chip.delay = [](uint64_t) { return std::chrono::milliseconds(1); };  // outside the window
  const auto found = IdentifyChip(chip);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_CHANGED_BY_ID");
  EXPECT_EQ(found.error().drive_state(), DriveState::kPartlyWritten);
}

// The program that sent a command was killed in the middle of it, and the drive stayed powered.
TEST(Identify, GetsPastACommandThatWasCutOff) {
  constexpr BusWrite kErase[] = {
      {0x5555, 0xAA}, {0x2AAA, 0x55}, {0x5555, 0x80}, {0x5555, 0xAA}, {0x2AAA, 0x55}};
  for (size_t sent = 0; sent <= std::size(kErase); ++sent) {
    FakeChip chip(*FindChip("SST39VF040"));
    chip.memory = DenseImage(chip.row.size_bytes, 8);
    const Bytes before = chip.memory;
    ASSERT_TRUE(chip.Write(std::span(kErase, sent)));
    const auto found = IdentifyChip(chip);
    ASSERT_TRUE(found.has_value()) << sent << " sent: " << found.error().ToString();
    EXPECT_EQ(found->row->part, "SST39VF040");
    EXPECT_EQ(chip.memory, before);
  }
}

TEST(Identify, ReportsADeadChip) {
  FakeChip chip(*FindChip("W29C040"));
  chip.dead = true;
  chip.memory = DenseImage(chip.row.size_bytes, 4);
  const auto found = IdentifyChip(chip);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_NOT_ANSWERING");
  EXPECT_EQ(found.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Metadata(found.error(), "echo"), "");
}

TEST(Identify, NamesTheEchoOfADeadBus) {
  for (const auto& [ids, echo] :
       {std::pair<uint16_t, std::string>{0x0000, "00/00"}, {0x9090, "90/90"}, {0xFFFF, "ff/ff"}}) {
    FakeChip chip(*FindChip("W29C040"));
    chip.memory = DenseImage(chip.row.size_bytes, 5);
    chip.ids_read = ids;
    const auto found = IdentifyChip(chip);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().reason(), "CHIP_NOT_ANSWERING");
    EXPECT_EQ(Metadata(found.error(), "echo"), echo);
    EXPECT_FALSE(chip.in_id_mode);
  }
}

TEST(Identify, GivesBothIdsOfAnUnknownPart) {
  FakeChip chip(*FindChip("W29C040"));
  chip.ids_read = 0xDA47;
  const auto found = IdentifyChip(chip);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_UNKNOWN");
  EXPECT_EQ(Metadata(found.error(), "manufacturer"), "da");
  EXPECT_EQ(Metadata(found.error(), "device"), "47");
}

TEST(Identify, RefusesUnstableIds) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.unstable_ids = true;
  const auto found = IdentifyChip(chip);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_ID_UNSTABLE");
  EXPECT_FALSE(chip.in_id_mode);
}

TEST(Identify, SendsALoneF0OnlyToAByteProgramPart) {
  FakeChip byte_part(*FindChip("Am29F040B"));
  byte_part.ignores_long_exit = true;
  byte_part.memory = DenseImage(byte_part.row.size_bytes, 6);
  const auto found = IdentifyChip(byte_part);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_FALSE(byte_part.in_id_mode);

  FakeChip page_part(*FindChip("W29C040"));
  page_part.ignores_long_exit = true;
  page_part.protection_on = false;
  page_part.memory = DenseImage(page_part.row.size_bytes, 7);
  const Bytes before = page_part.memory;
  const auto stuck = IdentifyChip(page_part);
  ASSERT_FALSE(stuck.has_value());
  EXPECT_EQ(stuck.error().reason(), "CHIP_ID_STUCK");
  EXPECT_EQ(stuck.error().drive_state(), DriveState::kUnknown);
  EXPECT_EQ(page_part.memory, before);
}

TEST(Identify, CopesWithAPartThatWasLeftInIdMode) {
  FakeChip chip(*FindChip("MX29F040"));
  chip.memory = DenseImage(chip.row.size_bytes, 8);
  chip.in_id_mode = true;
  const auto found = IdentifyChip(chip);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, "MX29F040");
  EXPECT_FALSE(chip.in_id_mode);
}

TEST(Identify, ReturnsTheErrorOfTheBus) {
  FakeChip chip(*FindChip("W29C040"));
  chip.fail_write_call = 1;
  const auto found = IdentifyChip(chip);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CABLE_PULLED");
}

TEST(ChooseRow, DecidesBetweenEqualIdsBySize) {
  std::array<ChipRow, 2> rows{*FindChip("SST39SF020A"), *FindChip("SST39SF040")};
  rows[1].device = rows[0].device;
  const JedecIds ids{rows[0].manufacturer, rows[0].device};
  const auto open = ChooseRow(rows, ids, {});
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().reason(), "CHIP_AMBIGUOUS");
  const auto decided = ChooseRow(rows, ids, {.expected_size_bytes = 512 * 1024});
  ASSERT_TRUE(decided.has_value());
  EXPECT_EQ(decided->row->part, "SST39SF040");
  const auto neither = ChooseRow(rows, ids, {.expected_size_bytes = 1024 * 1024});
  ASSERT_FALSE(neither.has_value());
}

}  // namespace
}  // namespace firmbench::chips
