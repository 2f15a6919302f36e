// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>

#include "daemon/scsi/cdb.h"
#include "daemon/transport/decorators/gate.h"

namespace firmbench::transport {
namespace {

constexpr scsi::CdbRule kRules[] = {
    {{0xdf}, 1, scsi::Effect::kDestructive, Evidence::kSecondHand, "something (DF)"},
    {{0xdf, 0x89}, 2, scsi::Effect::kReadOnly, Evidence::kReadInCode, "read EEPROM (DF 89)"},
};
constexpr ata::CommandRule kTaskFileRules[] = {
    {0x00, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode, "read byte (00)"},
};

// Answers INQUIRY, refuses what it does not know, goes away at EE.
class SmallDrive final : public scsi::Transport {
 public:
  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    if (command.cdb.opcode() == 0xee) return Unavailable("DRIVE_GONE", "it is gone");
    scsi::Completion completion;
    completion.duration = std::chrono::microseconds(77);
    if (command.cdb.opcode() == 0x12 || command.cdb.opcode() == 0xdf) {
      std::fill(command.data_in.begin(), command.data_in.end(), uint8_t{0x05});
      completion.transferred = command.data_in.size() / 2;
      completion.residual = command.data_in.size() - completion.transferred;
      return completion;
    }
    if (command.direction == scsi::Direction::kIn) {
      std::fill(command.data_in.begin(), command.data_in.end(), uint8_t{0xee});
      completion.transferred = command.data_in.size();
    }
    completion.status = scsi::ScsiStatus::kCheckCondition;
    completion.sense = SenseInfo{5, 0x20, 0, false};
    return completion;
  }
  scsi::Limits limits() const override { return {1234}; }
};

class SmallRegisters final : public ata::TaskFile {
 public:
  Status Run(std::span<ata::Access> script, const ata::WaitLimits&) override {
    for (ata::Access& access : script) {
      if (access.kind == ata::Access::Kind::kRead) access.value16 = 0x70;
    }
    return Ok();
  }
};

scsi::Command Ask(const scsi::Cdb& cdb, std::span<uint8_t> data) {
  scsi::Command command;
  command.cdb = cdb;
  command.direction = data.empty() ? scsi::Direction::kNone : scsi::Direction::kIn;
  command.data_in = data;
  return command;
}

struct Rig {
  explicit Rig(TraceLimits limits = {})
      : recording(std::make_shared<TraceRecording>(RealClock(), limits)),
        scsi(MakeRecorded(std::make_unique<SmallDrive>(), kRules, recording)),
        registers(MakeRecorded(std::make_unique<SmallRegisters>(), kTaskFileRules, recording)) {}
  std::shared_ptr<TraceRecording> recording;
  std::unique_ptr<scsi::Transport> scsi;
  std::unique_ptr<ata::TaskFile> registers;
};

TEST(Record, TakesDownCommandAnswerAndEvidence) {
  Rig rig;
  std::array<uint8_t, 8> data{};
  ASSERT_TRUE(rig.scsi->Execute(Ask(scsi::cdb::Inquiry(8), data)));
  ASSERT_TRUE(rig.scsi->Execute(Ask(scsi::MakeCdb(12, 0xdf, 0x89), data)));
  const Trace trace = rig.recording->Take();
  ASSERT_EQ(trace.steps.size(), 1u);
  const auto& blocks = trace.steps[0].blocks;
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].command, "INQUIRY (12)");
  EXPECT_EQ(blocks[0].evidence, Evidence::kDocumented);
  EXPECT_EQ(blocks[0].asked_bytes, 8u);
  EXPECT_EQ(blocks[0].returned->data, Bytes(4, 5));
  EXPECT_EQ(blocks[0].took_us, 77);
  EXPECT_EQ(blocks[0].status, 0);
  EXPECT_EQ(blocks[1].command, "read EEPROM (DF 89)");
  EXPECT_EQ(blocks[1].evidence, Evidence::kReadInCode);
}

TEST(Record, KeepsSenseAndNoStaleBytes) {
  Rig rig;
  std::array<uint8_t, 8> data{};
  ASSERT_TRUE(rig.scsi->Execute(Ask(scsi::MakeCdb(12, 0xf1, 6), data)));
  EXPECT_FALSE(rig.scsi->Execute(Ask(scsi::MakeCdb(6, 0xee), {})));
  const Trace trace = rig.recording->Take();
  const auto& blocks = trace.steps[0].blocks;
  EXPECT_EQ(blocks[0].command, "unnamed f10600000000000000000000");
  EXPECT_FALSE(blocks[0].evidence);
  EXPECT_FALSE(blocks[0].returned);
  EXPECT_EQ(blocks[0].sense->asc, 0x20);
  EXPECT_EQ(blocks[1].error, "DRIVE_GONE");
  EXPECT_FALSE(blocks[1].status);
}

TEST(Record, ChangesNothing) {
  Rig rig;
  EXPECT_EQ(rig.scsi->limits().max_transfer_bytes, 1234u);
  std::array<uint8_t, 8> data{};
  const auto completion = rig.scsi->Execute(Ask(scsi::cdb::Inquiry(8), data));
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->residual, 4u);
  EXPECT_EQ(data[0], 5);
  EXPECT_EQ(MakeRecorded(std::unique_ptr<scsi::Transport>(), kRules, rig.recording), nullptr);
  auto bare = std::make_unique<SmallDrive>();
  const scsi::Transport* const same = bare.get();
  EXPECT_EQ(MakeRecorded(std::move(bare), kRules, nullptr).get(), same);
}

TEST(Record, TakesDownScripts) {
  Rig rig;
  using ata::Access;
  using ata::Register;
  std::array script{Access::Write(Register::kLbaMid, 0x12), Access::Write(Register::kCommand, 0),
                    Access::WaitEqual(Register::kStatus, 0x70), Access::Read(Register::kLbaLow)};
  ASSERT_TRUE(rig.registers->Run(script));
  const Trace trace = rig.recording->Take();
  const TraceBlock& block = trace.steps[0].blocks[0];
  EXPECT_EQ(block.command, "read byte (00)");
  EXPECT_EQ(block.script, "w4=12 w7=00 e7=70 r3");
  EXPECT_EQ(block.answers, (std::vector<uint16_t>{0, 0x70}));
}

TEST(Record, CountsWhatFindsNoRoom) {
  Rig rig({.payload_bytes = 100, .blocks = 0});
  using ata::Access;
  using ata::Register;
  std::array script{Access::Write(Register::kLbaMid, 0x12), Access::Write(Register::kCommand, 0),
                    Access::Read(Register::kLbaLow), Access::Read(Register::kLbaLow)};
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(rig.registers->Run(script));
  std::array<uint8_t, 8> data{};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(rig.scsi->Execute(Ask(scsi::cdb::Inquiry(8), data)));
  const Trace trace = rig.recording->Take();
  const auto& blocks = trace.steps[0].blocks;
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].count, 50u);
  EXPECT_EQ(blocks[0].returned->bytes, 50u);
  EXPECT_EQ(ToHex(blocks[0].first), "0012000000");
  EXPECT_EQ(blocks[1].count, 3u);
  EXPECT_EQ(blocks[1].returned->bytes, 12u);
}

// The recording lies under the gate: what was refused was never sent.
TEST(Record, HoldsNothingThatTheGateRefused) {
  Rig rig;
  const Gate gate;
  const auto gated = MakeGated(std::move(rig.scsi), kRules, gate, true);
  EXPECT_FALSE(gated->Execute(Ask(scsi::MakeCdb(12, 0xdf, 0x01), {})));
  EXPECT_TRUE(rig.recording->Take().steps.empty());
}

}  // namespace
}  // namespace firmbench::transport
