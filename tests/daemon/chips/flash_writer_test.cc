// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/flash_writer.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/fake_chip.h"

namespace firmbench::chips {
namespace {

struct Outcome {
  Status status;
  ChipWriteReport report;
  ChipPlan plan;
  std::vector<uint64_t> progress;
};

Outcome Write(FakeChip& chip, const Bytes& target) {
  Outcome outcome;
  const Bytes current = chip.memory;
  outcome.plan = PlanChipWrite(chip.row, current, target).value();
  outcome.status = WriteChip(chip, chip.row, outcome.plan, current, target, outcome.report,
                             [&](uint64_t done, uint64_t total) {
                               EXPECT_EQ(total, outcome.plan.bytes_to_program);
                               outcome.progress.push_back(done);
                             });
  return outcome;
}

class WriteEveryPart : public testing::TestWithParam<ChipRow> {};

TEST_P(WriteEveryPart, ReplacesOneImageByAnother) {
  FakeChip chip(GetParam());
  chip.memory = SparseImage(chip.row.size_bytes, 1);
  const Bytes target = SparseImage(chip.row.size_bytes, 2);
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(chip.memory, target);
  EXPECT_EQ(outcome.report.bytes_programmed, outcome.plan.bytes_to_program);
  EXPECT_EQ(outcome.report.erases, outcome.plan.erases);
  EXPECT_EQ(outcome.report.page_retries, 0u);
  ASSERT_FALSE(outcome.progress.empty());
  EXPECT_TRUE(std::is_sorted(outcome.progress.begin(), outcome.progress.end()));
  EXPECT_EQ(outcome.progress.back(), outcome.plan.bytes_to_program);
}

TEST_P(WriteEveryPart, ProgramsPageZeroOfEveryBankLast) {
  FakeChip chip(GetParam());
  chip.memory = SparseImage(chip.row.size_bytes, 3);
  ASSERT_TRUE(Write(chip, SparseImage(chip.row.size_bytes, 4)).status.has_value());
  // A 128-byte page counts as the 256-byte page it lies in; only offset 0 of a bank is deferred.
  std::vector<uint32_t> order = chip.programmed_pages;
  order.erase(std::unique(order.begin(), order.end()), order.end());
  const size_t banks = chip.row.size_bytes / kBankBytes;
  ASSERT_GT(order.size(), banks);
  for (size_t i = 0; i < banks; ++i) {
    EXPECT_EQ(order[order.size() - 1 - i], i * 256) << "bank " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, WriteEveryPart, testing::ValuesIn(DrivenChips()), PartName());

TEST(WriteChip, FillsAWholePartInLittleMoreThanThePlanEstimates) {
  FakeChip chip(*FindChip("SST39VF010"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  const Bytes target = DenseImage(chip.row.size_bytes, 2);
  const Nanos start = chip.fake_clock.Monotonic();
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value());
  EXPECT_EQ(chip.memory, target);
  // Two reads of everything (blank check and verify) and four writes a byte come on top.
  const Nanos bus = 2 * int64_t{chip.row.size_bytes} * chip.read_cycle +
                    4 * static_cast<int64_t>(outcome.plan.bytes_to_program) * chip.write_cycle;
  EXPECT_LT((chip.fake_clock.Monotonic() - start).count(),
            (outcome.plan.estimate + bus).count() * 103 / 100);
}

TEST(WriteChip, TouchesOnlyUnitsThatDiffer) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  Bytes target = chip.memory;
  target[0x23456] ^= 0xFF;
  ASSERT_TRUE(Write(chip, target).status.has_value());
  EXPECT_EQ(chip.erased_at, std::vector<uint32_t>{0x23000});
  EXPECT_EQ(chip.memory, target);
}

TEST(WriteChip, RefusesAForeignPlanBeforeAnythingIsSent) {
  FakeChip chip(*FindChip("SST39VF040"));
  const Bytes current = chip.memory;
  Bytes target = current;
  target[0] = 0x02;
  ChipPlan plan = PlanChipWrite(chip.row, current, target).value();
  target[0x9000] = 0x02;
  ChipWriteReport report;
  const Status status = WriteChip(chip, chip.row, plan, current, target, report, nullptr);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "PLAN_MISMATCH");
  EXPECT_EQ(status.error().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(chip.write_calls, 0u);
}

TEST(WriteChip, RetriesAPageWhoseByteDoesNotTake) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.failing_bytes[0x1010] = 3;
  Bytes target(chip.row.size_bytes, 0xFF);
  for (uint32_t i = 0; i < 0x40; ++i) target[0x1000 + i] = 0x33;
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.page_retries, 3u);
  EXPECT_EQ(outcome.report.bytes_programmed, 0x40u + 3);
  EXPECT_EQ(outcome.report.erases, 0u);
  EXPECT_EQ(chip.memory, target);
}

TEST(WriteChip, ErasesTheUnitOnceMoreWhenRetriesAreSpent) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.failing_bytes[0x1010] = 1 + kMaxPageRetries;
  Bytes target(chip.row.size_bytes, 0xFF);
  for (uint32_t i = 0; i < 0x800; ++i) target[0x1000 + i] = 0x33;
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.page_retries, uint32_t{kMaxPageRetries});
  EXPECT_EQ(outcome.report.erases, 1u);
  EXPECT_EQ(chip.memory, target);
  EXPECT_EQ(outcome.progress.back(), outcome.plan.bytes_to_program);
}

TEST(WriteChip, RestoresTheWholeUnitWhenPageZeroFails) {
  FakeChip chip(*FindChip("AT49F010"));  // one unit of two banks: all must be written again
  chip.memory = SparseImage(chip.row.size_bytes, 1);
  chip.failing_bytes[2] = 1 + kMaxPageRetries;
  Bytes target = SparseImage(chip.row.size_bytes, 2);
  target[2] = 0x00;
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.erases, 2u);
  EXPECT_EQ(chip.memory, target);
  EXPECT_EQ(chip.programmed_pages.back(), 0u);
}

TEST(WriteChip, NamesTheByteThatNeverTakes) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.failing_bytes[0x1010] = 1000;
  Bytes target(chip.row.size_bytes, 0xFF);
  for (uint32_t i = 0; i < 0x100; ++i) target[0x1000 + i] = 0x33;
  const Outcome outcome = Write(chip, target);
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "WRITE_VERIFY_FAILED");
  EXPECT_EQ(Metadata(outcome.status.error(), "offset"), "001010");
  EXPECT_EQ(outcome.status.error().drive_state(), DriveState::kPartlyWritten);
  EXPECT_EQ(outcome.report.page_retries, 2u * kMaxPageRetries);
}

TEST(WriteChip, ErasesAgainWhatAnEraseLeft) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  chip.failing_erases = 1;
  Bytes target = chip.memory;
  std::fill_n(target.begin() + 0x3000, 0x1000, 0xFF);
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.erases, 2u);
  EXPECT_EQ(chip.memory, target);
}

TEST(WriteChip, ReportsAnEraseThatNeverWorks) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  chip.memory[0x3000] = 0x80;
  chip.failing_erases = 100;
  Bytes target = chip.memory;
  std::fill_n(target.begin() + 0x3000, 0x1000, 0xFF);
  const Outcome outcome = Write(chip, target);
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "WRITE_VERIFY_FAILED");
  EXPECT_EQ(Metadata(outcome.status.error(), "step"), "erase");
}

TEST(WriteChip, NamesALockedUnit) {
  FakeChip chip(*FindChip("Am29F002BB"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  chip.locked_to = 16 * 1024;
  const Outcome outcome = Write(chip, DenseImage(chip.row.size_bytes, 2));
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "CHIP_PROTECTED");
  EXPECT_EQ(Metadata(outcome.status.error(), "offset"), "000000");
  EXPECT_EQ(outcome.status.error().drive_state(), DriveState::kPartlyWritten);
}

TEST(WriteChip, NamesALockedUnitThatNeedsNoErase) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.locked_from = 0x1000;
  chip.locked_to = 0x2000;
  Bytes target = chip.memory;
  target[0x1234] = 0x12;
  const Outcome outcome = Write(chip, target);
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "CHIP_PROTECTED");
  EXPECT_EQ(Metadata(outcome.status.error(), "offset"), "001200");
}

TEST(WriteChip, GoesRoundALockedBlockThatDoesNotChange) {
  FakeChip chip(*FindChip("AT49F010"));  // chip erase only: it leaves the locked block alone
  chip.memory = SparseImage(chip.row.size_bytes, 1);
  chip.locked_to = 8 * 1024;
  Bytes target = SparseImage(chip.row.size_bytes, 2);
  std::copy_n(chip.memory.begin(), 8 * 1024, target.begin());
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(chip.memory, target);
}

TEST(WriteChip, NamesTheLockedBootBlockOfAPagePart) {
  FakeChip chip(*FindChip("W29C040"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  chip.locked_from = chip.row.size_bytes - 16 * 1024;
  chip.locked_to = chip.row.size_bytes;
  const Outcome outcome = Write(chip, DenseImage(chip.row.size_bytes, 2));
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "CHIP_PROTECTED");
  EXPECT_EQ(Metadata(outcome.status.error(), "offset"), "07c000");
}

TEST(WriteChip, RewritesAPageWhoseLoadWindowWasMissed) {
  FakeChip chip(*FindChip("W29C040"));
  chip.memory = DenseImage(chip.row.size_bytes, 1);
  chip.delay = [](uint64_t cycle) {
    return cycle == 100 ? std::chrono::milliseconds(1) : Nanos{0};
  };
  const Bytes target = DenseImage(chip.row.size_bytes, 2);
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.page_retries, 1u);
  EXPECT_EQ(chip.memory, target);
}

// A way to the chip that is too slow for the part never gets a page right, and says so.
TEST(WriteChip, FailsOnABusSlowerThanTheLoadWindow) {
  FakeChip chip(*FindChip("W29C040"));
  chip.write_cycle = std::chrono::microseconds(300);
  Bytes target = chip.memory;
  target[0x1234] = 0x12;
  const Outcome outcome = Write(chip, target);
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.report.page_retries, uint32_t{kMaxPageRetries});
  EXPECT_EQ(outcome.status.error().drive_state(), DriveState::kPartlyWritten);
}

TEST(WriteChip, StopsInBoundedTimeWhenThePartStaysBusy) {
  for (const std::string_view part : {"SST39VF040", "W29C040", "Am29F040B"}) {
    FakeChip chip(*FindChip(part));
    chip.memory = SparseImage(chip.row.size_bytes, 1);
    chip.stuck_busy = true;
    const Nanos start = chip.fake_clock.Monotonic();
    const Outcome outcome = Write(chip, SparseImage(chip.row.size_bytes, 2));
    ASSERT_FALSE(outcome.status.has_value());
    EXPECT_EQ(outcome.status.error().reason(), "CHIP_TIMEOUT") << part;
    EXPECT_EQ(outcome.status.error().drive_state(), DriveState::kPartlyWritten);
    EXPECT_LT(chip.fake_clock.Monotonic() - start, std::chrono::seconds(17)) << part;
  }
}

TEST(WriteChip, ReadsANoisyByteAgainBeforeItRewrites) {
  FakeChip chip(*FindChip("W29C040"));
  Bytes target = chip.memory;
  target[0x1234] = 0x12;
  FakeChip quiet(chip.row);
  ASSERT_TRUE(Write(quiet, target).status.has_value());
  chip.noisy_read = quiet.read_cycles - 17;  // inside the verify, which is read last
  const Outcome outcome = Write(chip, target);
  ASSERT_TRUE(outcome.status.has_value()) << outcome.status.error().ToString();
  EXPECT_EQ(outcome.report.page_retries, 0u);
  EXPECT_GT(chip.read_cycles, quiet.read_cycles);
}

TEST(WriteChip, SaysPartlyWrittenWhenTheBusFailsMidway) {
  FakeChip chip(*FindChip("SST39VF040"));
  chip.memory = SparseImage(chip.row.size_bytes, 1);
  chip.fail_write_call = 500;
  const Outcome outcome = Write(chip, SparseImage(chip.row.size_bytes, 2));
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_EQ(outcome.status.error().reason(), "CABLE_PULLED");
  EXPECT_EQ(outcome.status.error().drive_state(), DriveState::kPartlyWritten);
}

// A cut anywhere in the body leaves page 0 of every bank that was erased blank.
TEST(WriteChip, LeavesTheResetVectorErasedUntilTheEnd) {
  FakeChip chip(*FindChip("MX29F040"));
  chip.memory = SparseImage(chip.row.size_bytes, 1);
  const Bytes target = SparseImage(chip.row.size_bytes, 2);
  FakeChip whole(chip.row);
  whole.memory = chip.memory;
  ASSERT_TRUE(Write(whole, target).status.has_value());
  chip.fail_write_call = whole.write_calls - 8 * 6;  // the page 0 pages have at most 6 bytes each
  const Outcome outcome = Write(chip, target);
  ASSERT_FALSE(outcome.status.has_value());
  EXPECT_TRUE(AllBytesAre(ByteView(chip.memory).first(256), 0xFF));
}

}  // namespace
}  // namespace firmbench::chips
