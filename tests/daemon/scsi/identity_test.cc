// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/scsi/fake_drive.h"

namespace firmbench::scsi {
namespace {

Bytes Text(std::string_view text) { return Bytes(text.begin(), text.end()); }

TEST(ReadIdentity, TakesWhatACdBurnerSays) {
  FakeDrive drive;
  drive.features[0x0000] = {0, 0x0a, 0, 0, 0, 9, 0, 0, 0, 8, 1, 0};
  drive.buffer_kib = 2048;
  const auto identity = ReadIdentity(drive);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->device_type, 5);
  EXPECT_TRUE(identity->removable);
  EXPECT_EQ(identity->vendor, "LITE-ON");
  EXPECT_EQ(identity->product, "LTR-48246S");
  EXPECT_EQ(identity->revision, "SS0B");
  EXPECT_EQ(identity->inquiry, StandardInquiry());
  EXPECT_EQ(identity->buffer_kib, 2048u);
  EXPECT_THAT(identity->profiles, testing::ElementsAre(0x0a, 9, 8));
  EXPECT_FALSE(identity->vpd_serial);
  EXPECT_FALSE(identity->mmc_serial);
  EXPECT_FALSE(identity->firmware_date);
  EXPECT_FALSE(identity->serial());
}

TEST(ReadIdentity, TakesWhatADvdBurnerSays) {
  FakeDrive drive;
  drive.vpd[0x00] = {0x00, 0x80};
  drive.vpd[0x80] = Text("  K2Z9411234  ");
  drive.features[0x0108] = Text("OTHER99812");
  drive.features[0x010c] = Text(std::string_view("20031105120000\0\0", 16));
  const auto identity = ReadIdentity(drive);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->vpd_serial, "K2Z9411234");
  EXPECT_EQ(identity->mmc_serial, "OTHER99812");
  EXPECT_EQ(identity->firmware_date, "2003-11-05T12:00:00");
  EXPECT_EQ(identity->serial(), "K2Z9411234");
}

TEST(ReadIdentity, LivesWithADriveThatKnowsInquiryOnly) {
  FakeDrive drive;
  drive.knows_configuration = false;
  drive.unit_attentions = 1;
  drive.times_out_at_opcode = 0x5a;
  const auto identity = ReadIdentity(drive);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->product, "LTR-48246S");
  EXPECT_EQ(identity->buffer_kib, 0u);
}

TEST(ReadIdentity, RefusesWhatIsNoDrive) {
  FakeDrive drive;
  drive.inquiry[0] = 0x00;  // a disk
  EXPECT_EQ(ReadIdentity(drive).error().reason(), "NOT_A_DRIVE");
  drive.inquiry[0] = 0x65;  // qualifier 3: nothing can be attached there
  EXPECT_EQ(ReadIdentity(drive).error().reason(), "NOT_A_DRIVE");
  drive.inquiry.resize(8);
  EXPECT_EQ(ReadIdentity(drive).error().reason(), "SHORT_TRANSFER");
}

TEST(ReadIdentity, NeverReturnsHalfAnIdentityOfADriveThatVanished) {
  FakeDrive drive;
  drive.vpd[0x00] = {0x00, 0x80};
  drive.vpd[0x80] = Text("K2Z9411234");
  ASSERT_TRUE(ReadIdentity(drive));
  const int commands = static_cast<int>(drive.log.size());
  for (int n = 0; n < commands; ++n) {
    drive.log.clear();
    drive.vanishes_after = n;
    const auto identity = ReadIdentity(drive);
    ASSERT_FALSE(identity) << n;
    EXPECT_EQ(identity.error().reason(), "DRIVE_GONE");
  }
}

std::optional<std::string> SerialFrom(std::string_view text) {
  Identity identity;
  identity.vpd_serial = std::string(text);
  return identity.serial();
}

TEST(Serial, PlaceholdersAreNoEvidence) {
  for (const char* bogus : {"",
                            " ",
                            "0",
                            "123",
                            "00000000",
                            "0000 0000",
                            "00-00-00-00",
                            "FFFFFFFF",
                            "XXXXXXXXXX",
                            "1234",
                            "123456789",
                            "0123456789",
                            "1234567890",
                            "123456789ABC",
                            "12345678901234567890",
                            "0123456789ABCDEF",
                            "SERIAL",
                            "Serial Number",
                            "serial-number",
                            "Default",
                            "DEADBEEF",
                            "none",
                            "N/A",
                            "unknown",
                            "To Be Filled By O.E.M.",
                            "ABCDEF",
                            "????????",
                            "K12?4567",
                            "----------",
                            "NULL"}) {
    EXPECT_FALSE(SerialFrom(bogus)) << bogus;
  }
}

TEST(Serial, RealOnesAreEvidence) {
  for (const char* real : {"K2Z9411234", "0001", "1235", "123456780", "00000001", "R8WX6GAB500123",
                           "123456-0042", "1234567X", "KJ0A1234567"}) {
    EXPECT_EQ(SerialFrom(real), real);
  }
}

TEST(Serial, ComesFromTheFirstSourceThatIsEvidence) {
  Identity identity;
  EXPECT_FALSE(identity.serial());
  identity.vpd_serial = "00000000";
  EXPECT_FALSE(identity.serial());
  identity.mmc_serial = "K2Z9411234";
  EXPECT_EQ(identity.serial(), "K2Z9411234");
  identity.vpd_serial = "R8WX6GAB";
  EXPECT_EQ(identity.serial(), "R8WX6GAB");
}

}  // namespace
}  // namespace firmbench::scsi
