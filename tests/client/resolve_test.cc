// SPDX-License-Identifier: Apache-2.0
// What a person types finds what the bench knows, or says why not.

#include <gtest/gtest.h>

#include "client/cli/bench_client.h"
#include "client/cli/dump.h"
#include "client/cli/job_flow.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

v1::ListDrivesResponse Drives() {
  v1::ListDrivesResponse drives;
  *drives.add_drives() = SampleDrive();
  *drives.add_drives() = SampleDriveAlien();
  return drives;
}

std::string Picked(std::string_view text) {
  const auto drive = PickDrive(Drives(), text);
  return drive.has_value() ? drive->name() : drive.error().reason();
}

TEST(PickDrive, TakesEveryNameOfADrive) {
  for (const char* text :
       {kDriveA, "0a1b2c3d4e5f6g7h8j9k0m1n2p", "0A1B2C3D4E5F6G7H8J9K0M1N2P", "0a1b", "drives/0a1b2",
        "bay 1", "bay-1", "Bay_1", "U-0001", "u1", "U-1"}) {
    EXPECT_EQ(Picked(text), kDriveA) << text;
  }
  EXPECT_EQ(Picked("bay 2"), kDriveB);
}

TEST(PickDrive, RefusesWhatFitsNothing) {
  for (const char* text : {"", "0a1", "drives/", "drives/0a1", "bay", "U-0002", "1", "../x"}) {
    EXPECT_EQ(Picked(text), "DRIVE_NOT_FOUND") << text;
  }
}

TEST(PickDrive, RefusesWhatFitsTwo) {
  v1::ListDrivesResponse drives = Drives();
  drives.mutable_drives(1)->set_unit_number("U-0001");
  const auto drive = PickDrive(drives, "U-0001");
  ASSERT_FALSE(drive.has_value());
  EXPECT_EQ(drive.error().reason(), "DRIVE_AMBIGUOUS");
  EXPECT_EQ(PickDrive(drives, kDriveB)->name(), kDriveB);
}

TEST(PickUnit, TakesNumberLabelAndName) {
  v1::ListUnitsResponse units;
  *units.add_units() = SampleUnit();
  units.mutable_units(0)->set_label("LAB 7");
  for (const char* text : {kUnit, "01jd9rd3q5e8n2x4z7w0k6m1he", "U-0001", "1", "LAB 7"}) {
    EXPECT_TRUE(PickUnit(units, text).has_value()) << text;
  }
  EXPECT_EQ(PickUnit(units, "2").error().reason(), "UNIT_NOT_FOUND");
}

TEST(ResourceName, CompletesABareId) {
  EXPECT_EQ(*ResourceName("dumps", "01jd9rd3q5e8n2x4z7w0k6m1hc"), kDump);
  EXPECT_EQ(*ResourceName("dumps", "DUMPS/01JD9RD3Q5E8N2X4Z7W0K6M1HC"), kDump);
  EXPECT_EQ(*ResourceName("dumps", "dumps/nonesuch"), "dumps/nonesuch");
  for (const char* text : {"", "x", "jobs/01jd9rd3q5e8n2x4z7w0k6m1hc", "dumps/", "dumps/a/b",
                           "dumps/\xff", "dumps/a b", "file.bin"}) {
    EXPECT_FALSE(ResourceName("dumps", text).has_value()) << text;
  }
}

TEST(BenchTarget, TakesUnixSocketsOnly) {
  EXPECT_EQ(*BenchTarget("/run/x.sock"), "unix:/run/x.sock");
  EXPECT_EQ(*BenchTarget("unix:x.sock"), "unix:x.sock");
  for (const std::string& address :
       {std::string(), std::string("unix:"), std::string("localhost:80"),
        "unix:" + std::string(108, 'x')}) {
    EXPECT_EQ(BenchTarget(address).error().reason(), "USAGE") << address;
  }
}

TEST(Confirms, OnlyWhatNamesTheDrive) {
  v1::Drive drive = SampleDrive();
  EXPECT_TRUE(Confirms(drive, " U-0001 \r"));
  EXPECT_TRUE(Confirms(drive, kDriveA));
  for (const char* typed : {"", " ", "y", "yes", "U-0002", "u-0001x"}) {
    EXPECT_FALSE(Confirms(drive, typed)) << typed;
  }
  drive.clear_unit_number();
  EXPECT_FALSE(Confirms(drive, ""));
  drive.set_serial("S1");
  EXPECT_TRUE(Confirms(drive, "S1"));
}

TEST(ExportName, HasNoSurprisesForAShell) {
  EXPECT_EQ(ExportName(SampleDump()), "U-0001-LTR-48246S-SS0B-firmware-bef57ec7.bin");
  v1::Dump dump = SampleDump();
  dump.set_unit_number("../..;");
  dump.set_model("$(x) /\n");
  const std::string name = ExportName(dump);
  EXPECT_EQ(name.find_first_of("/;$() \n"), std::string::npos) << name;
  EXPECT_NE(name.front(), '.');
}

TEST(FileName, KeepsUtf8AndReplacesOtherEncodings) {
  EXPECT_EQ(FileName("/a/b/SS0E.bin"), "SS0E.bin");
  EXPECT_EQ(FileName("gepr\xc3\xbc"
                     "ft.bin"),
            "gepr\xc3\xbc"
            "ft.bin");
  EXPECT_EQ(FileName("gepr\xfc"
                     "ft.bin"),
            "gepr?ft.bin");
  EXPECT_EQ(FileName("\xed\xa0\x80"), "???");
  EXPECT_EQ(FileName(std::string(300, 'x')).size(), 255u);
}

TEST(ParseDuration, TakesANumberAndItsUnit) {
  EXPECT_EQ(ParseDuration("90s")->count(), 90);
  EXPECT_EQ(ParseDuration("30m")->count(), 1800);
  EXPECT_EQ(ParseDuration("2h")->count(), 7200);
  EXPECT_EQ(ParseDuration("366d")->count(), 366 * 86400);
  for (const char* text : {"", "30", "m", "0m", "-5m", "1.5h", "5 m", "5M", "5mm", "367d",
                           "99999999999999999999s", "9223372036854775807d"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().reason(), "DURATION_INVALID");
  }
}

}  // namespace
}  // namespace firmbench::cli
