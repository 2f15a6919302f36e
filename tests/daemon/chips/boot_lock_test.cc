// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/boot_lock.h"

#include <gtest/gtest.h>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/identify.h"
#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/sim_bus.h"

namespace firmbench::chips {
namespace {

std::vector<ChipRow> RowsWithBootBlocks() {
  std::vector<ChipRow> rows;
  for (const ChipRow& row : DrivenChips()) {
    if (row.boot_block_bytes != 0) rows.push_back(row);
  }
  return rows;
}

class BootLockOfEveryPart : public testing::TestWithParam<ChipRow> {};

TEST_P(BootLockOfEveryPart, IsReadWithTheIds) {
  SimByteBus bus(GetParam());
  bus.Load(SparseImage(bus.row.size_bytes, 1));
  const Result<Identification> open = IdentifyChip(bus, {bus.row.size_bytes});
  ASSERT_TRUE(open.has_value()) << open.error().ToString();
  EXPECT_EQ(open->locks.low, BootLock::kOpen);
  EXPECT_EQ(open->locks.high, bus.row.page_write() ? BootLock::kOpen : BootLock::kUnknown);

  bus.state.boot_locked_low = true;
  const Result<Identification> locked = IdentifyChip(bus, {bus.row.size_bytes});
  ASSERT_TRUE(locked.has_value());
  EXPECT_EQ(locked->locks.low, BootLock::kLocked);
  EXPECT_NE(locked->locks.high, BootLock::kLocked);
  EXPECT_EQ(bus.watch.destructive, 0u);
}

// What the check is for: the part itself says nothing, and everything else has been rewritten when
// the verify finds out.
TEST_P(BootLockOfEveryPart, IsReportedBeforeTheFirstWrite) {
  SimByteBus bus(GetParam());
  bus.Load(SparseImage(bus.row.size_bytes, 1));
  bus.state.boot_locked_low = true;
  const Bytes current = bus.array;
  Bytes target = current;
  target[bus.row.size_bytes / 2] ^= 0xFF;
  const BootLocks locks = IdentifyChip(bus, {bus.row.size_bytes})->locks;
  EXPECT_TRUE(CheckBootLocks(bus.row, locks, current, target).has_value());

  target[5] ^= 0x01;
  const Status status = CheckBootLocks(bus.row, locks, current, target);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_BOOT_LOCKED");
  EXPECT_EQ(status.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Metadata(status.error(), "offset"), "000005");
  EXPECT_EQ(Metadata(status.error(), "block"), "000000");
  EXPECT_EQ(bus.watch.destructive, 0u);

  ChipWriteReport report;
  const ChipPlan plan = PlanChipWrite(bus.row, current, target).value();
  const Status written = WriteChip(bus, bus.row, plan, current, target, report, nullptr);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().drive_state(), DriveState::kPartlyWritten);
}

INSTANTIATE_TEST_SUITE_P(Rows, BootLockOfEveryPart, testing::ValuesIn(RowsWithBootBlocks()),
                         PartName());

TEST(BootLock, OfTheUpperBlockIsReportedToo) {
  SimByteBus bus(*FindChip("W29C040"));
  bus.state.boot_locked_high = true;
  const BootLocks locks = IdentifyChip(bus)->locks;
  EXPECT_EQ(locks, (BootLocks{BootLock::kOpen, BootLock::kLocked}));
  const Bytes current = bus.array;
  Bytes target = current;
  target[0x7BFFF] = 0;
  EXPECT_TRUE(CheckBootLocks(bus.row, locks, current, target).has_value());
  target[0x7C000] = 0;
  const Status status = CheckBootLocks(bus.row, locks, current, target);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(Metadata(status.error(), "offset"), "07c000");
  EXPECT_EQ(Metadata(status.error(), "length"), "4000");
}

TEST(BootLock, IsNotConcludedFromAnythingElse) {
  EXPECT_EQ(BootLockFrom(0xFF), BootLock::kLocked);
  EXPECT_EQ(BootLockFrom(0xFE), BootLock::kOpen);
  EXPECT_EQ(BootLockFrom(0x00), BootLock::kUnknown);
  EXPECT_EQ(BootLockFrom(0xDA), BootLock::kUnknown);
}

TEST(BootLock, RefusesViewsOfAnotherSize) {
  const Bytes few(16);
  const Status status = CheckBootLocks(*FindChip("W29C040"), {}, few, few);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "CHIP_SIZE_MISMATCH");
}

class DataProtectionOfEveryPart : public testing::TestWithParam<ChipRow> {};

// Every page is opened by AA/55/A0, so a part takes it whether its protection was on or off, and
// has it on afterwards.
TEST_P(DataProtectionOfEveryPart, MayBeOnOrOffBeforeAWrite) {
  for (const bool on : {true, false}) {
    SimByteBus bus(GetParam());
    bus.Load(SparseImage(bus.row.size_bytes, 1));
    bus.state.sdp = on;
    const Bytes current = bus.array;
    const Result<Identification> found = IdentifyChip(bus, {bus.row.size_bytes});
    ASSERT_TRUE(found.has_value()) << found.error().ToString();
    EXPECT_EQ(bus.array, current);
    const Bytes target = SparseImage(bus.row.size_bytes, 2);
    ChipWriteReport report;
    const ChipPlan plan = PlanChipWrite(bus.row, current, target).value();
    const Status status = WriteChip(bus, bus.row, plan, current, target, report, nullptr);
    ASSERT_TRUE(status.has_value()) << status.error().ToString();
    EXPECT_EQ(bus.array, target);
    EXPECT_TRUE(bus.state.sdp);
    // Not one cycle of an unprotected write may become data after the last page.
    bus.sim_clock.SleepFor(std::chrono::seconds(1));
    bus.chip.Settle(bus.sim_clock.NowNs());
    EXPECT_EQ(bus.array, target);
  }
}

std::vector<ChipRow> PageWriteRows() {
  std::vector<ChipRow> rows;
  for (const ChipRow& row : DrivenChips()) {
    if (row.page_write()) rows.push_back(row);
  }
  return rows;
}
INSTANTIATE_TEST_SUITE_P(Rows, DataProtectionOfEveryPart, testing::ValuesIn(PageWriteRows()),
                         PartName());

}  // namespace
}  // namespace firmbench::chips
