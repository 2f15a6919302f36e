// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/drive_details.h"

#include <gtest/gtest.h>

#include "tests/support/bench_fixture.h"

namespace firmbench::inventory {
namespace {

using test::BenchFixture;

std::string Said(const DriveDetails& details, const std::string& source) {
  for (const Statement& statement : details.statements) {
    if (statement.source == source) return statement.text;
  }
  return "nothing";
}

TEST(DriveDetails, TellWhatADvdBurnerSays) {
  BenchFixture bench(test::DriveToml{.model = "LDW-451S", .keys = "serial = \"SN-4711\""});
  const auto details = bench.snapshot()->details;
  ASSERT_NE(details, nullptr);
  EXPECT_EQ(Said(*details, "INQUIRY, product"), "DVDRW LDW-451S");
  EXPECT_EQ(Said(*details, "VPD page 80, serial number"), "SN-4711");
  EXPECT_EQ(Said(*details, "mode page 2A, buffer"), "2048 KB");
  EXPECT_NE(Said(*details, "IDENTIFY PACKET DEVICE").find("serial number SN-4711"),
            std::string::npos);
  ASSERT_TRUE(details->region);
  EXPECT_NE(Said(*details, "REPORT KEY, DVD region").find("changes left"), std::string::npos);
}

TEST(DriveDetails, TryWhatABridgePasses) {
  constexpr char kBridge[] = "commands through the bridge";
  BenchFixture bridged(test::DriveToml{.model = "LTR-48246S", .keys = "bridge = \"B-1\""});
  // This drive knows neither; the bridge carried both.
  EXPECT_EQ(Said(*bridged.snapshot()->details, kBridge),
            "12 bytes (MECHANISM STATUS): refused (05/20/00); READ BUFFER: refused (05/24/00)");
  BenchFixture takes_microcode(
      test::DriveToml{.model = "SPC-07", .keys = "connection = \"scsi\"\nbridge = \"B-1\""});
  EXPECT_NE(Said(*takes_microcode.snapshot()->details, kBridge).find("READ BUFFER: answered"),
            std::string::npos);
  BenchFixture plain("LTR-48246S");
  EXPECT_EQ(Said(*plain.snapshot()->details, kBridge), "nothing");
}

// Where an old drive says its serial number at all, it is often only there.
TEST(DriveDetails, ASerialOfIdentifyIsEvidenceOfTheUnit) {
  BenchFixture bench(test::DriveToml{.model = "LDW-451S", .keys = "serial = \"SN-4711\""});
  EXPECT_EQ(bench.snapshot()->details->ata_serial, "SN-4711");
  const jobs::JobView job = bench.Backup();
  const auto seen = test::Must(bench.ledger().FindEvidence("ata_serial", "SN-4711"));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].unit_id, job.row.unit_id);
}

TEST(DriveDetails, AskNoRegionOfACdBurnerAndNoRegistersOverScsi) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S", .keys = "connection = \"scsi\""});
  const auto details = bench.snapshot()->details;
  ASSERT_NE(details, nullptr);
  EXPECT_FALSE(details->region);
  EXPECT_EQ(Said(*details, "REPORT KEY, DVD region"), "not asked: it reads no DVDs");
  EXPECT_EQ(Said(*details, "IDENTIFY PACKET DEVICE"),
            "not asked: this connection does not reach the drive's registers");
}

TEST(DriveDetails, NameWhatAnUnknownDriveIsLikeAndTheOneThingToDo) {
  BenchFixture bench("LDW-451S");
  bench.drive().Unplug();
  bench.drive().PlugAs({.vendor = "LITE-ON", .product = "DVDRW LDW-451X", .revision = "ZZ01"});
  bench.LookAgain();
  const Snapshot drive = bench.snapshot();
  ASSERT_EQ(drive->model, nullptr);
  EXPECT_EQ(drive->details->likeness.model, "LDW-451S");
  EXPECT_FALSE(drive->details->likeness.makers.empty());
  ASSERT_FALSE(drive->problems.empty());
  EXPECT_EQ(drive->problems[0].reason, "DRIVE_UNKNOWN");
  EXPECT_NE(drive->problems[0].remedy.find("firmbench probe bay-1 -o drive.capsule"),
            std::string::npos);
}

TEST(DriveDetails, ReadIdentifiersNoFurtherThanTheyGo) {
  Bytes page = {0x05, 0x83, 0x00, 0x12, 0x02, 0x01, 0x00, 0x04, 'A',  'B',  'C',
                ' ',  0x01, 0x03, 0x00, 0x04, 0x50, 0x01, 0x02, 0x03, 0x02, 0x00};
  EXPECT_EQ(ParseDesignators(page), (std::vector<std::string>{"ABC", "50010203"}));
  page[15] = 0xff;  // longer than the page
  EXPECT_EQ(ParseDesignators(page), (std::vector<std::string>{"ABC"}));
  EXPECT_TRUE(ParseDesignators({}).empty());
  page[1] = 0x80;
  EXPECT_TRUE(ParseDesignators(page).empty());
}

TEST(DriveDetails, NameTheRegionsThatPlay) {
  scsi::RpcState region;
  EXPECT_EQ(RegionsText(region), "");
  region.region_mask = 0xfd;
  EXPECT_EQ(RegionsText(region), "2");
  region.region_mask = 0x7e;
  EXPECT_EQ(RegionsText(region), "1, 8");
}

}  // namespace
}  // namespace firmbench::inventory
