// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/scsi/fake_drive.h"

namespace firmbench::scsi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bytes Hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  auto bytes = FromHex(digits);
  EXPECT_TRUE(bytes);
  return bytes ? std::move(bytes).value() : Bytes();
}

TEST(ParseInquiry, ReadsTheMediaTekTemplate) {
  Bytes answer = StandardInquiry();
  const auto inquiry = ParseInquiry(answer);
  ASSERT_TRUE(inquiry);
  EXPECT_EQ(inquiry->qualifier, 0);
  EXPECT_EQ(inquiry->device_type, kCdDvdDevice);
  EXPECT_TRUE(inquiry->removable);
  EXPECT_EQ(inquiry->version, 0);
  EXPECT_EQ(inquiry->response_format, 2);
  EXPECT_EQ(inquiry->vendor, "LITE-ON");
  EXPECT_EQ(inquiry->product, "LTR-48246S");
  EXPECT_EQ(inquiry->revision, "SS0B");
  EXPECT_EQ(inquiry->vendor_specific, "");

  const std::string_view stamp = "2004/03/05 10:20";
  answer.insert(answer.end(), stamp.begin(), stamp.end());
  EXPECT_EQ(ParseInquiry(answer)->vendor_specific, stamp);
}

TEST(ParseInquiry, RejectsFewerThan36Bytes) {
  const Bytes answer = StandardInquiry();
  const auto inquiry = ParseInquiry(ByteView(answer).first(35));
  ASSERT_FALSE(inquiry);
  EXPECT_EQ(inquiry.error().reason(), "ANSWER_MALFORMED");
}

TEST(ParseVpd, TakesPagesInOrderOnly) {
  EXPECT_THAT(ParseVpdPages(Hex("05 00 00 03 00 80 83")).value(), ElementsAre(0x00, 0x80, 0x83));
  EXPECT_FALSE(ParseVpdPages(Hex("05 00 00 03 00 83 80")));
  EXPECT_FALSE(ParseVpdPages(Hex("05 00 00 02 80 83")));
  EXPECT_FALSE(ParseVpdPages(Hex("05 00 00 00")));
  EXPECT_FALSE(ParseVpdPages(Hex("05 80 00 01 00")));
}

TEST(ParseVpd, RejectsLengthsBeyondTheAnswer) {
  EXPECT_EQ(ParseVpdSerial(Hex("05 80 00 04 31 32 33 34")).value(), "1234");
  EXPECT_EQ(ParseVpdSerial(Hex("05 80 00 00")).value(), "");
  EXPECT_FALSE(ParseVpdSerial(Hex("05 80 00 05 31 32 33 34")));
  EXPECT_FALSE(ParseVpdSerial(Hex("05 80 ff ff 31 32 33 34")));
  EXPECT_FALSE(ParseVpdSerial(Hex("05 80 00")));
  EXPECT_FALSE(ParseVpdSerial({}));
}

TEST(ParseConfiguration, ReadsProfilesSerialAndDate) {
  // A header for 60 bytes, current profile 0009, and three features.
  Bytes answer = Hex("00 00 00 00 00 00 00 09");
  const Bytes profiles = Hex("00 00 03 0c 00 0a 00 00 00 09 01 00 00 08 00 00");
  const Bytes serial = Hex("01 08 03 08 4b 31 32 33 34 35 36 20");
  const Bytes date = Hex("01 0c 03 10 32 30 30 33 31 31 30 35 31 32 30 30 30 30 00 00");
  for (const Bytes* part : {&profiles, &serial, &date}) {
    answer.insert(answer.end(), part->begin(), part->end());
  }
  StoreBe32(answer.data(), static_cast<uint32_t>(answer.size() - 4));
  const auto configuration = ParseConfiguration(answer);
  ASSERT_TRUE(configuration);
  EXPECT_EQ(configuration->current_profile, 9);
  ASSERT_EQ(configuration->features.size(), 3u);
  EXPECT_THAT(ProfilesOf(*configuration->Find(feature::kProfileList)), ElementsAre(0xa, 9, 8));
  EXPECT_EQ(SerialOf(*configuration->Find(feature::kDriveSerialNumber)), "K123456");
  EXPECT_EQ(FirmwareDateOf(*configuration->Find(feature::kFirmwareInformation)),
            "2003-11-05T12:00:00");
  EXPECT_EQ(configuration->Find(0x0106), nullptr);
}

TEST(ParseConfiguration, TrustsItsLengthFieldBeforeTheTransfer) {
  // An adapter that reports a full transfer: behind the header are bytes of an earlier answer.
  const auto configuration =
      ParseConfiguration(Hex("00 00 00 04 00 00 00 00 01 08 03 04 41 42 43 44"));
  ASSERT_TRUE(configuration);
  EXPECT_THAT(configuration->features, IsEmpty());
}

TEST(ParseConfiguration, LeavesOutWhatIsCutShort) {
  const Bytes whole =
      Hex("00 00 00 14 00 00 00 08 00 00 03 04 00 08 01 00 01 08 03 04 41 42 43 44");
  EXPECT_EQ(ParseConfiguration(whole)->features.size(), 2u);
  EXPECT_EQ(ParseConfiguration(ByteView(whole).first(whole.size() - 1))->features.size(), 1u);
  EXPECT_FALSE(ParseConfiguration(ByteView(whole).first(7)));
  EXPECT_FALSE(ParseConfiguration(Hex("00 00 00 03 00 00 00 08")));
  // The largest length there is.
  EXPECT_TRUE(ParseConfiguration(Hex("ff ff ff ff 00 00 00 08")));
}

TEST(FirmwareDate, IsADateOrNothing) {
  const auto date = [](std::string_view text) {
    return FirmwareDateOf(Feature{0x10c, 0, true, true, Bytes(text.begin(), text.end())});
  };
  EXPECT_EQ(date("20031105123456"), "2003-11-05T12:34:56");
  EXPECT_FALSE(date("20031305123456"));
  EXPECT_FALSE(date("20031100123456"));
  EXPECT_FALSE(date("20031105243456"));
  EXPECT_FALSE(date("2003-11-05 12:"));
  EXPECT_FALSE(date("2003110512345"));
  EXPECT_FALSE(date(""));
}

TEST(ParseCapabilities, FindsThePageBehindBlockDescriptors) {
  const Bytes page = Hex("2a 12 0b 11 00 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00");
  Bytes answer = Hex("00 22 00 00 00 00 00 08 ff ff ff ff ff ff ff ff");
  answer.insert(answer.end(), page.begin(), page.end());
  const auto capabilities = ParseCapabilities(answer);
  ASSERT_TRUE(capabilities);
  EXPECT_EQ(capabilities->buffer_kib, 2048);
  EXPECT_TRUE(capabilities->reads_dvd);
  EXPECT_TRUE(capabilities->writes_cd_r);
  EXPECT_TRUE(capabilities->writes_dvd_r);
}

TEST(ParseCapabilities, RejectsOtherPagesAndOverruns) {
  EXPECT_FALSE(ParseCapabilities(Hex("00 1a 00 00 00 00 00 00")));
  EXPECT_FALSE(ParseCapabilities(Hex("00 1a 00 00 00 00 ff ff 2a 12")));
  EXPECT_FALSE(
      ParseCapabilities(Hex("00 16 00 00 00 00 00 00 01 0c 00 00 00 00 00 00 00 00 00 00 08 00")));
  // A page 2A whose own length ends before the buffer size.
  EXPECT_FALSE(
      ParseCapabilities(Hex("00 16 00 00 00 00 00 00 2a 0a 00 00 00 00 00 00 00 00 00 00 08 00")));
  // A header that says less than the page needs.
  EXPECT_FALSE(
      ParseCapabilities(Hex("00 08 00 00 00 00 00 00 2a 0c 00 00 00 00 00 00 00 00 00 00 08 00")));
}

TEST(ParseRpcState, SplitsTheCounters) {
  const auto state = ParseRpcState(Hex("00 06 00 00 65 fd 01 00"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->type, RpcState::Type::kSet);
  EXPECT_EQ(state->vendor_resets_left, 4);
  EXPECT_EQ(state->user_changes_left, 5);
  EXPECT_EQ(state->region_mask, 0xfd);
  EXPECT_EQ(state->scheme, 1);
  EXPECT_FALSE(ParseRpcState(Hex("00 06 00 00 65 fd 01")));
  EXPECT_FALSE(ParseRpcState(Hex("00 00 00 00 65 fd 01 00")));
}

TEST(ParseMediaEvent, WantsAMediaEvent) {
  const auto event = ParseMediaEvent(Hex("00 06 04 10 02 02 00 00"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->code, 2);
  EXPECT_FALSE(event->tray_open);
  EXPECT_TRUE(event->media_present);
  EXPECT_FALSE(ParseMediaEvent(Hex("00 06 84 10 00 00 00 00")));  // no event available
  EXPECT_FALSE(ParseMediaEvent(Hex("00 06 01 10 00 00 00 00")));  // another class
  EXPECT_FALSE(ParseMediaEvent(Hex("00 02 04 10")));
}

TEST(ParseBufferDescriptor, TakesFourBytes) {
  EXPECT_EQ(ParseBufferDescriptor(Hex("09 1c ed 00")).value().capacity_bytes, 0x1ced00u);
  EXPECT_FALSE(ParseBufferDescriptor(Hex("09 1c ed")));
}

}  // namespace
}  // namespace firmbench::scsi
