// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/bridges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "daemon/scsi/cdb.h"

namespace firmbench::transport {
namespace {

using testing::HasSubstr;

constexpr UsbId kJMicron{0x152d, 0x2338};
constexpr UsbId kUnknown{0x1234, 0x5678};

// Takes everything and counts.
class Taker final : public scsi::Transport {
 public:
  explicit Taker(int& taken) : taken_(taken) {}
  Result<scsi::Completion> Execute(const scsi::Command&) override {
    ++taken_;
    return scsi::Completion{};
  }
  scsi::Limits limits() const override { return {.max_transfer_bytes = 122880}; }

 private:
  int& taken_;
};

// "" when the command passed, else the reason.
std::string Try(UsbId bridge, bool passes_vendor, uint8_t opcode) {
  int taken = 0;
  const auto transport = MakeBridged(std::make_unique<Taker>(taken), bridge, passes_vendor);
  EXPECT_EQ(transport->limits().max_transfer_bytes, 122880u);
  const auto result = transport->Execute({.cdb = scsi::MakeCdb(12, opcode)});
  EXPECT_EQ(taken, result ? 1 : 0);
  if (result) return "";
  EXPECT_EQ(result.error().drive_state(), DriveState::kUntouched);
  EXPECT_FALSE(result.error().remedy().empty());
  return result.error().reason();
}

TEST(Bridges, StandardCommandsPass) {
  for (const uint8_t opcode : {0x00, 0x12, 0x3b, 0x3c, 0x46, 0x5a, 0xa4, 0xbe}) {
    EXPECT_EQ(Try(kUnknown, false, opcode), "") << int{opcode};
    EXPECT_EQ(Try(kJMicron, false, opcode), "") << int{opcode};
  }
}

TEST(Bridges, VendorCommandsNeedABridgeThatPassesThem) {
  for (const uint8_t opcode : {0x60, 0x7f, 0xc0, 0xdf, 0xf1, 0xff}) {
    EXPECT_EQ(Try(kUnknown, false, opcode), "BRIDGE_UNKNOWN") << int{opcode};
    EXPECT_EQ(Try(kUnknown, true, opcode), "") << int{opcode};
  }
}

TEST(Bridges, WhatABridgeObeysItselfIsNeverSent) {
  EXPECT_EQ(Try(kJMicron, false, 0xdf), "BRIDGE_TAKES_COMMAND");
  EXPECT_EQ(Try(kJMicron, true, 0xdf), "BRIDGE_TAKES_COMMAND") << "whatever somebody's word";
  EXPECT_EQ(Try(kJMicron, true, 0xf1), "");
  EXPECT_EQ(Try({0x04b4, 0x6830}, true, 0x24), "BRIDGE_TAKES_COMMAND");
  EXPECT_EQ(Try({0x04fc, 0x0c25}, true, 0xf8), "BRIDGE_TAKES_COMMAND");
}

TEST(Bridges, SerialNumbersThatAllShareAreNone) {
  EXPECT_TRUE(IsOwnSerial({.id = kJMicron, .serial = "4711"}));
  EXPECT_TRUE(IsOwnSerial({.id = kUnknown, .serial = "152D203380B6"}));
  EXPECT_FALSE(IsOwnSerial({.id = kJMicron, .serial = "152D203380B6"}));
  EXPECT_FALSE(IsOwnSerial({.id = kUnknown, .serial = ""}));
  EXPECT_FALSE(IsOwnSerial({.id = kUnknown, .serial = "000000000000"}));
}

TEST(Bridges, EveryRowIsThereOnceAndSaysWhy) {
  std::set<std::string> ids;
  for (const BridgeRow& row : Bridges()) {
    EXPECT_TRUE(ids.insert(ToString(row.id)).second) << ToString(row.id);
    EXPECT_FALSE(row.name.empty());
    EXPECT_NE(row.takes, 0);
    EXPECT_GE(row.evidence, Evidence::kSecondHand);
    EXPECT_FALSE(row.provenance.empty());
    EXPECT_EQ(FindBridge(row.id), &row);
  }
  EXPECT_EQ(FindBridge(kUnknown), nullptr);
}

}  // namespace
}  // namespace firmbench::transport
