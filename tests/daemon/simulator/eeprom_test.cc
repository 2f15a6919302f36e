// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/eeprom.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

struct EepromBench {
  EepromLayout layout;
  Bytes bytes = Bytes(layout.size_bytes, 0xff);
  WriteWatch watch;
  EepromState state;
  const int64_t now = 1'000'000;
  Eeprom eeprom{layout, bytes, state, watch, std::chrono::milliseconds(5)};
};

TEST(Eeprom, KeepsTheBookTypeWhereItIsKnownToBe) {
  EepromBench bench;
  bench.eeprom.SetBookType(1, bench.now);
  EXPECT_EQ(bench.bytes[0x14a], 1);
  EXPECT_EQ(bench.watch.destructive, 1u);
  EXPECT_EQ(bench.watch.early, 1u);
}

TEST(Eeprom, IgnoresWritesThatDoNotFit) {
  EepromBench bench;
  const Bytes two = {1, 2};
  bench.eeprom.Write(1023, two, bench.now);
  bench.eeprom.Write(5000, two, bench.now);
  EXPECT_TRUE(AllBytesAre(bench.bytes, 0xff));
  EXPECT_EQ(bench.watch.destructive, 0u);
}

TEST(Eeprom, IsWrittenByteByByteUntilPowerFails) {
  const Bytes data(8, 0x11);
  for (int64_t ms = 0; ms <= 45; ms += 5) {
    EepromBench bench;
    bench.eeprom.Write(0x80, data, bench.now);
    EXPECT_EQ(bench.bytes[0x87], 0x11);
    bench.eeprom.CutPower(bench.now + ms * 1'000'000);
    const auto done = static_cast<size_t>(std::min<int64_t>(ms / 5, 8));
    EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).subspan(0x80, done), 0x11)) << ms;
    if (done < 8) {
      EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).subspan(0x81 + done, 7 - done), 0xff)) << ms;
    }
    EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).subspan(0x88), 0xff));
    EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).first(0x80), 0xff));
  }
}

TEST(Eeprom, DropsAWriteThatIsToBeDropped) {
  EepromBench bench;
  bench.watch.drop_next = 1;
  bench.eeprom.SetBookType(1, bench.now);
  EXPECT_EQ(bench.eeprom.book_type(), 0xff);
  bench.eeprom.SetBookType(1, bench.now);
  EXPECT_EQ(bench.eeprom.book_type(), 1);
}

TEST(Eeprom, LogsTheFourLatestBurnsAndNothingElseChanges) {
  EepromBench bench;
  std::set<Bytes> logs;
  for (int i = 0; i < 9; ++i) {
    bench.eeprom.LogBurn();
    logs.insert(Bytes(bench.bytes.begin() + 0x300, bench.bytes.begin() + 0x340));
  }
  EXPECT_EQ(logs.size(), 9u);
  EXPECT_EQ(LoadBe16(&bench.bytes[0x300]), 9);
  EXPECT_EQ(LoadBe16(&bench.bytes[0x310]), 6);
  EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).first(0x300), 0xff));
  EXPECT_TRUE(AllBytesAre(ByteView(bench.bytes).subspan(0x340), 0xff));
  EXPECT_EQ(bench.watch.destructive, 0u);
}

TEST(Eeprom, HasAChecksumOverItsProtectedPart) {
  EepromBench bench;
  bench.eeprom.RepairChecksum();
  EXPECT_TRUE(bench.eeprom.ChecksumRight());
  bench.bytes[0x20] ^= 1;
  EXPECT_FALSE(bench.eeprom.ChecksumRight());
}

TEST(Eeprom, HidesTheDiscWhenItsChecksumIsWrong) {
  const auto bench = OneDrive("LTR-48246S", "disc = true\neeprom_checksum = true");
  Drive& drive = *bench->Find("bay 1");
  const auto transport = Must(drive.OpenTransport());
  Send(*transport, {0, 0, 0, 0, 0, 0});  // unit attention
  EXPECT_EQ(SenseOf(Send(*transport, {0, 0, 0, 0, 0, 0})), "");
  const uint8_t wrong = static_cast<uint8_t>(drive.EepromBytes()[0x10] ^ 0x40);
  drive.PokeEeprom(0x10, ByteView(&wrong, 1));
  EXPECT_EQ(SenseOf(Send(*transport, {0, 0, 0, 0, 0, 0})), "02/3a/00");
}

}  // namespace
}  // namespace firmbench::simulator
