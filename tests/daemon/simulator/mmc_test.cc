// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

// A drive whose unit attention has been seen.
struct Ready {
  explicit Ready(std::string_view model, std::string_view more = "")
      : bench(OneDrive(model, more)),
        drive(*bench->Find("bay 1")),
        transport(Must(drive.OpenTransport())) {
    Send(*transport, {0, 0, 0, 0, 0, 0});
  }
  std::unique_ptr<Bench> bench;
  Drive& drive;
  std::unique_ptr<scsi::Transport> transport;
};

TEST(Mmc, ReportsAResetOnce) {
  const auto bench = OneDrive("LTR-48246S");
  const auto transport = Must(bench->Find("bay 1")->OpenTransport());
  EXPECT_TRUE(Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36).good) << "INQUIRY never waits";
  EXPECT_TRUE(Send(*transport, {0x46, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64).good);
  EXPECT_EQ(SenseOf(Send(*transport, {0, 0, 0, 0, 0, 0})), "06/29/00");
  EXPECT_EQ(SenseOf(Send(*transport, {0, 0, 0, 0, 0, 0})), "02/3a/00");
}

TEST(Mmc, GivesItsSenseToRequestSense) {
  Ready ready("LTR-48246S");
  Send(*ready.transport, {0, 0, 0, 0, 0, 0});
  const ScsiAnswer sense = Send(*ready.transport, {0x03, 0, 0, 0, 18, 0}, 18);
  ASSERT_EQ(sense.data.size(), 18u);
  EXPECT_EQ(sense.data[0], 0x70);
  EXPECT_EQ(sense.data[2], 0x02);
  EXPECT_EQ(sense.data[12], 0x3a);
  EXPECT_EQ(Send(*ready.transport, {0x03, 0, 0, 0, 18, 0}, 18).data[2], 0x00);
}

TEST(Mmc, InquiresByTheTemplate) {
  Ready ready("LTR-48246S");
  const ScsiAnswer answer = Send(*ready.transport, {0x12, 0, 0, 0, 96, 0}, 96);
  ASSERT_EQ(answer.data.size(), 36u);
  EXPECT_EQ(answer.residual, 60u);
  EXPECT_EQ(Bytes(answer.data.begin(), answer.data.begin() + 8),
            (Bytes{0x05, 0x80, 0x00, 0x02, 0x1f, 0x00, 0x00, 0x00}));
  EXPECT_EQ(AsText(answer.data).substr(8), "LITE-ON LTR-48246S      SS0B");
  EXPECT_EQ(Send(*ready.transport, {0x12, 0, 0, 0, 5, 0}, 96).data.size(), 5u);
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x12, 0, 1, 0, 96, 0}, 96)), "05/24/00");
}

TEST(Mmc, HasVitalProductData) {
  Ready ready("LTR-48246S", "serial = \"ABC123\"");
  EXPECT_EQ(Send(*ready.transport, {0x12, 1, 0x00, 0, 96, 0}, 96).data,
            (Bytes{0x05, 0x00, 0x00, 0x02, 0x00, 0x80}));
  EXPECT_EQ(AsText(Send(*ready.transport, {0x12, 1, 0x80, 0, 96, 0}, 96).data).substr(4), "ABC123");
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x12, 1, 0x83, 0, 96, 0}, 96)), "05/24/00");
  Ready blank("LTR-48246S");
  EXPECT_EQ(Send(*blank.transport, {0x12, 1, 0x80, 0, 96, 0}, 96).data,
            (Bytes{0x05, 0x80, 0x00, 0x00}));
}

TEST(Mmc, SensesItsModePages) {
  Ready ready("LTR-48246S");
  const ScsiAnswer ten = Send(*ready.transport, {0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 64, 0}, 64);
  ASSERT_EQ(ten.data.size(), 8u + 26);
  EXPECT_EQ(LoadBe16(ten.data.data()), 32);
  EXPECT_EQ(ten.data[2], 0x70);
  EXPECT_EQ(LoadBe16(&ten.data[8 + 12]), 2048) << "buffer in KB";
  EXPECT_EQ(ten.data[8 + 2] & 0x08, 0) << "no DVD";
  const ScsiAnswer six = Send(*ready.transport, {0x1a, 0, 0x2a, 0, 64, 0}, 64);
  EXPECT_EQ(six.data.size(), 4u + 26);
  size_t all = 8;
  for (const uint8_t page : {0x01, 0x05, 0x08, 0x0d, 0x1a, 0x2a}) {
    const ScsiAnswer one = Send(*ready.transport, {0x5a, 0, page, 0, 0, 0, 0, 0, 0xff, 0}, 255);
    EXPECT_EQ(one.data[8], page);
    all += one.data.size() - 8;
  }
  EXPECT_EQ(Send(*ready.transport, {0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0, 0}, 256).data.size(), all);
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x5a, 0, 0x0e, 0, 0, 0, 0, 0, 64, 0}, 64)), "05/24/00");
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x5a, 0, 0xea, 0, 0, 0, 0, 0, 64, 0}, 64)), "05/39/00");
  Ready dvd("LDW-451S");
  EXPECT_EQ(Send(*dvd.transport, {0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 64, 0}, 64).data[10] & 0x08, 0x08);
}

std::vector<uint16_t> FeaturesOf(Ready& ready, uint8_t rt, uint16_t start = 0) {
  const Bytes data = Send(*ready.transport,
                          {0x46, rt, static_cast<uint8_t>(start >> 8), static_cast<uint8_t>(start),
                           0, 0, 0, 1, 0, 0},
                          256)
                         .data;
  EXPECT_EQ(LoadBe32(data.data()), data.size() - 4);
  std::vector<uint16_t> features;
  for (size_t at = 8; at + 4 <= data.size(); at += size_t{data[at + 3]} + 4) {
    features.push_back(LoadBe16(&data[at]));
  }
  return features;
}

TEST(Mmc, TellsItsFeatures) {
  Ready cd("LTR-48246S");
  EXPECT_EQ(FeaturesOf(cd, 0), (std::vector<uint16_t>{0x0000, 0x0001, 0x0003, 0x001e}));
  EXPECT_EQ(FeaturesOf(cd, 0, 2), (std::vector<uint16_t>{0x0003, 0x001e}));
  EXPECT_EQ(FeaturesOf(cd, 1), (std::vector<uint16_t>{0x0000, 0x0001, 0x0003}));
  EXPECT_EQ(FeaturesOf(cd, 2, 3), (std::vector<uint16_t>{0x0003}));
  EXPECT_EQ(FeaturesOf(cd, 2, 0x0108), (std::vector<uint16_t>{})) << "not of this age";
  const Bytes list = Send(*cd.transport, {0x46, 2, 0, 0, 0, 0, 0, 0, 64, 0}, 64).data;
  ASSERT_EQ(list.size(), 8u + 4 + 12);
  EXPECT_EQ(LoadBe16(&list[12]), 0x000a);
  EXPECT_EQ(LoadBe16(&list[20]), 0x0008);
  Ready dvd("LDW-451S");
  EXPECT_EQ(Send(*dvd.transport, {0x46, 2, 0, 0, 0, 0, 0, 0, 64, 0}, 64).data.size(), 8u + 4 + 36);
}

TEST(Mmc, OpensClosesAndLocksItsTray) {
  Ready ready("LTR-48246S", "disc = true");
  const auto status = [&ready] {
    return Send(*ready.transport, {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0}, 8).data[5];
  };
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0, 0, 0, 0, 0, 0})), "");
  EXPECT_EQ(status(), 0x02);
  Send(*ready.transport, {0x1e, 0, 0, 0, 1, 0});
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x1b, 0, 0, 0, 2, 0})), "05/53/02");
  Send(*ready.transport, {0x1e, 0, 0, 0, 0, 0});
  EXPECT_TRUE(Send(*ready.transport, {0x1b, 0, 0, 0, 2, 0}).good);
  EXPECT_EQ(status(), 0x01);
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0, 0, 0, 0, 0, 0})), "02/3a/00");
  EXPECT_TRUE(Send(*ready.transport, {0x1b, 0, 0, 0, 3, 0}).good);
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0, 0, 0, 0, 0, 0})), "06/28/00");
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0, 0, 0, 0, 0, 0})), "");
}

TEST(Mmc, ReadsWhatADiscTells) {
  Ready ready("LTR-48246S");
  for (const uint8_t opcode : {0x25, 0x43, 0x51}) {
    EXPECT_EQ(SenseOf(Send(*ready.transport, {opcode, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64)),
              "02/3a/00");
  }
  ready.drive.SetDisc(true);
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0, 0, 0, 0, 0, 0})), "06/28/00");
  EXPECT_EQ(Send(*ready.transport, {0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 64).data.size(), 8u);
  EXPECT_EQ(Send(*ready.transport, {0x43, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64).data.size(), 20u);
  EXPECT_EQ(Send(*ready.transport, {0x51, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64).data.size(), 34u);
}

TEST(Mmc, KnowsItsBufferAndItsRegion) {
  Ready cd("LTR-48246S");
  EXPECT_EQ(LoadBe32(&Send(*cd.transport, {0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0}, 12).data[4]),
            1895168u);
  const std::vector<uint8_t> report_key = {0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 0};
  EXPECT_EQ(SenseOf(Send(*cd.transport, report_key, 8)), "05/20/00");
  Ready dvd("LDW-451S");
  const ScsiAnswer state = Send(*dvd.transport, report_key, 8);
  EXPECT_EQ(state.data, (Bytes{0x00, 0x06, 0x00, 0x00, 0x25, 0xff, 0x01, 0x00}));
}

TEST(Mmc, RefusesWhatItDoesNotKnow) {
  Ready ready("LTR-48246S");
  for (const uint8_t opcode : {0x28, 0x3b, 0xa0, 0xe7, 0xff}) {
    const size_t length = opcode < 0xa0 ? 10 : 12;
    std::vector<uint8_t> cdb(length);
    cdb[0] = opcode;
    EXPECT_EQ(SenseOf(Send(*ready.transport, cdb, 8)), "05/20/00") << int{opcode};
  }
  EXPECT_EQ(SenseOf(Send(*ready.transport, {0x5a, 0, 0, 0, 0, 0}, 8)), "05/24/00") << "cut CDB";
  Bytes big(65537);
  EXPECT_EQ(TrySend(*ready.transport, {0x12, 0, 0, 0, 36, 0}, big).error().reason(),
            "TRANSPORT_ERROR");
  EXPECT_EQ(TrySend(*ready.transport, {0x12, 0, 0}, {}).error().reason(), "TRANSPORT_ERROR");
}

TEST(Mmc, AnAdapterCarriesAsMuchAsTheScenarioSays) {
  const auto bench = OneDrive("LTR-48246S", "max_transfer_kib = 128");
  const auto transport = Must(bench->drives()[0]->OpenTransport());
  for (const auto& [bytes, carried] : {std::pair{131072u, true}, std::pair{131073u, false}}) {
    Bytes data(bytes);
    EXPECT_EQ(TrySend(*transport, {0x12, 0, 0, 0, 36, 0}, data).has_value(), carried) << bytes;
  }
}

// Some adapters copy their buffer out although the command failed.
TEST(Mmc, LeavesStaleBytesBehindAFailedRead) {
  Ready ready("LTR-48246S");
  Send(*ready.transport, {0x12, 0, 0, 0, 36, 0}, 36);
  Bytes data(36);
  const auto completion = Must(TrySend(*ready.transport, {0x12, 0, 1, 0, 36, 0}, data));
  EXPECT_FALSE(completion.good());
  EXPECT_EQ(completion.transferred, 0u);
  EXPECT_EQ(AsText(data).substr(16, 10), "LTR-48246S");
}

}  // namespace
}  // namespace firmbench::simulator
