// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/bench.h"

#include <gtest/gtest.h>

#include <thread>

#include "daemon/families/personalities.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::milliseconds;

TEST(Bench, PlaysTheExampleOfTheQuickstart) {
  const Scenario scenario = Must(LoadScenario(FIRMBENCH_SOURCE_DIR "/deploy/examples/bench.toml",
                                              families::AllPersonalities()));
  const auto bench =
      Must(Bench::Create(scenario, families::AllPersonalities(), TestFirmware, TestEeprom));
  ASSERT_EQ(bench->drives().size(), 3u);
  for (const auto& drive : bench->drives()) {
    EXPECT_EQ(drive->state(), RunState::kRun) << drive->spec().model;
    EXPECT_EQ(bench->Find(drive->spec().bay), drive.get());
    EXPECT_EQ(bench->FindTopology(drive->topology()), drive.get());
  }
  EXPECT_EQ(bench->drives()[2]->spec().model, "LDW-451S");
  EXPECT_EQ(bench->drives()[2]->topology(), "sim/2");
  EXPECT_EQ(bench->drives()[2]->OnPrompt("hold_eject")->hands.front(), Hand::kHoldEject);
  EXPECT_EQ(bench->Find("bay 9"), nullptr);
  EXPECT_EQ(bench->FindTopology("sim/9"), nullptr);
}

TEST(Bench, FillsShortFirmwareUpAndRefusesLong) {
  const Scenario scenario = Must(Parse("[[drives]]\nmodel = \"LTR-48246S\"\nbay = \"bay 1\"\n"));
  const auto firmware = [](size_t size) {
    return [size](const DriveSpec&, const Profile&) -> Result<Bytes> { return Bytes(size, 0x02); };
  };
  const auto bench =
      Must(Bench::Create(scenario, families::AllPersonalities(), firmware(256 * 1024), TestEeprom));
  const Bytes flash = bench->drives()[0]->FlashBytes();
  EXPECT_EQ(flash[0x3ffff], 0x02);
  EXPECT_TRUE(AllBytesAre(ByteView(flash).subspan(0x40000), 0xff));
  const auto big =
      Bench::Create(scenario, families::AllPersonalities(), firmware(512 * 1024 + 1), TestEeprom);
  EXPECT_EQ(big.error().reason(), "SCENARIO_FIRMWARE_SIZE");
  const auto broken = Bench::Create(
      scenario, families::AllPersonalities(),
      [](const DriveSpec&, const Profile&) -> Result<Bytes> { return NotFound("NO_FILE", "x"); },
      TestEeprom);
  EXPECT_EQ(broken.error().reason(), "NO_FILE");
}

TEST(Bench, RefusesAModelThatNobodyPlays) {
  Scenario scenario;
  scenario.drives.push_back({});
  const auto bench =
      Bench::Create(scenario, families::AllPersonalities(), TestFirmware, TestEeprom);
  EXPECT_EQ(bench.error().reason(), "SCENARIO_INVALID");
}

TEST(Bench, JudgesWhatIsDestructiveItself) {
  const auto bench = OneDrive("LTR-52327S");
  Drive& drive = *bench->Find("bay 1");
  VendorHost host(drive);
  host.Intro();
  host.Unlock(0x90);  // chip identification of a byte part harms nothing
  host.Unlock(0xf0);
  EXPECT_EQ(drive.counters().destructive_commands, 0u);
  drive.MarkWriteStarted();
  host.Unlock(0xa0);
  host.WriteCycle(0x10, 0x00);
  EXPECT_EQ(drive.counters().destructive_commands, 1u);
  EXPECT_EQ(drive.counters().destructive_before_write_started, 0u);
  drive.MarkWriteEnded();
  host.Sleep(milliseconds(1));
  host.Unlock(0xa0);
  host.WriteCycle(0x10, 0x00);
  EXPECT_EQ(drive.counters().destructive_commands, 2u);
  EXPECT_EQ(drive.counters().destructive_before_write_started, 1u);
}

TEST(Bench, TakesItsTimeWhenPaced) {
  const auto bench = MakeBench(
      "[time]\nmode = \"paced\"\nspeed = 1000.0\n[[drives]]\nmodel = \"LTR-52327S\"\n"
      "bay = \"bay 1\"\n");
  Drive& drive = *bench->Find("bay 1");
  const Nanos real = RealClock().Monotonic();
  const Nanos before = drive.clock().Monotonic();
  drive.PowerCycle();
  const auto transport = Must(drive.OpenTransport());
  EXPECT_TRUE(Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36).good) << "after 1.5 s of boot";
  EXPECT_GE(drive.clock().Monotonic() - before, milliseconds(1500));
  EXPECT_GE(RealClock().Monotonic() - real, std::chrono::microseconds(1500));
}

TEST(Bench, MayBeUsedFromManyThreads) {
  const auto bench = OneDrive("LTR-48246S");
  Drive& drive = *bench->Find("bay 1");
  int changes = 0;
  bench->Watch([&changes] { ++changes; });
  std::jthread lane([&drive] {
    for (int i = 0; i < 200; ++i) {
      auto transport = drive.OpenTransport();
      Bytes data(36);
      if (transport) {
        TrySend(**transport, {0x12, 0, 0, 0, 36, 0}, data).IgnoreError("it may be unplugged");
      }
    }
  });
  for (int i = 0; i < 50; ++i) {
    drive.HoldEject(i % 2 == 0);
    drive.Unplug();
    drive.Plug();
    drive.counters();
  }
  lane.join();
  EXPECT_EQ(changes, 100);
  EXPECT_EQ(drive.generation(), 51u);
}

}  // namespace
}  // namespace firmbench::simulator
