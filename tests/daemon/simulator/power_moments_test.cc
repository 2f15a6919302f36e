// SPDX-License-Identifier: Apache-2.0
// Power that fails, or a host that is held up, at an exact place of a write.
#include <gtest/gtest.h>

#include "daemon/chips/byte_bus.h"
#include "daemon/chips/flash_writer.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint32_t kPage = 0x1000;  // of 256 bytes, and the sector of the byte part
constexpr uint8_t kNew = 0x88;      // what a page is loaded with; before it held 77

// The chip's bus as a host of the test's own reaches it.
class HostBus final : public chips::ByteBus {
 public:
  HostBus(VendorHost& host, Drive& drive) : host_(host), drive_(drive) {}
  Status Read(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = host_.ReadByte(address++);
    return Ok();
  }
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = host_.ReadByte(address);
    return Ok();
  }
  Status Write(std::span<const chips::BusWrite> cycles) override {
    for (const chips::BusWrite& cycle : cycles) host_.WriteCycle(cycle.address, cycle.data);
    return Ok();
  }
  Clock& clock() override { return drive_.clock(); }

 private:
  VendorHost& host_;
  Drive& drive_;
};

struct Moment {
  uint32_t cycle = 0;
  uint32_t percent = 50;
};

class PowerMoments : public testing::Test {
 protected:
  void Start(std::string_view model) {
    bench_ = OneDrive(model);
    drive_ = bench_->Find("bay 1");
    host_.emplace(*drive_);
    ASSERT_EQ(host_->Intro(), 0x70);
    drive_->PokeFlash(kPage, Bytes(256, 0x77));
    before_ = drive_->FlashBytes();
    drive_->MarkWriteStarted();
  }
  void Arm(FaultKind kind, uint64_t write, Moment moment, uint32_t times = 1) {
    FaultSpec fault;
    fault.kind = kind;
    fault.at.write = write;
    fault.at.cycle = moment.cycle;
    fault.percent = moment.percent;
    fault.times = times;
    drive_->AddFault(fault);
  }
  // Sends cycles until the drive is off; returns how many it took.
  uint32_t CyclesUntilOff(const std::vector<chips::BusWrite>& cycles) {
    const auto task_file = Must(drive_->OpenTaskFile());
    uint32_t sent = 0;
    for (const chips::BusWrite& cycle : cycles) {
      using ata::Access;
      using ata::Register;
      std::array script = {
          Access::Write(Register::kLbaMid, static_cast<uint8_t>(cycle.address)),
          Access::Write(Register::kLbaHigh, static_cast<uint8_t>(cycle.address >> 8)),
          Access::Write(Register::kLbaLow, cycle.data), Access::Write(Register::kDevice, 0xa0),
          Access::Write(Register::kCommand, 0x01)};
      Must(task_file->Run(script));
      ++sent;
      if (drive_->state() == RunState::kOff) break;
      drive_->clock().SleepFor(std::chrono::microseconds(5));
    }
    return sent;
  }
  static std::vector<chips::BusWrite> Unlocked(uint8_t command) {
    return {{0x5555, 0xaa}, {0x2aaa, 0x55}, {0x5555, command}};
  }
  static std::vector<chips::BusWrite> PageLoad() {
    std::vector<chips::BusWrite> cycles = Unlocked(0xa0);
    for (uint32_t i = 0; i < 256; ++i) cycles.push_back({kPage + i, kNew});
    return cycles;
  }
  static std::vector<chips::BusWrite> SectorErase() {
    std::vector<chips::BusWrite> cycles = Unlocked(0x80);
    cycles.insert(cycles.end(), {{0x5555, 0xaa}, {0x2aaa, 0x55}, {kPage, 0x30}});
    return cycles;
  }
  Bytes PageNow() {
    const Bytes flash = drive_->FlashBytes();
    return Bytes(flash.begin() + kPage, flash.begin() + kPage + 256);
  }

  std::unique_ptr<Bench> bench_;
  Drive* drive_ = nullptr;
  std::optional<VendorHost> host_;
  Bytes before_;
};

TEST_F(PowerMoments, CutAfterEachCycleOfAnErase) {
  for (uint32_t cycle = 1; cycle <= 5; ++cycle) {
    Start("LTR-52327S");
    Arm(FaultKind::kPowerCut, 1, {.cycle = cycle});
    EXPECT_EQ(CyclesUntilOff(SectorErase()), cycle);
    EXPECT_EQ(drive_->FlashBytes(), before_) << cycle;
    EXPECT_EQ(drive_->counters().destructive_commands, 0u);
  }
}

TEST_F(PowerMoments, CutAfterEachCycleOfAByteProgram) {
  for (uint32_t cycle = 1; cycle <= 3; ++cycle) {
    Start("LTR-52327S");
    Arm(FaultKind::kPowerCut, 1, {.cycle = cycle});
    auto cycles = Unlocked(0xa0);
    cycles.push_back({kPage, 0x00});
    EXPECT_EQ(CyclesUntilOff(cycles), cycle);
    EXPECT_EQ(drive_->FlashBytes(), before_);
  }
}

TEST_F(PowerMoments, CutInTheLoadOfAPageLosesTheLoad) {
  for (const uint32_t cycle : {3u, 4u, 100u, 258u}) {
    Start("LTR-48246S");
    Arm(FaultKind::kPowerCut, 1, {.cycle = cycle});
    EXPECT_EQ(CyclesUntilOff(PageLoad()), cycle);
    EXPECT_EQ(drive_->FlashBytes(), before_) << cycle;
  }
}

// By how far the work has come: what was there is destroyed first, then comes what shall be.
TEST_F(PowerMoments, CutInTheWorkByPercent) {
  Start("LTR-48246S");
  Arm(FaultKind::kPowerCut, 1, {.percent = 10});
  for (const chips::BusWrite& cycle : PageLoad()) host_->WriteCycle(cycle.address, cycle.data);
  host_->Sleep(milliseconds(1));
  host_->Write(ata::Register::kCommand, 0x00);
  ASSERT_EQ(drive_->state(), RunState::kOff);
  Bytes page = PageNow();
  EXPECT_TRUE(std::all_of(page.begin(), page.end(), [](uint8_t b) { return (b & 0x77) == 0x77; }))
      << "bits of the old bytes that were 1 still are";
  EXPECT_NE(page, Bytes(256, 0x77));

  Start("LTR-48246S");
  Arm(FaultKind::kPowerCut, 1, {.percent = 90});
  for (const chips::BusWrite& cycle : PageLoad()) host_->WriteCycle(cycle.address, cycle.data);
  host_->Sleep(milliseconds(1));
  host_->Write(ata::Register::kCommand, 0x00);
  page = PageNow();
  EXPECT_TRUE(std::all_of(page.begin(), page.end(), [](uint8_t b) { return (b & kNew) == kNew; }));
  EXPECT_FALSE(std::all_of(page.begin(), page.end(), [](uint8_t b) { return (b & 0x77) == 0x77; }))
      << "bits that shall be 0 begin to be";
  EXPECT_NE(page, Bytes(256, kNew));

  for (const uint32_t percent : {0u, 20u, 60u, 99u}) {
    Start("LTR-52327S");
    Arm(FaultKind::kPowerCut, 1, {.percent = percent});
    EXPECT_EQ(CyclesUntilOff(SectorErase()), 6u);
    EXPECT_NE(PageNow(), Bytes(256, 0x77)) << percent;
    EXPECT_NE(PageNow(), Bytes(256, 0xff)) << percent;
  }
}

TEST_F(PowerMoments, CutAimedAtALaterWriteLeavesTheEarlierAlone) {
  Start("LTR-52327S");
  drive_->PokeFlash(kPage, Bytes(3, 0xff));
  Arm(FaultKind::kPowerCut, 3, {.cycle = 2});
  std::vector<chips::BusWrite> cycles;
  for (uint32_t i = 0; i < 3; ++i) {
    for (const chips::BusWrite& cycle : Unlocked(0xa0)) cycles.push_back(cycle);
    cycles.push_back({kPage + i, 0x00});
  }
  for (size_t i = 0; i < 8; ++i) {
    host_->WriteCycle(cycles[i].address, cycles[i].data);
    if (i % 4 == 3) host_->Sleep(milliseconds(1));
  }
  EXPECT_EQ(CyclesUntilOff({cycles.begin() + 8, cycles.end()}), 2u);
  const Bytes page = PageNow();
  EXPECT_EQ(page[0], 0x00);
  EXPECT_EQ(page[1], 0x00);
  EXPECT_EQ(page[2], 0xff);
}

TEST_F(PowerMoments, IdentificationIsNoWayToAWrite) {
  Start("LTR-52327S");
  drive_->MarkWriteEnded();
  Arm(FaultKind::kPowerCut, 1, {.cycle = 2});
  EXPECT_EQ(CyclesUntilOff(Unlocked(0x90)), 3u);
  EXPECT_EQ(CyclesUntilOff(Unlocked(0xf0)), 3u);
  drive_->MarkWriteStarted();
  EXPECT_EQ(CyclesUntilOff(SectorErase()), 2u);
}

TEST_F(PowerMoments, CutInAnEepromWrite) {
  const auto bench = OneDrive("LDW-451S", "eeprom_write = true");
  Drive& drive = *bench->Find("bay 1");
  const Bytes old = drive.EepromBytes();
  FaultSpec fault;
  fault.kind = FaultKind::kPowerCut;
  fault.at.write = 1;
  fault.percent = 25;
  drive.AddFault(fault);
  const auto transport = Must(drive.OpenTransport());
  Send(*transport, {0, 0, 0, 0, 0, 0});
  scsi::Command command;
  command.cdb = {{0x3b, 0x01, 0xe2, 0, 0x01, 0, 0, 0, 128, 0}, 10};
  command.direction = scsi::Direction::kOut;
  const Bytes data(128, 0x3c);
  command.data_out = data;
  EXPECT_EQ(transport->Execute(command).error().reason(), "TRANSPORT_TIMEOUT");
  const Bytes now = drive.EepromBytes();
  EXPECT_TRUE(AllBytesAre(ByteView(now).subspan(0x100, 32), 0x3c));
  EXPECT_TRUE(std::equal(now.begin() + 0x121, now.end(), old.begin() + 0x121));
}

TEST_F(PowerMoments, PreemptedLoadIsWrittenShort) {
  Start("LTR-48246S");
  Arm(FaultKind::kPreempted, 1, {});
  for (const chips::BusWrite& cycle : PageLoad()) host_->WriteCycle(cycle.address, cycle.data);
  host_->Sleep(milliseconds(20));
  Bytes expected(256, 0xff);
  std::fill_n(expected.begin(), 128, kNew);
  EXPECT_EQ(PageNow(), expected);
}

TEST_F(PowerMoments, PreemptedUnlockWritesNothing) {
  Start("LTR-48246S");
  Arm(FaultKind::kPreempted, 1, {.cycle = 2});
  for (const chips::BusWrite& cycle : PageLoad()) host_->WriteCycle(cycle.address, cycle.data);
  host_->Sleep(milliseconds(20));
  EXPECT_EQ(PageNow(), Bytes(256, 0x77));
}

// The write verifies, sees the page short, writes it again and counts.
TEST_F(PowerMoments, PreemptedPagesAreWrittenAgainAndCounted) {
  for (const uint32_t times : {1u, 3u}) {
    for (const uint32_t cycle : {0u, 1u, 2u, 3u, 4u, 258u}) {
      Start("LTR-48246S");
      // Not before the second page. A broken unlock writes nothing, so the count stays at one.
      Arm(FaultKind::kPreempted, 2, {.cycle = cycle}, times);
      const chips::ChipRow& row = *chips::FindChip("W29C040");
      const Bytes current = drive_->FlashBytes();
      Bytes target = current;
      for (uint32_t page = 0; page < 4; ++page) target[kPage + page * 256 + 9] ^= 0x5a;
      const auto plan = chips::PlanChipWrite(row, current, target).value();
      HostBus bus(*host_, *drive_);
      chips::ChipWriteReport report;
      Must(chips::WriteChip(bus, row, plan, current, target, report, {}));
      EXPECT_EQ(drive_->FlashBytes(), target);
      EXPECT_EQ(report.page_retries, times) << cycle;
    }
  }
}

TEST_F(PowerMoments, BytePartsWaitForAHostThatIsHeldUp) {
  Start("LTR-52327S");
  Arm(FaultKind::kPreempted, 1, {});
  Arm(FaultKind::kPreempted, 1, {.cycle = 2});
  drive_->PokeFlash(kPage, Bytes{0xff});
  host_->Unlock(0xa0);
  host_->WriteCycle(kPage, 0x12);
  EXPECT_EQ(PageNow()[0], 0x12);
}

}  // namespace
}  // namespace firmbench::simulator
