// SPDX-License-Identifier: Apache-2.0
// The vendor SCSI commands, against the tables of drive-protocols 2.2 and 2.3.
#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

struct Ready {
  explicit Ready(std::string_view model, std::string_view more = "")
      : bench(OneDrive(model, more)),
        drive(*bench->Find("bay 1")),
        transport(Must(drive.OpenTransport())) {
    Send(*transport, {0, 0, 0, 0, 0, 0});
  }
  ScsiAnswer In(std::vector<uint8_t> cdb, size_t length) {
    return Send(*transport, std::move(cdb), length);
  }
  ScsiAnswer None(std::vector<uint8_t> cdb) { return Send(*transport, std::move(cdb), 0); }
  std::unique_ptr<Bench> bench;
  Drive& drive;
  std::unique_ptr<scsi::Transport> transport;
};

Bytes Part(const Bytes& all, size_t offset, size_t length) {
  return Bytes(all.begin() + static_cast<long>(offset),
               all.begin() + static_cast<long>(offset + length));
}

TEST(LiteOnDf, ReadsProgramMemory) {
  Ready ready("LDW-451S");
  const Bytes flash = ready.drive.FlashBytes();
  EXPECT_EQ(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0x00, 0x00, 0x00, 0, 0, 0}, 128).data,
            Part(flash, 0, 128));
  EXPECT_EQ(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0x0f, 0xff, 0x80, 0, 0, 0}, 128).data,
            Part(flash, 0xfff80, 128));
  Bytes wrapped = Part(flash, 0x1fff0, 16);
  const Bytes rest = Part(flash, 0x10000, 112);
  wrapped.insert(wrapped.end(), rest.begin(), rest.end());
  EXPECT_EQ(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0x01, 0xff, 0xf0, 0, 0, 0}, 128).data, wrapped);
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0x10, 0, 0, 0, 0, 0}, 128)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x83, 0, 0, 0x00, 0, 0x00, 0, 0, 0, 0, 0}, 128)), "05/24/00");
}

TEST(LiteOnDf, MovesNeverMoreThanItHas) {
  Ready ready("LTR-48246S");
  const ScsiAnswer more = ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0}, 200);
  EXPECT_EQ(more.data.size(), 128u);
  EXPECT_EQ(more.residual, 72u);
  EXPECT_EQ(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0}, 16).data.size(), 16u);
}

TEST(LiteOnDf, ReadsTheEeprom) {
  Ready ready("LTR-48246S");
  Bytes all;
  for (uint8_t block = 0; block < 8; ++block) {
    const ScsiAnswer answer = ready.In({0xdf, 0x89, 0, 0, 0, 0, 0, static_cast<uint8_t>(block / 2),
                                        static_cast<uint8_t>(block % 2 * 128), 0, 0, 0},
                                       128);
    all.insert(all.end(), answer.data.begin(), answer.data.end());
  }
  EXPECT_EQ(all, ready.drive.EepromBytes());
  EXPECT_EQ(ready.drive.counters().eeprom_bytes_read, 1024u);
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x89, 0, 0, 0, 0, 0, 0x03, 0x81, 0, 0, 0}, 128)), "05/24/00");
}

TEST(LiteOnDf, GivesANewChallengeEachTime) {
  Ready ready("LTR-48246S");
  const Bytes one = ready.In({0xdf, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128).data;
  const Bytes two = ready.In({0xdf, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128).data;
  ASSERT_EQ(one.size(), 128u);
  EXPECT_NE(Part(one, 32, 2), Part(two, 32, 2));
  EXPECT_EQ(Part(one, 0, 32), Bytes(32));
}

TEST(LiteOnDf, KeepsTheBookTypeInTheEeprom) {
  Ready ready("LDW-451S");
  const std::vector<uint8_t> read = {0xdf, 0, 0x0f, 0x00, 0, 0, 0, 0x80, 0, 0, 0, 0};
  EXPECT_EQ(ready.In(read, 128).data[0], 0);
  EXPECT_TRUE(ready.None({0xdf, 0, 0x0f, 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0}).good);
  EXPECT_EQ(ready.In(read, 128).data[0], 1);
  EXPECT_EQ(ready.drive.EepromBytes()[0x14a], 1);
  EXPECT_EQ(ready.drive.counters().destructive_before_write_started, 1u);
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0, 0x0f, 0x20, 0, 0, 0, 0, 0, 0, 0, 0}, 12)), "05/24/00");
}

TEST(LiteOnDf, ReadsAndWritesXdata) {
  Ready ready("LTR-48246S");
  EXPECT_TRUE(ready.None({0xdf, 0x84, 0, 0, 0x01, 0, 0, 0x80, 0x12, 0x5a, 0, 0}).good);
  EXPECT_EQ(ready.In({0xdf, 0x85, 0, 0xff, 0, 0, 0, 0x80, 0x00, 0, 0, 0}, 128).data[0x12], 0x5a);
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x85, 0, 0x00, 0, 0, 0, 0x80, 0, 0, 0, 0}, 128)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.None({0xdf, 0x84, 0, 0, 0x02, 0, 0, 0x80, 0x12, 0, 0, 0})), "05/24/00");
  EXPECT_EQ(ready.drive.counters().destructive_commands, 0u);
}

TEST(LiteOnDf, RefusesUnknownSubFunctionsByFieldNotByOpcode) {
  Ready ready("LTR-48246S");
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x00, 0x33, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0xdf, 0x83, 0, 0, 0xff, 0, 0, 0, 0, 0}, 128)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0xde, 0x83, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0}, 128)), "05/20/00");
}

TEST(MediatekF1, ReadsAndWritesXdata) {
  Ready ready("LTR-48246S");
  EXPECT_TRUE(ready.None({0xf1, 0x01, 0, 0, 0x80, 0x34, 0, 0, 0, 0x77}).good);
  EXPECT_EQ(ready.In({0xf1, 0x02, 0, 0, 0x80, 0x34, 0x01, 0, 0, 0}, 4).data,
            (Bytes{0, 0, 0, 0x77}));
  EXPECT_EQ(ready.In({0xf1, 0x02, 0, 0, 0x10, 0x00, 0x01, 0, 0, 0}, 4).data[3], 0xff);
  ready.drive.PowerCycle();
  Send(*ready.transport, {0, 0, 0, 0, 0, 0});
  EXPECT_EQ(ready.In({0xf1, 0x02, 0, 0, 0x80, 0x34, 0x01, 0, 0, 0}, 4).data[3], 0x00);
}

TEST(MediatekF1, MovesNothingWhenAskedForExactly64KiB) {
  Ready ready("LTR-48246S");
  const ScsiAnswer all = ready.In({0xf1, 0x06, 0, 0, 0, 0, 0, 1, 0, 0}, 65536);
  EXPECT_TRUE(all.good);
  EXPECT_EQ(all.data.size(), 0u);
  EXPECT_EQ(all.residual, 65536u);
  EXPECT_EQ(ready.In({0xf1, 0x06, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 65536).data.size(), 0xffffu);
  EXPECT_EQ(SenseOf(ready.In({0xf1, 0x07, 0, 0, 0, 0, 0, 0, 0, 4}, 4)), "05/24/00");
}

TEST(LiteOnReadBuffer, KnowsModeOneOnly) {
  Ready ready("LDW-451S");
  EXPECT_EQ(ready.In({0x3c, 0x01, 0xe2, 0, 0, 0x10, 0, 0, 0x20, 0}, 0x20).data,
            Part(ready.drive.EepromBytes(), 0x10, 0x20));
  EXPECT_EQ(ready.In({0x3c, 0x01, 0xe2, 0, 0, 0, 0, 0x04, 0, 0}, 1024).data,
            ready.drive.EepromBytes());
  EXPECT_EQ(SenseOf(ready.In({0x3c, 0x01, 0xe2, 0, 0, 1, 0, 0x04, 0, 0}, 1024)), "05/24/00");
  for (const uint8_t id : {0x01, 0x02, 0xf1}) {
    EXPECT_EQ(ready.In({0x3c, 0x01, id, 0, 0, 0, 0, 0, 0x40, 0}, 0x40).data.size(), 0x40u);
  }
  EXPECT_EQ(SenseOf(ready.In({0x3c, 0x01, 0x01, 0x1f, 0xff, 0xff, 0, 0, 2, 0}, 2)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0x3c, 0x01, 0x77, 0, 0, 0, 0, 0, 4, 0}, 4)), "05/24/00");
  EXPECT_EQ(SenseOf(ready.In({0x3c, 0x06, 0x00, 0, 0, 0, 0, 0, 4, 0}, 4)), "05/24/00");
}

TEST(LiteOnWriteBuffer, IsUnknownUnlessTheScenarioSaysSo) {
  const Bytes data = {1, 2, 3, 4};
  const std::vector<uint8_t> write = {0x3b, 0x01, 0xe2, 0, 0, 0x20, 0, 0, 4, 0};
  Ready plain("LTR-48246S");
  EXPECT_EQ(SenseOf(SendOut(*plain.transport, write, data)), "05/20/00");
  Ready open("LTR-48246S", "eeprom_write = true");
  EXPECT_TRUE(SendOut(*open.transport, write, data).good);
  EXPECT_EQ(Part(open.drive.EepromBytes(), 0x20, 4), data);
  EXPECT_EQ(open.drive.counters().eeprom_writes, 1u);
  EXPECT_EQ(open.drive.counters().destructive_commands, 1u);
  EXPECT_EQ(SenseOf(SendOut(*open.transport, {0x3b, 0x01, 0xe2, 0, 3, 0xfd, 0, 0, 4, 0}, data)),
            "05/24/00");
  EXPECT_EQ(SenseOf(SendOut(*open.transport, {0x3b, 0x01, 0xe2, 0, 0, 0, 0, 0, 5, 0}, data)),
            "05/24/00");
  EXPECT_EQ(SenseOf(SendOut(*open.transport, {0x3b, 0x05, 0x00, 0, 0, 0, 0, 0, 4, 0}, data)),
            "05/24/00");
  EXPECT_EQ(open.drive.counters().destructive_commands, 1u);
}

TEST(LiteOnProfiles, AreThoseOfTheTable) {
  struct Row {
    const char* model;
    const char* inquiry;
    size_t flash_bytes;
    Gate gate;
  };
  for (const Row& row :
       {Row{"LTR-48246S", "LITE-ON LTR-48246S      SS0B", 524288, Gate::kAlways},
        Row{"LTR-52327S", "LITE-ON LTR-52327S      QS0C", 524288, Gate::kAlways},
        Row{"LDW-451S", "LITE-ON DVDRW LDW-451S  GSB4", 1048576, Gate::kEjectHeld}}) {
    Ready ready(row.model);
    EXPECT_EQ(AsText(ready.In({0x12, 0, 0, 0, 36, 0}, 36).data).substr(8), row.inquiry);
    EXPECT_EQ(ready.drive.FlashBytes().size(), row.flash_bytes);
    EXPECT_EQ(ready.drive.EepromBytes().size(), 1024u);
    EXPECT_EQ(ready.drive.profile().gate, row.gate);
    EXPECT_EQ(ready.drive.profile().vendor_status, 0x70);
  }
}

}  // namespace
}  // namespace firmbench::simulator
