// SPDX-License-Identifier: Apache-2.0
// The gate in front of a drive whose flash is serial: what a run of the engine does is what the
// window says.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "daemon/transport/decorators/gate.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;
using Script = std::vector<Access>;

constexpr uint8_t kReading[] = {0x03, 0x04, 0x05, 0x0b, 0x90, 0x9f, 0xab};
constexpr uint8_t kStatusSerial = 0x72;

constexpr ata::CommandRule kRules[] = {
    {0x80, uint8_t{0x2a}, ata::Effect::kReadOnly, Evidence::kReadInCode, "enter", true},
    {0x00, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode, "read byte"},
    {0x01, std::nullopt, ata::Effect::kByteWrite, Evidence::kReadInCode, "write byte"},
    {0x04, std::nullopt, ata::Effect::kSpiLengths, Evidence::kReadInCode, "set lengths"},
    {0x05, std::nullopt, ata::Effect::kSpiRun, Evidence::kReadInCode, "run", false, {0x72, 0x73}},
    {0x81, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode, "leave", true},
};

// Shows a status, and can stop in the middle of a script.
struct FakeDrive {
  uint8_t status = kStatusSerial;
  bool fail_next = false;
  int scripts = 0;
};

class FakeTaskFile final : public ata::TaskFile {
 public:
  explicit FakeTaskFile(FakeDrive& drive) : drive_(drive) {}
  Status Run(std::span<Access> script, const ata::WaitLimits&) override {
    ++drive_.scripts;
    for (Access& access : script) {
      if (access.kind == Access::Kind::kRead) access.value16 = drive_.status;
    }
    if (!std::exchange(drive_.fail_next, false)) return Ok();
    return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT", "never got there");
  }

 private:
  FakeDrive& drive_;
};

class SerialGate : public testing::Test {
 protected:
  // "OK", or why it was refused: then nothing reached the drive.
  std::string Try(Script script) {
    const int before = drive_.scripts;
    const Status status = gated_->Run(script);
    if (status) return "OK";
    if (status.error().reason() != "COMMAND_NOT_ALLOWED") return status.error().reason();
    EXPECT_EQ(drive_.scripts, before);
    for (const auto& [key, value] : status.error().metadata()) {
      if (key == "why") return value;
    }
    return "no why";
  }
  void Enter(int status_reads = 3) {
    EXPECT_EQ(
        Try({Access::Write(Register::kLbaLow, 0x2a), Access::Write(Register::kCommand, 0x80)}),
        "OK");
    for (int i = 0; i < status_reads; ++i) EXPECT_EQ(Try({Access::Read(Register::kStatus)}), "OK");
  }
  std::string Put(uint16_t address, uint8_t data) {
    return Try({Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
                Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
                Access::Write(Register::kLbaLow, data), Access::Write(Register::kDevice, 0xa0),
                Access::Write(Register::kCommand, 0x01)});
  }
  std::string Run() {
    const std::string lengths = Try({Access::Write(Register::kCommand, 0x04)});
    const std::string run = Try({Access::Write(Register::kCommand, 0x05)});
    return lengths == "OK" ? run : "lengths: " + lengths;
  }

  Gate gate_;
  FakeDrive drive_;
  std::unique_ptr<ata::TaskFile> gated_ =
      MakeGated(std::make_unique<FakeTaskFile>(drive_), kRules, gate_, false);
};

TEST_F(SerialGate, LetsOnlyReadingCommandsRunWhileClosed) {
  Enter();
  for (int command = 0; command < 0x100; ++command) {
    ASSERT_EQ(Put(0x8800, static_cast<uint8_t>(command)), "OK");
    const bool reads = std::ranges::find(kReading, command) != std::end(kReading);
    EXPECT_EQ(Run(), reads ? "OK" : "gate_closed") << command;
  }
  EXPECT_EQ(gate_.destructive_passed(), 0u);
}

TEST_F(SerialGate, WantsTheCommandWrittenForEachRun) {
  Enter();
  EXPECT_EQ(Run(), "registers");
  EXPECT_EQ(Put(0x0000, 0x9f), "OK");
  EXPECT_EQ(Run(), "OK");
  EXPECT_EQ(Run(), "registers");
}

TEST_F(SerialGate, SeesThroughTheWindowsOtherNames) {
  Enter();
  EXPECT_EQ(Put(0x8800, 0x03), "OK");
  EXPECT_EQ(Put(0x0000, 0x02), "OK");
  EXPECT_EQ(Run(), "gate_closed");
  EXPECT_EQ(Put(0x8800, 0x03), "OK");
  EXPECT_EQ(Put(0x0400, 0xc7), "OK");
  EXPECT_EQ(Run(), "registers");
  EXPECT_EQ(Put(0x8800, 0x03), "OK");
  EXPECT_EQ(Put(0x8801, 0x20), "OK") << "an address byte";
  EXPECT_EQ(Run(), "OK");
}

TEST_F(SerialGate, KeepsByteWritesFromParallelFlash) {
  drive_.status = 0x70;
  Enter();
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  EXPECT_EQ(Run(), "lengths: gate_closed");
  gate_.SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(Put(0x8800, 0x9f), "sequence");
}

TEST_F(SerialGate, BelievesAStatusOnlyWhenSeenThreeTimesSinceTheModeChanged) {
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  Enter(2);
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  drive_.status = 0x70;
  EXPECT_EQ(Try({Access::Read(Register::kStatus)}), "OK");
  drive_.status = kStatusSerial;
  EXPECT_EQ(Try({Access::Read(Register::kStatus), Access::Read(Register::kStatus)}), "OK");
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  EXPECT_EQ(Try({Access::Read(Register::kStatus)}), "OK");
  EXPECT_EQ(Put(0x8800, 0x9f), "OK");
  EXPECT_EQ(Try({Access::Write(Register::kCommand, 0x81)}), "OK");
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
}

TEST_F(SerialGate, ForgetsTheModeWithAResetOrAFailure) {
  Enter();
  EXPECT_EQ(Try({Access::Write(Register::kCommand, 0x08)}), "OK");
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  Enter();
  EXPECT_EQ(Try({Access::Write(Register::kControl, 0x04)}), "OK");
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
  Enter();
  drive_.fail_next = true;
  EXPECT_EQ(Put(0x8800, 0x9f), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(Put(0x8800, 0x9f), "gate_closed");
}

TEST_F(SerialGate, CountsWhatChangesTheChip) {
  Enter();
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Put(0x8800, 0x06), "OK");
  EXPECT_EQ(Run(), "OK");
  EXPECT_EQ(Put(0x8800, 0x05), "OK");
  EXPECT_EQ(Run(), "OK");
  EXPECT_EQ(gate_.destructive_passed(), 1u);
}

TEST_F(SerialGate, WantsKnownRegisters) {
  Enter();
  EXPECT_EQ(Put(0x8800, 0x9f), "OK");
  EXPECT_EQ(Try({Access::Write(Register::kCommand, 0x01)}), "registers");
}

}  // namespace
}  // namespace firmbench::transport
