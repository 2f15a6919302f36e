// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/daemon/simulator/chip_bench.h"

namespace firmbench::simulator {
namespace {

using std::chrono::microseconds;

void LoadPage(ChipBench& bench, uint32_t start, uint32_t count) {
  bench.Unlock(0xa0);
  for (uint32_t i = 0; i < count; ++i) bench.Write(start + i, static_cast<uint8_t>(i ^ 0x5a));
}

TEST(PagePart, ErasesAndWritesAPageInOneGo) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0});
    const uint32_t page = bench.row.page_bytes;
    LoadPage(bench, 4 * page, page);
    bench.WaitProgrammed();
    for (uint32_t i = 0; i < page; ++i) {
      ASSERT_EQ(bench.Read(4 * page + i), static_cast<uint8_t>(i ^ 0x5a));
    }
    EXPECT_EQ(bench.Read(4 * page - 1), 0);
    EXPECT_EQ(bench.Read(5 * page), 0);
    EXPECT_EQ(bench.chip.page_writes(), 1u);
    EXPECT_EQ(bench.watch.destructive, 1u);
  }
}

TEST(PagePart, LeavesWhatWasNotLoadedErased) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0});
    LoadPage(bench, 0x1000, 3);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1002), 0x58);
    EXPECT_EQ(bench.Read(0x1003), 0xff);
    EXPECT_EQ(bench.Read(0x1000 + bench.row.page_bytes - 1), 0xff);
  }
}

TEST(PagePart, ClosesTheWindowAfterTheLastLoad) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    LoadPage(bench, 0x1000, 2);
    bench.Wait(bench.row.timings.load_window - microseconds(2));
    bench.Write(0x1002, 0x33);  // just in time
    bench.Wait(bench.row.timings.load_window);
    bench.Write(0x1003, 0x44);  // too late: the page is being written
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1002), 0x33);
    EXPECT_EQ(bench.Read(0x1003), 0xff);
    EXPECT_EQ(bench.chip.page_writes(), 1u);
  }
}

TEST(PagePart, ShowsItsStatusUntilThePageIsWritten) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    LoadPage(bench, 0x1000, 1);  // 5A: DQ7 reads 1 until it is done
    bench.Wait(bench.row.timings.load_window + microseconds(10));
    const uint8_t one = bench.Read(0x1000);
    const uint8_t two = bench.Read(0x1000);
    EXPECT_EQ(one & 0x80, 0x80);
    EXPECT_EQ((one ^ two) & 0x40, 0x40);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1000), 0x5a);
    EXPECT_EQ(bench.Read(0x1000), 0x5a);
  }
}

TEST(PagePart, DoesNotFinishAnUnlockWithAGapInIt) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Write(0x5555, 0xaa);
    bench.Wait(bench.row.timings.load_window * 2);
    bench.Write(0x2aaa, 0x55);
    bench.Write(0x5555, 0xa0);
    bench.Write(0x1000, 0x00);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1000), 0xff);
    EXPECT_EQ(bench.watch.destructive, 0u);
  }
}

TEST(PagePart, TakesNoLoadsUnasked) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Write(0x1000, 0x00);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1000), 0xff);
    EXPECT_EQ(bench.watch.destructive, 0u);
  }
}

// What makes chip identification destructive on such parts.
TEST(PagePart, ProgramsABrokenIdEntryWhenProtectionIsOff) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.state.sdp = false;
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0x77});
    bench.Write(0x5555, 0xaa);
    bench.WaitProgrammed();  // 2AAA/55 and 90 never came
    EXPECT_EQ(bench.Read(0x5555), 0xaa);
    EXPECT_EQ(bench.Read(0x5554), 0xff) << "the rest of the page is gone";
    EXPECT_EQ(bench.watch.destructive, 1u);
  }
}

TEST(PagePart, KnowsAWholeCommandWithProtectionOff) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.state.sdp = false;
    bench.Unlock(0x90);
    EXPECT_EQ(bench.Read(0), bench.row.manufacturer);
    bench.Unlock(0xf0);
    bench.WaitProgrammed();
    EXPECT_TRUE(AllBytesAre(bench.array, 0xff));
    EXPECT_EQ(bench.watch.destructive, 0u);
  }
}

TEST(PagePart, TurnsProtectionOffAndOn) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Erase(0x20, bench.first);
    bench.WaitProgrammed();
    EXPECT_FALSE(bench.state.sdp);
    bench.Write(0x1000, 0x11);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1000), 0x11);
    LoadPage(bench, 0x2000, 1);
    bench.WaitProgrammed();
    EXPECT_TRUE(bench.state.sdp);
    bench.Write(0x1000, 0x22);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x1000), 0x11);
    bench.chip.CutPower(bench.now);
    EXPECT_TRUE(bench.state.sdp) << "protection is non-volatile";
  }
}

TEST(PagePart, IgnoresWritesToALockedBootBlock) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    if (bench.row.boot_block_bytes == 0) {
      bench.Erase(0x40, bench.first);
      bench.Write(0, 0x00);
      EXPECT_FALSE(bench.state.boot_locked_low);
      continue;
    }
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0x77});
    bench.Erase(0x40, bench.first);
    bench.Write(0, 0x00);
    ASSERT_TRUE(bench.state.boot_locked_low);
    LoadPage(bench, 0, 1);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0), 0x77);
    LoadPage(bench, bench.row.boot_block_bytes, 1);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(bench.row.boot_block_bytes), 0x5a);
    EXPECT_EQ(bench.chip.page_writes(), 1u);
    EXPECT_EQ(bench.watch.destructive, 3u) << "the lock, the ignored page, the page";
    bench.Unlock(0x90);
    EXPECT_EQ(bench.Read(2), 0xff);
    EXPECT_EQ(bench.Read(bench.row.size_bytes - 0xe), 0xfe);
  }
}

TEST(PagePart, LosesAPageThatWasOnlyLoadedWhenPowerIsCut) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0x77});
    LoadPage(bench, 0x1000, bench.row.page_bytes);
    bench.chip.CutPower(bench.now);
    EXPECT_TRUE(AllBytesAre(bench.array, 0x77));
  }
}

TEST(PagePart, LeavesAPageHalfWrittenWhenPowerIsCutInItsMiddle) {
  for (const chips::ChipRow* part : Parts(true)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0x00});
    const uint32_t page = bench.row.page_bytes;
    bench.Unlock(0xa0);
    for (uint32_t i = 0; i < page; ++i) bench.Write(i, 0xff);
    bench.Wait(bench.row.timings.load_window + microseconds(10));
    bench.Read(0);
    bench.chip.CutPower(bench.MiddleOfWork());
    EXPECT_FALSE(AllBytesAre(ByteView(bench.array).first(page), 0x00));
    EXPECT_FALSE(AllBytesAre(ByteView(bench.array).first(page), 0xff));
    EXPECT_TRUE(AllBytesAre(ByteView(bench.array).subspan(page), 0x00));
  }
}

}  // namespace
}  // namespace firmbench::simulator
