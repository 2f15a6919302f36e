// SPDX-License-Identifier: Apache-2.0
// Every part of the table against the simulator's chip of that row: identify, full read, full
// write, verify. The algorithms and the simulator share nothing but the rows.
#include <cstdio>

#include <gtest/gtest.h>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/identify.h"
#include "daemon/chips/spi_identify.h"
#include "daemon/chips/spi_program.h"
#include "daemon/chips/spi_writer.h"
#include "tests/daemon/chips/chip_test_util.h"
#include "tests/daemon/chips/sim_bus.h"

namespace firmbench::chips {
namespace {

int parallel_rows = 0;
int serial_rows = 0;

class CountRows : public testing::Environment {
 public:
  void TearDown() override {
    std::printf(
        "chip rows identified, read, written and verified: %d parallel of %zu, %d serial "
        "of %zu\n",
        parallel_rows, DrivenChips().size(), serial_rows, AllSpiChips().size());
  }
};
const auto* const kCount = testing::AddGlobalTestEnvironment(new CountRows);

class ParallelRow : public testing::TestWithParam<ChipRow> {};

TEST_P(ParallelRow, IsIdentifiedReadWrittenAndVerified) {
  SimByteBus bus(GetParam());
  bus.Load(DenseImage(bus.row.size_bytes, 1));
  const Result<Identification> found = IdentifyChip(bus, {bus.row.size_bytes});
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, bus.row.part);
  EXPECT_EQ(bus.watch.destructive, 0u);

  Bytes current(bus.row.size_bytes);
  ASSERT_TRUE(bus.Read(0, current).has_value());
  ASSERT_EQ(current, bus.array);

  const Bytes target = DenseImage(bus.row.size_bytes, 2);
  const ChipPlan plan = PlanChipWrite(*found->row, current, target).value();
  ChipWriteReport report;
  const Status status = WriteChip(bus, *found->row, plan, current, target, report, nullptr);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_EQ(report.page_retries, 0u);
  EXPECT_EQ(report.bytes_programmed, plan.bytes_to_program);

  Bytes after(bus.row.size_bytes);
  ASSERT_TRUE(bus.Read(0, after).has_value());
  EXPECT_EQ(after, target);
  EXPECT_EQ(bus.array, target);
  parallel_rows += !HasFailure();
}

INSTANTIATE_TEST_SUITE_P(Rows, ParallelRow, testing::ValuesIn(DrivenChips()), PartName());

class SerialRow : public testing::TestWithParam<SpiRow> {};

TEST_P(SerialRow, IsIdentifiedReadWrittenAndVerified) {
  SimSpiBus bus(GetParam());
  bus.Load(DenseImage(bus.row.size_bytes, 1));
  bus.state.protection = bus.row.protection_mask;  // as a maker leaves it
  const Result<SpiIdentification> found = IdentifySpiChip(bus);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, bus.row.part);
  EXPECT_EQ(bus.watch.destructive, 0u);

  Bytes current(bus.row.size_bytes);
  ASSERT_TRUE(ReadSpi(bus, 0, current).has_value());
  ASSERT_EQ(current, bus.array);

  const Bytes target = DenseImage(bus.row.size_bytes, 2);
  const ChipPlan plan = PlanSpiWrite(*found->row, current, target).value();
  SpiWriteReport report;
  const Status status = WriteSpiChip(bus, *found->row, plan, current, target, report, nullptr);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_EQ(report.chip.page_retries, 0u);
  EXPECT_EQ(report.chip.bytes_programmed, plan.bytes_to_program);
  EXPECT_EQ(report.chip.erases, plan.erases);
  EXPECT_TRUE(report.was_protected);
  EXPECT_TRUE(report.protection_restored);

  Bytes after(bus.row.size_bytes);
  ASSERT_TRUE(ReadSpi(bus, 0, after).has_value());
  EXPECT_EQ(after, target);
  EXPECT_EQ(bus.array, target);
  serial_rows += !HasFailure();
}

INSTANTIATE_TEST_SUITE_P(Rows, SerialRow, testing::ValuesIn(AllSpiChips()), PartName());

}  // namespace
}  // namespace firmbench::chips
