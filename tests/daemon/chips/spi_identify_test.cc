// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/spi_identify.h"

#include <gtest/gtest.h>

#include "daemon/chips/rows/spi_self_check.h"
#include "daemon/chips/spi_program.h"
#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/sim_bus.h"

namespace firmbench::chips {
namespace {

Error ErrorOf(SimSpiBus& bus) {
  const Result<SpiIdentification> found = IdentifySpiChip(bus);
  EXPECT_FALSE(found.has_value());
  return found ? Internal("NONE", "identified") : found.error();
}

TEST(SpiRows, HoldTogether) {
  EXPECT_EQ(SpiTableProblem(AllSpiChips()), "");
  for (const SpiRow& row : AllSpiChips()) {
    EXPECT_EQ(FindSpiChip(row.part), &row);
    EXPECT_EQ(FindChip(row.part), nullptr) << "a parallel part has the same name";
    EXPECT_EQ(row.timings.evidence, Evidence::kHypothetical) << "remembered figures";
  }
  EXPECT_EQ(FindSpiChip("MX25L9999"), nullptr);
}

TEST(SpiRows, AreRefusedWhenTheyContradictThemselves) {
  const SpiRow good = *FindSpiChip("MX25L4005");
  ASSERT_EQ(SpiRowProblem(good), "");
  SpiRow row = good;
  row.size_bytes += 4096;
  EXPECT_EQ(SpiRowProblem(row), "the size");
  row = good;
  row.protection_mask = 0x80;
  EXPECT_EQ(SpiRowProblem(row), "the protection bits");
  row = good;
  row.erase = row.erase.first(1);
  EXPECT_EQ(SpiRowProblem(row), "no chip erase");
  row = good;
  EraseMethod reads = good.erase[0];
  reads.command = 0x03;
  row.erase = {&reads, 1};
  EXPECT_EQ(SpiRowProblem(row), "an unknown erase opcode");
  const SpiRow twins[] = {good, good};
  EXPECT_EQ(SpiTableProblem(twins), "two rows with one part name");
}

TEST(SpiIdentify, TellsADeadBusFromAnEcho) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  for (const uint8_t value : {0x00, 0xFF, 0x90}) {
    bus.line = [value](uint8_t) { return value; };
    const Error error = ErrorOf(bus);
    if (value == 0x90) {
      // Whatever is sent, 90 comes back: no id, but not silence either.
      EXPECT_EQ(error.reason(), "CHIP_UNKNOWN");
      continue;
    }
    EXPECT_EQ(error.reason(), "CHIP_NOT_ANSWERING");
    EXPECT_EQ(Metadata(error, "echo"), value == 0 ? "00/00" : "ff/ff");
  }
}

TEST(SpiIdentify, KnowsTheEchoOfTheCommands) {
  // Status 72 with an engine that is not reachable: every read shows what was written last.
  SpiIds ids{{0x9F, 0x9F, 0x9F, 0}, {0x90, 0x90}, 0xAB};
  const Result<SpiIdentification> found = ChooseSpiRow(AllSpiChips(), ids);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_NOT_ANSWERING");
  EXPECT_EQ(Metadata(found.error(), "echo"), "90/90");
  EXPECT_EQ(found.error().drive_state(), DriveState::kUntouched);
}

TEST(SpiIdentify, WantsThreeEqualReads) {
  SimSpiBus bus(*FindSpiChip("MX25L4005"));
  int bytes = 0;
  bus.line = [&bytes](uint8_t byte) { return ++bytes == 9 ? byte ^ 0x10 : byte; };
  EXPECT_EQ(ErrorOf(bus).reason(), "CHIP_ID_UNSTABLE");
}

TEST(SpiIdentify, KnowsAPartByRemsAloneWhenOnlyThatAnswers) {
  const SpiIds ids{{0xFF, 0xFF, 0xFF, 0}, {0xC2, 0x12}, 0x12};
  const Result<SpiIdentification> found = ChooseSpiRow(AllSpiChips(), ids);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, "MX25L4005");
}

TEST(SpiIdentify, RefusesToChooseBetweenTopAndBottomBoot) {
  const SpiIds ids{{0xFF, 0xFF, 0xFF, 0}, {0x37, 0x11}, 0x11};
  const Result<SpiIdentification> found = ChooseSpiRow(AllSpiChips(), ids);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_AMBIGUOUS");
}

TEST(SpiIdentify, WantsBothAnswersToAgree) {
  // EN25B80 answers 9F like EN25P80 and has other sectors.
  const SpiIds ids{{0x1C, 0x20, 0x14, 0}, {0x1C, 0x33}, 0x33};
  const Result<SpiIdentification> found = ChooseSpiRow(AllSpiChips(), ids);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_UNKNOWN");
  EXPECT_EQ(Metadata(found.error(), "jedec"), "1c201400");
  EXPECT_EQ(Metadata(found.error(), "rems"), "1c33");
}

TEST(SpiIdentify, DoesNotTakeANewerPartForOneThatHasNoJedecId) {
  // W25X20: EF/11 to 90 as W25P20, but it answers 9F.
  const SpiIds ids{{0xEF, 0x30, 0x12, 0}, {0xEF, 0x11}, 0x11};
  EXPECT_FALSE(ChooseSpiRow(AllSpiChips(), ids).has_value());
}

TEST(SpiIdentify, WakesASleepingPart) {
  SimSpiBus bus(*FindSpiChip("W25X80"));
  bus.state.deep_sleep = true;
  EXPECT_TRUE(IdentifySpiChip(bus).has_value());
}

TEST(SpiIdentify, LeavesAnAaiProgramThatSomebodyLeftOpen) {
  SimSpiBus bus(*FindSpiChip("SST25VF020"));
  bus.state.aai = true;
  bus.state.write_enabled = true;
  const Result<SpiIdentification> found = IdentifySpiChip(bus);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(bus.watch.destructive, 0u);
}

TEST(SpiIdentify, WaitsForAnEraseThatIsStillGoingOn) {
  SimSpiBus bus(*FindSpiChip("MX25L1605"));
  ASSERT_TRUE(UnprotectSpi(bus, bus.row).has_value());
  const uint8_t enable[] = {0x06};
  const uint8_t erase[] = {0xC7};
  const SpiTransfer transfers[] = {{enable, {}}, {erase, {}}};
  ASSERT_TRUE(bus.Run(transfers).has_value());
  const Result<SpiIdentification> found = IdentifySpiChip(bus);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, "MX25L1605");
}

}  // namespace
}  // namespace firmbench::chips
