// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/spi_chip.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace firmbench::simulator {
namespace {

// One serial chip on a table, a transfer a microsecond.
struct SpiBench {
  explicit SpiBench(const char* part)
      : row(*chips::FindSpiChip(part)),
        array(row.size_bytes, 0xff),
        chip(row, array, state, watch) {}

  std::vector<uint8_t> Transfer(std::vector<uint8_t> out, size_t in = 0) {
    chip.Select(now += 1000);
    for (const uint8_t byte : out) chip.Exchange(byte);
    std::vector<uint8_t> answer(in);
    for (uint8_t& byte : answer) byte = chip.Exchange(0x00);
    chip.Deselect(now += 1000);
    return answer;
  }
  uint8_t Status() { return Transfer({0x05}, 1)[0]; }
  void WaitReady() { now = std::max(now, state.busy_until); }
  void Open() {
    Transfer({static_cast<uint8_t>(row.status_write == chips::StatusWrite::kEwsr ? 0x50 : 0x06)});
    Transfer({0x01, 0x00});
    WaitReady();
  }

  const chips::SpiRow& row;
  Bytes array;
  SpiChipState state;
  WriteWatch watch;
  SpiChip chip;
  int64_t now = 1'000'000;
};

TEST(SpiChip, AnswersItsIds) {
  SpiBench macronix("MX25L4005");
  EXPECT_EQ(macronix.Transfer({0x9f}, 4), (std::vector<uint8_t>{0xc2, 0x20, 0x13, 0xff}));
  EXPECT_EQ(macronix.Transfer({0x90, 0, 0, 0}, 3), (std::vector<uint8_t>{0xc2, 0x12, 0xc2}));
  EXPECT_EQ(macronix.Transfer({0x90, 0, 0, 1}, 2), (std::vector<uint8_t>{0x12, 0xc2}));
  EXPECT_EQ(macronix.Transfer({0xab, 0, 0, 0}, 1), (std::vector<uint8_t>{0x12}));
  SpiBench sst("SST25VF020");
  EXPECT_EQ(sst.Transfer({0x9f}, 3), (std::vector<uint8_t>{0xff, 0xff, 0xff}));
  SpiBench amic("A25L20PT");
  EXPECT_EQ(amic.Transfer({0x9f}, 4), (std::vector<uint8_t>{0x7f, 0x37, 0x20, 0x22}));
}

TEST(SpiChip, ProgramsOnlyWhenEnabledAndOnlyOnce) {
  SpiBench bench("MX25L4005");
  bench.Transfer({0x02, 0, 0, 0, 0x12});
  EXPECT_EQ(bench.array[0], 0xff);
  bench.Transfer({0x06});
  EXPECT_EQ(bench.Status(), 0x02);
  bench.Transfer({0x02, 0, 0, 0, 0x12});
  EXPECT_EQ(bench.Status(), 0x01) << "busy, and no longer enabled";
  EXPECT_EQ(bench.Transfer({0x03, 0, 0, 0}, 1)[0], 0xff) << "a busy chip does not read";
  bench.Transfer({0x06});
  bench.WaitReady();
  EXPECT_EQ(bench.Status(), 0x00) << "a busy chip does not listen";
  EXPECT_EQ(bench.Transfer({0x03, 0, 0, 0}, 1)[0], 0x12);
  EXPECT_EQ(bench.watch.destructive, 1u);
}

TEST(SpiChip, WrapsInsideAPage) {
  SpiBench bench("MX25L4005");
  bench.Transfer({0x06});
  bench.Transfer({0x02, 0x01, 0x02, 0xfe, 0x11, 0x22, 0x33});
  EXPECT_EQ(bench.array[0x102fe], 0x11);
  EXPECT_EQ(bench.array[0x102ff], 0x22);
  EXPECT_EQ(bench.array[0x10200], 0x33);
  EXPECT_EQ(bench.array[0x10300], 0xff);
  bench.WaitReady();
  // Of more than a page the last 256 bytes count.
  bench.Transfer({0x06});
  std::vector<uint8_t> page = {0x02, 0x00, 0x40, 0x00};
  for (int i = 0; i < 258; ++i) page.push_back(static_cast<uint8_t>(i < 256 ? 0xf0 : 0x0f));
  bench.Transfer(page);
  EXPECT_EQ(bench.array[0x4000], 0x0f);
  EXPECT_EQ(bench.array[0x4001], 0x0f);
  EXPECT_EQ(bench.array[0x4002], 0xf0);
}

TEST(SpiChip, ErasesTheUnitAndTakesItsTime) {
  SpiBench bench("MX25L4005");
  std::ranges::fill(bench.array, uint8_t{0});
  bench.Transfer({0x06});
  bench.Transfer({0x20, 0x00, 0x12, 0x34});
  EXPECT_EQ(std::ranges::count(bench.array, 0xff), 4096);
  EXPECT_EQ(bench.array[0x1000], 0xff);
  bench.now += bench.row.erase[0].typical.count() / 2;
  EXPECT_EQ(bench.Status() & 0x01, 0x01);
  bench.WaitReady();
  EXPECT_EQ(bench.Status(), 0x00);
  // An erase with a byte too many or too few is none.
  bench.Transfer({0x06});
  bench.Transfer({0x20, 0x00, 0x00});
  bench.Transfer({0xc7, 0x00});
  EXPECT_EQ(bench.chip.erases(), 1u);
}

TEST(SpiChip, ProtectsWhatItsBitsSay) {
  SpiBench bench("MX25L4005");
  bench.Transfer({0x06});
  bench.Transfer({0x01, 0x04});  // the least: the top of the chip
  bench.WaitReady();
  EXPECT_EQ(bench.Status(), 0x04);
  bench.Transfer({0x06});
  bench.Transfer({0x02, 0x07, 0xff, 0xff, 0x00});
  EXPECT_EQ(bench.array[0x7ffff], 0xff);
  bench.Transfer({0x06});
  bench.Transfer({0x02, 0x00, 0x00, 0x00, 0x00});
  EXPECT_EQ(bench.array[0], 0x00);
  bench.WaitReady();
  bench.Transfer({0x06});
  bench.Transfer({0xc7});
  EXPECT_EQ(bench.chip.erases(), 0u) << "no chip erase while anything is protected";
}

TEST(SpiChip, ObeysThePinWhileItsRegisterIsLocked) {
  SpiBench bench("MX25L4005");
  bench.Transfer({0x06});
  bench.Transfer({0x01, 0x9c});
  bench.WaitReady();
  bench.chip.TieWp(true);
  bench.Open();
  EXPECT_EQ(bench.Status(), 0x9c);
  bench.chip.TieWp(false);
  bench.Open();
  EXPECT_EQ(bench.Status(), 0x00);
}

TEST(SpiChip, OfSstComesUpProtectedAndWantsItsOwnEnable) {
  SpiBench bench("SST25VF020");
  EXPECT_EQ(bench.Status(), 0x0c);
  bench.Transfer({0x06});
  bench.Transfer({0x01, 0x00});
  bench.WaitReady();
  EXPECT_EQ(bench.Status() & 0x0c, 0x0c) << "06 is not enough";
  bench.Transfer({0x50});
  bench.Transfer({0x05}, 1);
  bench.Transfer({0x01, 0x00});
  bench.WaitReady();
  EXPECT_EQ(bench.Status() & 0x0c, 0x0c) << "not right behind 50";
  bench.Transfer({0x50});
  bench.Transfer({0x01, 0x00});
  bench.WaitReady();
  EXPECT_EQ(bench.Status() & 0x0c, 0x00);
  bench.chip.CutPower(bench.now);
  EXPECT_EQ(bench.Status(), 0x0c);
}

TEST(SpiChip, IncrementsTheAddressByItself) {
  SpiBench bytes("SST25VF020");
  bytes.Open();
  bytes.Transfer({0x06});
  bytes.Transfer({0xaf, 0x00, 0x01, 0x00, 0x11});
  EXPECT_EQ(bytes.Status() & 0x41, 0x41);
  bytes.WaitReady();
  bytes.Transfer({0xaf, 0x22});
  bytes.WaitReady();
  EXPECT_EQ(bytes.Transfer({0x03, 0, 1, 0}, 1)[0], 0xff) << "no reading in between";
  bytes.Transfer({0x04});
  EXPECT_EQ(bytes.Transfer({0x03, 0, 1, 0}, 3), (std::vector<uint8_t>{0x11, 0x22, 0xff}));

  SpiBench words("SST25VF040B");
  words.Open();
  words.Transfer({0x06});
  words.Transfer({0xad, 0x00, 0x01, 0x01, 0x11, 0x22});
  words.WaitReady();
  words.Transfer({0xad, 0x33, 0x44});
  words.WaitReady();
  words.Transfer({0x04});
  EXPECT_EQ(words.Transfer({0x03, 0, 1, 0}, 4), (std::vector<uint8_t>{0x11, 0x22, 0x33, 0x44}));
  // More than one byte behind 02 is no page program there.
  words.Transfer({0x06});
  words.Transfer({0x02, 0, 2, 0, 0x00, 0x00});
  EXPECT_EQ(words.array[0x200], 0xff);
}

TEST(SpiChip, LosesHalfOfWhatItWasDoing) {
  SpiBench erase("MX25L4005");
  std::ranges::fill(erase.array, uint8_t{0x5a});
  erase.Transfer({0x06});
  erase.Transfer({0x20, 0x00, 0x00, 0x00});
  erase.chip.CutPower(erase.now + erase.row.erase[0].typical.count() / 2);
  const std::span<const uint8_t> unit = std::span(erase.array).first(4096);
  EXPECT_FALSE(AllBytesAre(unit, 0xff));
  EXPECT_FALSE(AllBytesAre(unit, 0x5a));
  EXPECT_EQ(erase.array[4096], 0x5a);
  EXPECT_EQ(erase.Status(), 0x00) << "no longer busy, not enabled";

  SpiBench program("MX25L4005");
  program.Transfer({0x06});
  std::vector<uint8_t> page(4 + 256, 0x00);
  page[0] = 0x02;
  program.Transfer(page);
  program.chip.CutPower(program.now + 1);
  EXPECT_FALSE(AllBytesAre(std::span(program.array).first(256), 0x00));
  EXPECT_FALSE(AllBytesAre(std::span(program.array).first(256), 0xff));

  SpiBench done("MX25L4005");
  done.Transfer({0x06});
  done.Transfer(page);
  done.WaitReady();
  done.chip.CutPower(done.now);
  EXPECT_TRUE(AllBytesAre(std::span(done.array).first(256), 0x00));
}

TEST(SpiChip, DropsAWriteThatItReportsGood) {
  SpiBench bench("MX25L4005");
  bench.watch.drop_next = 1;
  bench.Transfer({0x06});
  bench.Transfer({0x02, 0, 0, 0, 0x12});
  EXPECT_EQ(bench.Status() & 0x01, 0x01);
  bench.WaitReady();
  EXPECT_EQ(bench.array[0], 0xff);
}

}  // namespace
}  // namespace firmbench::simulator
