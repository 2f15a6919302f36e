// SPDX-License-Identifier: Apache-2.0
// gRPC-Web as bytes: what a browser may send, and what it gets.

#include "daemon/web/frames.h"

#include <gtest/gtest.h>

namespace firmbench::web {
namespace {

std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

TEST(Frames, AMessageIsAFlagALengthAndItself) {
  EXPECT_EQ(MessageFrame("abc"), Bytes({0, 0, 0, 0, 3}) + "abc");
  EXPECT_EQ(MessageFrame(""), Bytes({0, 0, 0, 0, 0}));
  EXPECT_EQ(MessageFrame(std::string(0x10203, 'x')).substr(0, 5), Bytes({0, 0, 1, 2, 3}));
  const auto message = MessageIn(MessageFrame("abc"));
  ASSERT_TRUE(message);
  EXPECT_EQ(*message, "abc");
  EXPECT_TRUE(MessageIn(MessageFrame("")));
}

TEST(Frames, WhatIsNotOneWholePlainMessageIsRefused) {
  const std::string frame = MessageFrame("abc");
  for (size_t length = 0; length < frame.size(); ++length) {
    EXPECT_FALSE(MessageIn(frame.substr(0, length))) << length;
  }
  EXPECT_FALSE(MessageIn(frame + "d"));
  EXPECT_FALSE(MessageIn(frame + frame));
  EXPECT_FALSE(MessageIn(Bytes({1, 0, 0, 0, 0})));     // compressed
  EXPECT_FALSE(MessageIn(Bytes({0x80, 0, 0, 0, 0})));  // a trailer
  EXPECT_FALSE(MessageIn(Bytes({0, 0xFF, 0xFF, 0xFF, 0xFF})));
}

TEST(Frames, TheEndCarriesStatusAndDetails) {
  EXPECT_EQ(EndFrame({}), Bytes({0x80, 0, 0, 0, 15}) + "grpc-status:0\r\n");
  const std::string end = EndFrame({.code = 7, .message = "no: 100%\n\xC3\xA4", .details = "\1"});
  EXPECT_EQ(end.substr(kFrameHeader),
            "grpc-status:7\r\n"
            "grpc-message:no: 100%25%0A%C3%A4\r\n"
            "grpc-status-details-bin:AQ\r\n");
}

TEST(Frames, TextIsBase64) {
  // RFC 4648, section 10.
  const std::pair<std::string, std::string> known[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : known) {
    EXPECT_EQ(ToText(bytes), text);
    const auto back = FromText(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, bytes);
  }
  EXPECT_EQ(ToText(Bytes({0xFB, 0xFF, 0xFE})), "+//+");
}

TEST(Frames, PaddedPartsMayFollowOneAnother) {
  const auto bytes = FromText("Zg==Zm8=Zm9v");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, "ffofoo");
}

TEST(Frames, WhatIsNoBase64IsRefused) {
  for (const char* text : {"Z", "Zg", "Zg=", "====", "Z===", "Zg=a", "Zm9v\n", "Zm9 ", "Zm9-"}) {
    EXPECT_FALSE(FromText(text)) << text;
  }
}

}  // namespace
}  // namespace firmbench::web
