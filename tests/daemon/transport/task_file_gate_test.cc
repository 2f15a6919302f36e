// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/transport/decorators/gate.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::CommandRule;
using ata::Register;
using AtaEffect = ata::Effect;

using Script = std::vector<Access>;

// A drive that accepts everything; it can stop in the middle of a script.
class Recorder final : public ata::TaskFile {
 public:
  struct Log {
    size_t accesses = 0;
    size_t commands = 0;
    bool fail_next = false;
  };
  explicit Recorder(Log& log) : log_(log) {}
  Status Run(std::span<Access> script, const ata::WaitLimits&) override {
    log_.accesses += script.size();
    for (const Access& access : script) {
      log_.commands += access.kind == Access::Kind::kWrite && access.reg == Register::kCommand;
    }
    if (std::exchange(log_.fail_next, false)) {
      return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT", "never got there");
    }
    return Ok();
  }

 private:
  Log& log_;
};

constexpr uint8_t kRead = 0x00, kWrite = 0x01, kEnter = 0x80, kLeave = 0x81;

// As drive-protocols 1.2 and 1.3 have them, and one of each other kind.
constexpr CommandRule kRules[] = {
    {kEnter, uint8_t{0x2a}, AtaEffect::kReadOnly, Evidence::kReadInCode, "enter (2A/80)"},
    {kEnter, uint8_t{0x2e}, AtaEffect::kDestructive, Evidence::kReadInCode, "erase (2E/80)"},
    {kRead, std::nullopt, AtaEffect::kReadOnly, Evidence::kReadInCode, "read byte (00)"},
    {kWrite, std::nullopt, AtaEffect::kByteWrite, Evidence::kReadInCode, "write byte (01)"},
    {kLeave, std::nullopt, AtaEffect::kReadOnly, Evidence::kReadInCode, "leave (81)"},
    {0x05, std::nullopt, AtaEffect::kDestructive, Evidence::kReadInCode, "run (05)"},
    {0x68, std::nullopt, AtaEffect::kReadOnly, Evidence::kHypothetical, "guessed (68)"},
    {0x90, std::nullopt, AtaEffect::kDestructive, Evidence::kReadInCode, "mostly bad (90)"},
    {0x90, uint8_t{0x11}, AtaEffect::kReadOnly, Evidence::kReadInCode, "but not this (11/90)"},
    {0xa0, std::nullopt, AtaEffect::kReadOnly, Evidence::kObserved, "PACKET (A0)"},
};

Script operator+(Script a, const Script& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Script Command(uint8_t code) { return {Access::Write(Register::kCommand, code)}; }
Script Command(uint8_t code, uint8_t lba_low) {
  return {Access::Write(Register::kLbaLow, lba_low), Access::Write(Register::kCommand, code)};
}

// One flash bus write, in the order of drive-protocols 1.3.
Script Cycle(uint32_t address, uint8_t data) {
  return {Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
          Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
          Access::Write(Register::kDevice, static_cast<uint8_t>(0xa0 | address >> 16)),
          Access::Write(Register::kLbaLow, data),
          Access::Write(Register::kCommand, kWrite),
          Access::Write(Register::kDevice, 0xa0),
          Access::WaitEqual(Register::kStatus, 0x70)};
}
Script Unlocked(uint32_t first, uint32_t second, uint8_t command) {
  return Cycle(first, 0xaa) + Cycle(second, 0x55) + Cycle(first, command);
}
Script EnterId() { return Unlocked(0x5555, 0x2aaa, 0x90); }
Script LeaveIdLong() { return Unlocked(0x5555, 0x2aaa, 0xf0); }

class TaskFileGate : public testing::Test {
 protected:
  // "OK", or why it was refused; a refused script must not have reached the drive at all.
  std::string Try(Script script) {
    const Recorder::Log before = log_;
    const auto status = gated_->Run(script);
    if (status) {
      EXPECT_EQ(log_.accesses, before.accesses + script.size());
      return "OK";
    }
    const Error& error = status.error();
    if (error.reason() != "COMMAND_NOT_ALLOWED") return error.reason();
    EXPECT_EQ(log_.accesses, before.accesses);
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_EQ(error.drive_state(), DriveState::kUntouched);
    EXPECT_FALSE(error.remedy().empty());
    for (const auto& [key, value] : error.metadata()) {
      if (key == "why") return value;
    }
    return "no why";
  }
  void Simulate() { gated_ = MakeGated(std::make_unique<Recorder>(log_), kRules, gate_, true); }

  Gate gate_;
  Recorder::Log log_;
  std::unique_ptr<ata::TaskFile> gated_ =
      MakeGated(std::make_unique<Recorder>(log_), kRules, gate_, false);
};

TEST_F(TaskFileGate, StandardCommandsNeedNoRule) {
  gated_ = MakeGated(std::make_unique<Recorder>(log_), {}, gate_, false);
  EXPECT_EQ(Try(Command(0x08)), "OK");
  EXPECT_EQ(Try(Command(0xa1)), "OK");
  gate_.SetLevel(GateLevel::kOpen);
  for (int code = 0; code < 256; ++code) {
    if (code == 0x08 || code == 0xa1) continue;
    EXPECT_EQ(Try(Command(static_cast<uint8_t>(code), 0)), "unknown_command") << code;
  }
}

TEST_F(TaskFileGate, ReadsWaitsAndAddressRegistersPass) {
  EXPECT_EQ(Try({Access::Read(Register::kStatus), Access::ReadData16(),
                 Access::WaitEqual(Register::kStatus, 0x70),
                 Access::WaitClear(Register::kStatus, 0x80), Access::Write(Register::kFeatures, 1),
                 Access::Write(Register::kSectorCount, 1), Access::Write(Register::kDevice, 0xb0)}),
            "OK");
}

TEST_F(TaskFileGate, ControlRegisterTakesResetAndInterruptBitsOnly) {
  for (int value = 0; value < 256; ++value) {
    const bool known = (value & ~0x0e) == 0;
    EXPECT_EQ(Try({Access::Write(Register::kControl, static_cast<uint8_t>(value))}),
              known ? "OK" : "malformed")
        << value;
  }
}

TEST_F(TaskFileGate, PacketNeverPasses) {
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(Command(0xa0, 0)), "unknown_command");
  Simulate();
  EXPECT_EQ(Try(Command(0xa0, 0)), "unknown_command");
}

TEST_F(TaskFileGate, DataRegisterIsWrittenOnlyWhenOpen) {
  const Script data8{Access::Write(Register::kData, 1)};
  const Script data16{Access{Access::Kind::kWriteData16, Register::kData, 0, 0x1234}};
  EXPECT_EQ(Try(data8), "gate_closed");
  EXPECT_EQ(Try(data16), "gate_closed");
  gate_.SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(Try(data16), "gate_closed");
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(data8), "OK");
  EXPECT_EQ(Try(data16), "OK");
}

TEST_F(TaskFileGate, UnknownKindsAndRegistersAreRefused) {
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try({Access{static_cast<Access::Kind>(99), Register::kStatus, 0, 0}}), "malformed");
  EXPECT_EQ(Try({Access::Write(static_cast<Register>(99), 0)}), "malformed");
}

TEST_F(TaskFileGate, LbaLowTellsEnteringFromErasing) {
  EXPECT_EQ(Try(Command(kEnter, 0x2a)), "OK");
  EXPECT_EQ(Try(Command(kEnter, 0x2e)), "gate_closed");
  EXPECT_EQ(Try(Command(kEnter, 0x2b)), "unknown_command");
  EXPECT_EQ(Try(Command(0x90, 0x11)), "OK");
  EXPECT_EQ(Try(Command(0x90, 0x12)), "gate_closed");
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(Command(kEnter, 0x2e)), "OK");
  EXPECT_EQ(Try(Command(0x90, 0x12)), "OK");
  EXPECT_EQ(gate_.destructive_passed(), 2u);
}

TEST_F(TaskFileGate, LbaLowIsRememberedAcrossScripts) {
  EXPECT_EQ(Try({Access::Write(Register::kLbaLow, 0x2e)}), "OK");
  EXPECT_EQ(Try(Command(kEnter)), "gate_closed");
  EXPECT_EQ(Try({Access::Write(Register::kLbaLow, 0x2a)}), "OK");
  EXPECT_EQ(Try(Command(kEnter)), "OK");
}

TEST_F(TaskFileGate, LbaLowIsNotKnownAfterACommandOrReset) {
  // A byte read returns its byte in LBA low: it may be 2E by now.
  EXPECT_EQ(Try(Command(kEnter)), "registers");
  EXPECT_EQ(Try(Command(kRead, 0x2a)), "OK");
  EXPECT_EQ(Try(Command(kEnter)), "registers");
  EXPECT_EQ(Try({Access::Write(Register::kLbaLow, 0x2a), Access::Write(Register::kControl, 4)}),
            "OK");
  EXPECT_EQ(Try(Command(kEnter)), "registers");
}

TEST_F(TaskFileGate, GuessesReachSimulatedDrivesOnly) {
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(Command(0x68)), "hypothetical");
  Simulate();
  EXPECT_EQ(Try(Command(0x68)), "OK");
}

TEST_F(TaskFileGate, WholeScriptIsCheckedBeforeItsFirstAccess) {
  EXPECT_EQ(Try(Command(kEnter, 0x2a) + Command(kRead) + Command(kEnter, 0x2e)), "gate_closed");
  EXPECT_EQ(log_.accesses, 0u);
  // And what the refused script would have written is not believed.
  EXPECT_EQ(Try(Script{Access::Write(Register::kLbaLow, 0x2a)} + Command(0x05)), "gate_closed");
  EXPECT_EQ(Try(Command(kEnter)), "registers");
}

TEST_F(TaskFileGate, BusWritesNeedAnOpenGate) {
  EXPECT_EQ(Try(Cycle(0x1234, 0x02)), "gate_closed");
  EXPECT_EQ(Try(EnterId()), "gate_closed");
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(Cycle(0x1234, 0x02) + Cycle(0x1235, 0x00)), "OK");
  EXPECT_EQ(gate_.destructive_passed(), 2u);
  EXPECT_EQ(gate_.identify_cycles_passed(), 0u);
}

class ChipIdentify : public TaskFileGate {
 protected:
  ChipIdentify() { gate_.SetLevel(GateLevel::kChipIdentify); }
};

TEST_F(ChipIdentify, EntersAndLeavesByEveryPairOfUnlockAddresses) {
  const std::pair<uint32_t, uint32_t> pairs[] = {{0x5555, 0x2aaa}, {0x555, 0x2aa}, {0xaaa, 0x555}};
  for (const auto& [first, second] : pairs) {
    EXPECT_EQ(Try(Unlocked(first, second, 0x90)), "OK") << first;
    EXPECT_EQ(Try(Command(kRead)), "OK");
    EXPECT_EQ(Try(Unlocked(first, second, 0xf0)), "OK") << first;
    EXPECT_EQ(Try(Unlocked(first, second, 0x90)), "OK") << first;
    EXPECT_EQ(Try(Cycle(0, 0xf0)), "OK") << first;
  }
  EXPECT_EQ(gate_.identify_cycles_passed(), 3u * (3 + 3 + 3 + 1));
  EXPECT_EQ(gate_.destructive_passed(), 0u);
}

TEST_F(ChipIdentify, LongExitPassesWithoutHavingEntered) {
  // After a restart the chip may still be in id mode.
  EXPECT_EQ(Try(LeaveIdLong()), "OK");
}

TEST_F(ChipIdentify, ShortExitPassesOncePerEntry) {
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "sequence");
  EXPECT_EQ(Try(LeaveIdLong() + Cycle(0, 0xf0)), "sequence");
  EXPECT_EQ(Try(EnterId() + Cycle(0, 0xf0)), "OK");
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "sequence");
}

TEST_F(ChipIdentify, ShortExitPassesAfterALongOneThatThePartDidNotKnow) {
  EXPECT_EQ(Try(EnterId()), "OK");
  EXPECT_EQ(Try(LeaveIdLong()), "OK");
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "OK");
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "sequence");
}

TEST_F(ChipIdentify, EverythingElseIsRefused) {
  // Byte program, both erases, data protection off, a page load, a plain write.
  EXPECT_EQ(Try(Unlocked(0x5555, 0x2aaa, 0xa0) + Cycle(0x100, 0)), "sequence");
  EXPECT_EQ(Try(Unlocked(0x5555, 0x2aaa, 0x80) + Unlocked(0x5555, 0x2aaa, 0x10)), "sequence");
  EXPECT_EQ(Try(Unlocked(0x5555, 0x2aaa, 0x80) + Unlocked(0x5555, 0x2aaa, 0x20)), "sequence");
  EXPECT_EQ(Try(Cycle(0x5555, 0xa0)), "sequence");
  EXPECT_EQ(Try(Cycle(0, 0xaa)), "sequence");
  for (int command = 0; command < 256; ++command) {
    const bool known = command == 0x90 || command == 0xf0;
    EXPECT_EQ(Try(Unlocked(0x5555, 0x2aaa, static_cast<uint8_t>(command))),
              known ? "OK" : "sequence")
        << command;
  }
}

TEST_F(ChipIdentify, AddressesMustMatchExactly) {
  EXPECT_EQ(Try(Unlocked(0x5555, 0x2aa, 0x90)), "sequence");
  EXPECT_EQ(Try(Unlocked(0x555, 0x2aaa, 0x90)), "sequence");
  EXPECT_EQ(Try(Unlocked(0x15555, 0x12aaa, 0x90)), "sequence");  // another bank
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa) + Cycle(0x2aaa, 0x55) + Cycle(0x555, 0x90)), "sequence");
  EXPECT_EQ(Try(Unlocked(0x5557, 0x2aaa, 0x90)), "sequence");
}

TEST_F(ChipIdentify, SequenceIsWholeOrNotSent) {
  // A lone AA may program a page-write part.
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa)), "sequence");
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa) + Cycle(0x2aaa, 0x55)), "sequence");
  EXPECT_EQ(Try(Cycle(0x2aaa, 0x55) + Cycle(0x5555, 0x90)), "sequence");
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa) + Cycle(0x5555, 0xaa)), "sequence");
  EXPECT_EQ(Try(EnterId() + Cycle(0x5555, 0xaa)), "sequence");
  EXPECT_EQ(log_.accesses, 0u);
}

TEST_F(ChipIdentify, NothingComesBetweenTheCycles) {
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa) + Command(kRead) + Cycle(0x2aaa, 0x55) + Cycle(0x5555, 0x90)),
            "sequence");
  EXPECT_EQ(Try(Cycle(0x5555, 0xaa) + Script{Access::Write(Register::kControl, 4)} +
                Cycle(0x2aaa, 0x55) + Cycle(0x5555, 0x90)),
            "sequence");
}

TEST_F(ChipIdentify, AddressAndDataMustBeKnown) {
  Script no_device = EnterId();
  no_device.erase(no_device.begin() + 2);
  EXPECT_EQ(Try(no_device), "registers");
  Script no_data = EnterId();
  no_data.erase(no_data.begin() + 10);  // LBA low of the second cycle
  EXPECT_EQ(Try(no_data), "registers");
  // What one script wrote, the next may rely on, until a reset.
  EXPECT_EQ(Try({Access::Write(Register::kDevice, 0xa0)}), "OK");
  EXPECT_EQ(Try(no_device), "OK");
  EXPECT_EQ(Try(Command(0x08)), "OK");
  EXPECT_EQ(Try(no_device), "registers");
}

TEST_F(ChipIdentify, EraseAndOpenCommandsStayClosed) {
  EXPECT_EQ(Try(Command(kEnter, 0x2e)), "gate_closed");
  EXPECT_EQ(Try(Command(0x05)), "gate_closed");
}

TEST_F(ChipIdentify, ExitPassesAfterAScriptThatStoppedInBetween) {
  log_.fail_next = true;
  EXPECT_EQ(Try(EnterId()), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "OK");
}

TEST_F(ChipIdentify, RegistersAreForgottenAfterAScriptThatStoppedInBetween) {
  log_.fail_next = true;
  EXPECT_EQ(Try({Access::Write(Register::kLbaLow, 0x2a)}), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(Try(Command(kEnter)), "registers");
}

TEST_F(ChipIdentify, ShortExitPassesAfterTheGateWasOpen) {
  gate_.SetLevel(GateLevel::kOpen);
  EXPECT_EQ(Try(EnterId()), "OK");
  gate_.SetLevel(GateLevel::kChipIdentify);
  EXPECT_EQ(Try(Cycle(0, 0xf0)), "OK");
}

TEST_F(TaskFileGate, CountsEveryByteOfPageLoads) {
  // A bank of 64 KB, byte by byte.
  gate_.SetLevel(GateLevel::kOpen);
  Script page;
  for (uint32_t i = 0; i < 256; ++i) page = page + Cycle(i, static_cast<uint8_t>(i));
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(gated_->Run(page));
  EXPECT_EQ(gate_.destructive_passed(), 65536u);
}

TEST_F(TaskFileGate, KeepsAbsence) {
  EXPECT_EQ(MakeGated(std::unique_ptr<ata::TaskFile>(), kRules, gate_, true), nullptr);
}

}  // namespace
}  // namespace firmbench::transport
