// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "daemon/scsi/cdb.h"
#include "daemon/transport/decorators/gate.h"

namespace firmbench::transport {
namespace {

using scsi::CdbRule;
using scsi::Command;
using scsi::Direction;
using scsi::MakeCdb;
using ScsiEffect = scsi::Effect;

// Answers everything well and remembers what it was sent.
class Recorder final : public scsi::Transport {
 public:
  explicit Recorder(std::vector<Bytes>& log) : log_(log) {}
  Result<scsi::Completion> Execute(const Command& command) override {
    log_.emplace_back(command.cdb.view().begin(), command.cdb.view().end());
    return scsi::Completion{};
  }
  scsi::Limits limits() const override { return {4711}; }

 private:
  std::vector<Bytes>& log_;
};

constexpr CdbRule kRules[] = {
    {{0xdf}, 1, ScsiEffect::kDestructive, Evidence::kReadInCode, "anything else (DF)"},
    {{0xdf, 0x89}, 2, ScsiEffect::kReadOnly, Evidence::kSecondHand, "read EEPROM (DF 89)"},
    {{0xdf, 0x89, 0xee}, 3, ScsiEffect::kDestructive, Evidence::kSecondHand, "trap (DF 89 EE)"},
    {{0x3c, 0x01, 0xe2}, 3, ScsiEffect::kReadOnly, Evidence::kReadInCode, "read (3C 01 E2)"},
    {{0x3b, 0x01, 0xe2}, 3, ScsiEffect::kDestructive, Evidence::kHypothetical, "write (3B 01 E2)"},
    {{0xf1, 0x06}, 2, ScsiEffect::kReadOnly, Evidence::kHypothetical, "cache (F1 06)"},
    {{0xff, 0x00}, 2, ScsiEffect::kReadOnly, Evidence::kReadInCode, "said twice"},
    {{0xff, 0x00}, 2, ScsiEffect::kDestructive, Evidence::kReadInCode, "said twice"},
    {{0x25}, 1, ScsiEffect::kDestructive, Evidence::kReadInCode, "standard, but not here (25)"},
    {{}, 0, ScsiEffect::kReadOnly, Evidence::kObserved, "an empty prefix names nothing"},
};

class CdbGate : public testing::Test {
 protected:
  static Command NoData(const scsi::Cdb& cdb) {
    Command command;
    command.cdb = cdb;
    return command;
  }
  // "OK", or why it was refused.
  std::string Try(const Command& command) {
    const size_t before = log_.size();
    const auto result = gated_->Execute(command);
    EXPECT_EQ(log_.size(), before + (result ? 1 : 0));
    if (result) return "OK";
    const Error& error = result.error();
    EXPECT_EQ(error.reason(), "COMMAND_NOT_ALLOWED");
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_EQ(error.drive_state(), DriveState::kUntouched);
    EXPECT_EQ(error.opcode(), command.cdb.opcode());
    EXPECT_FALSE(error.remedy().empty());
    for (const auto& [key, value] : error.metadata()) {
      if (key == "why") return value;
    }
    return "no why";
  }
  std::string Try(const scsi::Cdb& cdb) { return Try(NoData(cdb)); }

  Gate gate_;
  std::vector<Bytes> log_;
  std::unique_ptr<scsi::Transport> gated_ =
      MakeGated(std::make_unique<Recorder>(log_), kRules, gate_, false);
};

TEST_F(CdbGate, StandardReadsPassWithoutAnyRule) {
  gated_ = MakeGated(std::make_unique<Recorder>(log_), {}, gate_, false);
  for (const auto level : {GateLevel::kReadOnly, GateLevel::kChipIdentify, GateLevel::kOpen}) {
    gate_.SetLevel(level);
    EXPECT_EQ(Try(scsi::cdb::TestUnitReady()), "OK");
    EXPECT_EQ(Try(scsi::cdb::RequestSense(18)), "OK");
    EXPECT_EQ(Try(scsi::cdb::Inquiry(96)), "OK");
    EXPECT_EQ(Try(scsi::cdb::InquiryVpd(0x80, 0xfc)), "OK");
    EXPECT_EQ(Try(scsi::cdb::StartStopUnit(scsi::cdb::StartStop::kEject)), "OK");
    EXPECT_EQ(Try(scsi::cdb::PreventAllowMediumRemoval(true)), "OK");
    EXPECT_EQ(Try(scsi::cdb::ModeSense10(0x2a, 0xfe)), "OK");
    EXPECT_EQ(Try(scsi::cdb::GetConfiguration(0x0108, 0x200)), "OK");
    EXPECT_EQ(Try(scsi::cdb::GetEventStatus(0x10, 8)), "OK");
    EXPECT_EQ(Try(scsi::cdb::ReportRpcState()), "OK");
    EXPECT_EQ(Try(scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kData, 0, 0, 4)), "OK");
    EXPECT_EQ(Try(scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kDescriptor, 0, 0, 4)), "OK");
  }
  EXPECT_EQ(gate_.refused(), 0u);
  EXPECT_EQ(gate_.destructive_passed(), 0u);
}

TEST_F(CdbGate, WithoutRulesNothingThatCouldWritePassesAtAnyLevel) {
  // Every operation code, and for READ BUFFER and WRITE BUFFER every mode.
  const std::set<uint8_t> harmless{0x00, 0x03, 0x12, 0x1a, 0x1b, 0x1e, 0x23, 0x25, 0x28,
                                   0x42, 0x43, 0x44, 0x46, 0x4a, 0x51, 0x52, 0x5a, 0x5c,
                                   0xa0, 0xa4, 0xa8, 0xac, 0xad, 0xbd, 0xbe};
  const std::set<int> harmless_modes{0x00, 0x02, 0x03, 0x0a, 0x0b};
  gated_ = MakeGated(std::make_unique<Recorder>(log_), {}, gate_, true);
  gate_.SetLevel(GateLevel::kOpen);
  for (int opcode = 0; opcode < 256; ++opcode) {
    for (int byte1 = 0; byte1 < 256; ++byte1) {
      for (const uint8_t length : {6, 10, 12, 16}) {
        const std::string outcome = Try(MakeCdb(length, opcode, byte1));
        bool expected = harmless.count(static_cast<uint8_t>(opcode)) > 0;
        if (opcode == 0x3c) expected = harmless_modes.count(byte1) > 0;
        const int group = opcode >> 5;
        const uint8_t standard_length = group == 0 ? 6 : group == 5 ? 12 : 10;
        expected = expected && length == standard_length;
        ASSERT_EQ(outcome, expected ? "OK" : "unknown_command")
            << std::hex << opcode << " " << byte1 << " " << int{length};
      }
    }
  }
}

TEST_F(CdbGate, StandardCommandsHideNothing) {
  // A control byte, as one maker's memory reads have it.
  EXPECT_EQ(Try(MakeCdb(10, 0x3c, 0x02, 0, 0, 0, 0, 0, 0, 4, 0x44)), "unknown_command");
  // Data-out with a data-in command.
  const Bytes data(8);
  Command command = NoData(scsi::cdb::Inquiry(36));
  command.direction = Direction::kOut;
  command.data_out = data;
  EXPECT_EQ(Try(command), "unknown_command");
}

TEST_F(CdbGate, OfAllAtaCommandsOnlyIdentifyPasses) {
  const auto ask = [](const scsi::Cdb& cdb, Direction direction) {
    static Bytes answer(512);
    Command command;
    command.cdb = cdb;
    command.direction = direction;
    if (direction == Direction::kIn) command.data_in = answer;
    if (direction == Direction::kOut) command.data_out = answer;
    return command;
  };
  const scsi::Cdb identify = scsi::cdb::AtaIdentifyPacketDevice();
  EXPECT_EQ(Try(ask(identify, Direction::kIn)), "OK");
  EXPECT_EQ(Try(ask(identify, Direction::kOut)), "unknown_command");
  EXPECT_EQ(Try(ask(identify, Direction::kNone)), "unknown_command");
  gate_.SetLevel(GateLevel::kOpen);
  // Any one byte that is another makes another command of it.
  for (size_t at = 1; at < identify.length; ++at) {
    for (int value = 0; value <= 0xff; ++value) {
      scsi::Cdb other = identify;
      other.bytes[at] = static_cast<uint8_t>(value);
      const bool same = other.bytes == identify.bytes;
      ASSERT_EQ(Try(ask(other, Direction::kIn)), same ? "OK" : "unknown_command") << at;
    }
  }
}

TEST_F(CdbGate, ReadOnlyRulesPassAtEveryLevel) {
  for (const auto level : {GateLevel::kReadOnly, GateLevel::kChipIdentify, GateLevel::kOpen}) {
    gate_.SetLevel(level);
    EXPECT_EQ(Try(MakeCdb(12, 0xdf, 0x89)), "OK");
    EXPECT_EQ(Try(MakeCdb(10, 0x3c, 0x01, 0xe2)), "OK");
    EXPECT_EQ(Try(MakeCdb(10, 0x3c, 0x01, 0xe3)), "unknown_command");
  }
  EXPECT_EQ(gate_.destructive_passed(), 0u);
}

TEST_F(CdbGate, DestructiveRulesPassOnlyWhenOpen) {
  const auto write = MakeCdb(12, 0xdf, 0x84, 0, 0, 1);
  EXPECT_EQ(Try(write), "gate_closed");
  gate_.SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(Try(write), "gate_closed");
  EXPECT_EQ(gate_.destructive_passed(), 0u);
  EXPECT_EQ(gate_.refused(), 2u);
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(write), "OK");
  EXPECT_EQ(gate_.destructive_passed(), 1u);
  gate_.SetLevel(GateLevel::kReadOnly);
  EXPECT_EQ(Try(write), "gate_closed");
  EXPECT_EQ(gate_.destructive_passed(), 1u);
  EXPECT_EQ(gate_.refused(), 3u);
}

TEST_F(CdbGate, LongestPrefixDecides) {
  EXPECT_EQ(Try(MakeCdb(12, 0xdf, 0x89, 0x00)), "OK");
  EXPECT_EQ(Try(MakeCdb(12, 0xdf, 0x89, 0xee)), "gate_closed");
  EXPECT_EQ(Try(MakeCdb(12, 0xdf, 0x00)), "gate_closed");
}

TEST_F(CdbGate, StricterOfEqualPrefixesDecides) {
  EXPECT_EQ(Try(MakeCdb(12, 0xff, 0x00)), "gate_closed");
  EXPECT_EQ(Try(MakeCdb(10, 0x25)), "gate_closed");
}

TEST_F(CdbGate, GuessesReachSimulatedDrivesOnly) {
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(MakeCdb(10, 0x3b, 0x01, 0xe2)), "hypothetical");
  EXPECT_EQ(Try(MakeCdb(10, 0xf1, 0x06)), "hypothetical");
  EXPECT_EQ(gate_.destructive_passed(), 0u);
  gated_ = MakeGated(std::make_unique<Recorder>(log_), kRules, gate_, true);
  EXPECT_EQ(Try(MakeCdb(10, 0x3b, 0x01, 0xe2)), "OK");
  EXPECT_EQ(Try(MakeCdb(10, 0xf1, 0x06)), "OK");
  gate_.SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(Try(MakeCdb(10, 0x3b, 0x01, 0xe2)), "gate_closed");
  EXPECT_EQ(Try(MakeCdb(10, 0xf1, 0x06)), "OK");
}

TEST_F(CdbGate, MalformedCommandsAreRefused) {
  gate_.SetLevel(GateLevel::kOpen);
  for (const int length : {0, 1, 5, 7, 11, 13, 17, 255}) {
    scsi::Cdb cdb = MakeCdb(6, 0xdf, 0x89);
    cdb.length = static_cast<uint8_t>(length);
    EXPECT_EQ(Try(cdb), "malformed") << length;
  }
  // PACKET would carry what lies behind the CDB.
  scsi::Cdb tail = scsi::cdb::TestUnitReady();
  tail.bytes[7] = 1;
  EXPECT_EQ(Try(tail), "malformed");
  Bytes data(8);
  Command both = NoData(scsi::cdb::TestUnitReady());
  both.data_in = data;
  EXPECT_EQ(Try(both), "malformed");
  both.direction = Direction::kIn;
  both.data_out = data;
  EXPECT_EQ(Try(both), "malformed");
  both.direction = static_cast<Direction>(7);
  EXPECT_EQ(Try(both), "malformed");
}

TEST_F(CdbGate, KeepsLimitsAndAbsence) {
  EXPECT_EQ(gated_->limits().max_transfer_bytes, 4711u);
  EXPECT_EQ(MakeGated(std::unique_ptr<scsi::Transport>(), kRules, gate_, true), nullptr);
}

TEST(Gate, StartsClosed) {
  const Gate gate;
  EXPECT_EQ(gate.level(), GateLevel::kReadOnly);
  EXPECT_EQ(ToString(gate.level()), "read_only");
  EXPECT_EQ(ToString(GateLevel::kChipIdentify), "chip_identify");
  EXPECT_EQ(ToString(GateLevel::kOpen), "open");
}

}  // namespace
}  // namespace firmbench::transport
