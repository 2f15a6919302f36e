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
  Eeprom eeprom{layout, bytes, watch};
};

TEST(Eeprom, KeepsTheBookTypeWhereItIsKnownToBe) {
  EepromBench bench;
  bench.eeprom.SetBookType(1);
  EXPECT_EQ(bench.bytes[0x14a], 1);
  EXPECT_EQ(bench.watch.destructive, 1u);
  EXPECT_EQ(bench.watch.early, 1u);
}

TEST(Eeprom, IgnoresWritesThatDoNotFit) {
  EepromBench bench;
  const Bytes two = {1, 2};
  bench.eeprom.Write(1023, two);
  bench.eeprom.Write(5000, two);
  EXPECT_TRUE(AllBytesAre(bench.bytes, 0xff));
  EXPECT_EQ(bench.watch.destructive, 0u);
}

TEST(Eeprom, DropsAWriteThatIsToBeDropped) {
  EepromBench bench;
  bench.watch.drop_next = 1;
  bench.eeprom.SetBookType(1);
  EXPECT_EQ(bench.eeprom.book_type(), 0xff);
  bench.eeprom.SetBookType(1);
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
