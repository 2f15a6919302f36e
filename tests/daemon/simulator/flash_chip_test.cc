// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/flash_chip.h"

#include <gtest/gtest.h>

#include "tests/daemon/simulator/chip_bench.h"

namespace firmbench::simulator {
namespace {

std::vector<const chips::ChipRow*> AllParts() {
  std::vector<const chips::ChipRow*> parts = Parts(false);
  for (const chips::ChipRow* row : Parts(true)) parts.push_back(row);
  return parts;
}

TEST(FlashChip, PlaysEveryPartButTheOneWithItsOwnProtocol) {
  for (const chips::ChipRow& row : chips::AllChips()) {
    EXPECT_EQ(FlashChip::Supports(row), row.program != chips::ProgramMethod::kSst28Sector)
        << row.part;
  }
}

TEST(AnyPart, ShowsItsIdsAndLeavesIdMode) {
  for (const chips::ChipRow* part : AllParts()) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.array[0] = 0x02;
    bench.Unlock(0x90);
    const uint16_t ids[] = {bench.row.manufacturer, bench.row.device};
    for (uint32_t i = 0; i < 2; ++i) {
      if (ids[i] > 0xff) {
        EXPECT_EQ(bench.Read(i), 0x7f);
        EXPECT_EQ(bench.Read(0x100 + i), ids[i] & 0xff);
      } else {
        EXPECT_EQ(bench.Read(i), ids[i]);
      }
    }
    bench.Write(0, 0xf0);
    const bool short_exit = bench.row.id_exit == chips::IdExit::kShortF0;
    EXPECT_EQ(bench.Read(0) == 0x02, short_exit);
    bench.Unlock(0xf0);
    EXPECT_EQ(bench.Read(0), 0x02);
    EXPECT_EQ(bench.watch.destructive, 0u);
  }
}

TEST(AnyPart, ErasesTheWholeChipAndIsBusyMeanwhile) {
  for (const chips::ChipRow* part : AllParts()) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0x5a});
    bench.Erase(0x10, bench.first);
    const uint8_t one = bench.Read(0);
    const uint8_t two = bench.Read(0);
    EXPECT_EQ(one & 0x80, 0) << "DQ7 of an erase is 0 until it ends";
    EXPECT_EQ((one ^ two) & 0x40, 0x40) << "DQ6 toggles";
    bench.Wait(bench.row.erase.back().maximum);
    EXPECT_EQ(bench.Read(0), 0xff);
    EXPECT_EQ(bench.Read(0), bench.Read(0));
    EXPECT_TRUE(AllBytesAre(bench.array, 0xff));
    EXPECT_EQ(bench.chip.erases(), 1u);
    EXPECT_EQ(bench.watch.destructive, 1u);
  }
}

TEST(BytePart, ProgramsOnesToZerosOnly) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Program(0x123, 0x5f);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x123), 0x5f);
    bench.Program(0x123, 0xf0);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x123), 0x50);
    EXPECT_EQ(bench.Read(0x124), 0xff);
    EXPECT_EQ(bench.chip.bytes_programmed(), 2u);
    EXPECT_EQ(bench.watch.destructive, 2u);
  }
}

TEST(BytePart, ShowsDataPollingWhileItPrograms) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Program(0x10, 0x7f);
    bench.now -= 1000;  // look at once: the fastest part takes 7 us
    const uint8_t one = bench.Read(0x10);
    const uint8_t two = bench.Read(0x10);
    EXPECT_EQ(one & 0x80, 0x80) << "DQ7 is the complement of the data";
    EXPECT_EQ((one ^ two) & 0x40, 0x40);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x10), 0x7f);
  }
}

TEST(BytePart, IgnoresCyclesWhileBusy) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Program(0x10, 0x00);
    bench.Program(0x11, 0x00);  // within 7 us of the first: not heard
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(0x10), 0x00);
    EXPECT_EQ(bench.Read(0x11), 0xff);
    EXPECT_EQ(bench.watch.destructive, 1u);
  }
}

TEST(BytePart, ErasesExactlyTheUnitOfEachCommand) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    for (const chips::EraseMethod& method : part->erase) {
      if (method.whole_chip) continue;
      uint32_t start = 0;
      for (const chips::EraseBlock& block : method.layout) {
        ChipBench bench(*part);
        std::fill(bench.array.begin(), bench.array.end(), uint8_t{0});
        const uint32_t end = start + block.unit_bytes;
        bench.Erase(method.command, end - 1);
        bench.Wait(method.maximum);
        EXPECT_EQ(bench.Read(start), 0xff);
        EXPECT_EQ(bench.Read(end - 1), 0xff);
        if (start != 0) {
          EXPECT_EQ(bench.Read(start - 1), 0x00);
        }
        if (end < bench.row.size_bytes) {
          EXPECT_EQ(bench.Read(end), 0x00);
        }
        start += block.unit_bytes * block.count;
      }
      EXPECT_EQ(start, part->size_bytes);
    }
  }
}

TEST(BytePart, GoesBackToReadingAfterAWrongCycle) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    bench.Write(bench.first, 0xaa);
    bench.Write(bench.second, 0x54);
    bench.Write(bench.first, 0xa0);
    bench.Write(0x10, 0x00);
    bench.Write(bench.second, 0xaa);  // the wrong address
    bench.Write(bench.second, 0x55);
    bench.Write(bench.first, 0x90);
    EXPECT_EQ(bench.Read(0x10), 0xff);
    EXPECT_EQ(bench.watch.destructive, 0u);
  }
}

TEST(BytePart, ComparesOnlyItsOwnAddressBits) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    const uint32_t high = bench.row.size_bytes / 2;
    bench.Write(high | bench.first, 0xaa);
    bench.Write(high | bench.second, 0x55);
    bench.Write(high | bench.first, 0xa0);
    bench.Write(7, 0x11);
    bench.WaitProgrammed();
    EXPECT_EQ(bench.Read(7), 0x11);
  }
}

TEST(BytePart, LeavesAnErasedUnitHalfDoneWhenPowerIsCut) {
  for (const chips::ChipRow* part : Parts(false)) {
    SCOPED_TRACE(part->part);
    ChipBench bench(*part);
    std::fill(bench.array.begin(), bench.array.end(), uint8_t{0});
    bench.Erase(0x10, bench.first);
    bench.chip.CutPower(bench.MiddleOfWork());
    EXPECT_FALSE(AllBytesAre(bench.array, 0x00));
    EXPECT_FALSE(AllBytesAre(bench.array, 0xff));
    EXPECT_NE(bench.Read(0), bench.Read(1)) << "the array is shown, not a status";
  }
}

const chips::ChipRow& Sst() { return *chips::FindChip("SST39VF040"); }

TEST(FlashChip, KeepsAByteOldOrNewWhenPowerIsCutInItsMiddle) {
  int changed = 0;
  for (int i = 0; i < 64; ++i) {
    ChipBench bench(Sst());
    bench.now += i * 7'654'321;
    bench.array[5] = 0xf0;
    bench.Program(5, 0x30);
    bench.chip.CutPower(bench.MiddleOfWork());
    EXPECT_EQ(bench.array[5] & 0x30, 0x30);
    EXPECT_EQ(bench.array[5] & 0x0f, 0x00);
    changed += bench.array[5] != 0xf0 ? 1 : 0;
  }
  EXPECT_GT(changed, 10);
  EXPECT_LT(changed, 64);
}

TEST(FlashChip, KeepsWhatWasFinishedWhenPowerIsCut) {
  ChipBench bench(Sst());
  bench.Program(5, 0x30);
  bench.WaitProgrammed();
  bench.Write(bench.first, 0xaa);
  bench.chip.CutPower(bench.now);
  EXPECT_EQ(bench.Read(5), 0x30);
  bench.Write(bench.second, 0x55);  // the sequence was forgotten
  bench.Write(bench.first, 0x90);
  EXPECT_EQ(bench.Read(5), 0x30);
}

TEST(FlashChip, HasStuckBits) {
  ChipBench bench(Sst());
  bench.chip.SetDefects({{{0x40, 3, true}, {0x41, 0, false}, {0x900000, 0, true}}, {}, 0});
  EXPECT_EQ(bench.Read(0x41), 0xfe);
  bench.Program(0x40, 0x00);
  bench.WaitProgrammed();
  EXPECT_EQ(bench.Read(0x40), 0x08);
  bench.Erase(0x30, 0x41);
  bench.Wait(std::chrono::milliseconds(25));
  EXPECT_EQ(bench.Read(0x41), 0xfe);
}

TEST(FlashChip, HasUnitsThatDoNotEraseFully) {
  ChipBench bench(Sst());
  bench.chip.SetDefects({{}, {0x2345}, 0});
  bench.Erase(0x30, 0x2000);
  EXPECT_FALSE(AllBytesAre(ByteView(bench.array).subspan(0x2000, 0x1000), 0xff));
  bench.Wait(std::chrono::milliseconds(25));
  bench.array[0x3000] = 0;
  bench.Erase(0x30, 0x3000);
  EXPECT_TRUE(AllBytesAre(ByteView(bench.array).subspan(0x3000, 0x1000), 0xff));
}

TEST(FlashChip, WearsOut) {
  ChipBench bench(Sst());
  bench.chip.SetDefects({{}, {}, 3});
  for (int i = 1; i <= 4; ++i) {
    bench.Erase(0x30, 0x1000);
    bench.Wait(std::chrono::milliseconds(25));
    EXPECT_EQ(AllBytesAre(ByteView(bench.array).subspan(0x1000, 0x1000), 0xff), i <= 3);
  }
  EXPECT_EQ(bench.chip.Cycles(0x1fff), 4u);
  EXPECT_EQ(bench.chip.Cycles(0x2000), 0u);
}

TEST(FlashChip, ReportsDroppedWritesGood) {
  ChipBench bench(Sst());
  bench.watch.drop_next = 1;
  bench.Program(0, 0x12);
  bench.WaitProgrammed();
  EXPECT_EQ(bench.Read(0), 0xff);
  bench.Program(0, 0x12);
  bench.WaitProgrammed();
  EXPECT_EQ(bench.Read(0), 0x12);
  EXPECT_EQ(bench.watch.destructive, 2u);
}

}  // namespace
}  // namespace firmbench::simulator
