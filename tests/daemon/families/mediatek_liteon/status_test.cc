// SPDX-License-Identifier: Apache-2.0
// What vendor mode makes of every status, against registers that hold still.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/families/mediatek_liteon/vendor_mode.h"

namespace firmbench::families::mediatek_liteon {
namespace {

class ManualClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return 0; }
  void SleepFor(Nanos duration) override { now_ += duration; }

 private:
  Nanos now_{0};
};

// Registers of a channel whose status never changes. Keeps what was written to the command
// register.
class StillRegisters final : public ata::TaskFile {
 public:
  explicit StillRegisters(uint8_t status) : status_(status) {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits&) override {
    for (ata::Access& access : script) {
      if (access.kind == ata::Access::Kind::kWrite && access.reg == ata::Register::kCommand) {
        commands.push_back(access.value);
      }
      if (access.kind == ata::Access::Kind::kRead) access.value16 = status_;
    }
    return Ok();
  }

  std::vector<uint8_t> commands;

 private:
  uint8_t status_;
};

Status EnterWith(StillRegisters& registers, ManualClock& clock) {
  VendorMode mode(registers, clock, false);
  return mode.Enter(EntryLimits{}, [] { return false; });
}

struct Case {
  uint8_t status;
  const char* words;
};

class EntryStatus : public testing::TestWithParam<Case> {};

TEST_P(EntryStatus, IsNamed) {
  StillRegisters registers(GetParam().status);
  ManualClock clock;
  const Status entered = EnterWith(registers, clock);
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  EXPECT_NE(entered.error().message().find("should be 70"), std::string::npos);
  EXPECT_NE(entered.error().message().find(GetParam().words), std::string::npos)
      << entered.error().message();
  EXPECT_FALSE(entered.error().remedy().empty());
  EXPECT_EQ(entered.error().drive_state(), DriveState::kUntouched);
}

INSTANTIATE_TEST_SUITE_P(Table, EntryStatus,
                         testing::Values(Case{0x80, "boot code does not run"}, Case{0xd0, "busy"},
                                         Case{0xd1, "busy"}, Case{0x50, "did not enter"},
                                         Case{0x51, "did not enter"}, Case{0x52, "did not enter"},
                                         Case{0x41, "normal drive"}, Case{0x5a, "did not enter"},
                                         Case{0xff, "nothing answers"},
                                         Case{0x7f, "nothing answers"},
                                         Case{0x00, "nothing answers"}, Case{0x72, "serial flash"},
                                         Case{0x73, "serial flash"}, Case{0xf2, "serial flash"},
                                         Case{0x71, "did not enter"}, Case{0xf0, "did not enter"}));

TEST(VendorModeEntry, SaysStatusEightyAsPeopleKnowIt) {
  EXPECT_NE(DiagnoseStatus(0x80).message().find("status = 80 should be 70"), std::string::npos);
}

TEST(VendorModeEntry, TakesSeventyAtOnce) {
  StillRegisters registers(0x70);
  ManualClock clock;
  EXPECT_TRUE(EnterWith(registers, clock));
  EXPECT_EQ(registers.commands, std::vector<uint8_t>{0x80});
}

TEST(VendorModeEntry, EndsByTheClock) {
  StillRegisters registers(0x51);
  ManualClock clock;
  VendorMode mode(registers, clock, false);
  const EntryLimits limits{.max_intros = 1000, .max_time = std::chrono::seconds(2)};
  EXPECT_FALSE(mode.Enter(limits, [] { return false; }));
  EXPECT_LE(clock.Monotonic(), std::chrono::milliseconds(2300));
  EXPECT_GE(registers.commands.size(), 7u);
}

TEST(VendorModeEntry, EndsByTheCount) {
  StillRegisters registers(0x51);
  ManualClock clock;
  VendorMode mode(registers, clock, false);
  const EntryLimits limits{.max_intros = 3, .max_time = std::chrono::hours(1)};
  EXPECT_FALSE(mode.Enter(limits, [] { return false; }));
  EXPECT_EQ(registers.commands, std::vector<uint8_t>(3, 0x80));
}

TEST(VendorModeEntry, EndsWhenCancelled) {
  StillRegisters registers(0x51);
  ManualClock clock;
  VendorMode mode(registers, clock, false);
  int asked = 0;
  const Status entered = mode.Enter(EntryLimits{}, [&asked] { return ++asked > 2; });
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "JOB_CANCELLED");
  EXPECT_EQ(registers.commands.size(), 2u);
}

// In vendor mode for a serial chip nothing of ours may go on: it is left at once.
TEST(VendorModeEntry, LeavesVendorModeOfASerialChip) {
  StillRegisters registers(0x72);
  ManualClock clock;
  EXPECT_FALSE(EnterWith(registers, clock));
  EXPECT_EQ(registers.commands, (std::vector<uint8_t>{0x80, 0x81, 0x08}));
}

TEST(VendorModeLeave, GivesUpOnADriveThatStaysAway) {
  StillRegisters registers(0x80);
  ManualClock clock;
  VendorMode mode(registers, clock, false);
  const Status left = mode.Leave(std::chrono::seconds(30));
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().reason(), "DRIVE_NOT_BACK");
  EXPECT_NE(left.error().message().find("80"), std::string::npos);
  EXPECT_LE(clock.Monotonic(), std::chrono::seconds(31));
}

TEST(VendorModeReach, EndsAtOneMegabyte) {
  StillRegisters registers(0x70);
  ManualClock clock;
  VendorMode mode(registers, clock, false);
  Bytes two(2);
  EXPECT_TRUE(mode.ReadBytes(0xffffe, two));
  EXPECT_EQ(mode.ReadBytes(0xfffff, two).error().reason(), "ADDRESS_OUT_OF_REACH");
  EXPECT_EQ(mode.ReadBytes(0xffffffff, two).error().reason(), "ADDRESS_OUT_OF_REACH");
  const chips::BusWrite beyond{0x100000, 0};
  const size_t commands = registers.commands.size();
  EXPECT_EQ(mode.WriteCycles({&beyond, 1}).error().reason(), "ADDRESS_OUT_OF_REACH");
  EXPECT_EQ(registers.commands.size(), commands);
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
