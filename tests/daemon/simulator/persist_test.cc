// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "daemon/families/personalities.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PersistTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "firmbench-sim-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  Result<std::unique_ptr<Bench>> TryMake(std::string_view model = "LTR-52327S") {
    const Scenario scenario = Must(Parse(
        fmt::format("[persist]\ndir = \"{}/kept\"\n[[drives]]\nmodel = \"{}\"\nbay = \"bay 1\"\n",
                    dir_, model)));
    return Bench::Create(scenario, families::AllPersonalities(), TestFirmware, TestEeprom);
  }
  std::unique_ptr<Bench> Make() { return Must(TryMake()); }

  std::string dir_;
};

TEST_F(PersistTest, KeepsMemoriesAndModeAcrossBenches) {
  Nanos time{0};
  Bytes flash, eeprom;
  {
    const auto bench = Make();
    Drive& drive = *bench->Find("bay 1");
    drive.Use();
    VendorHost host(drive);
    ASSERT_EQ(host.Intro(), 0x70);
    host.Unlock(0xa0);
    host.WriteCycle(0x77, 0x00);
    host.Sleep(milliseconds(1));
    host.ReadStatus();
    flash = drive.FlashBytes();
    eeprom = drive.EepromBytes();
    time = drive.clock().Monotonic();
  }
  EXPECT_EQ(flash[0x77], 0x00);
  const auto bench = Make();
  Drive& drive = *bench->Find("bay 1");
  EXPECT_EQ(drive.FlashBytes(), flash);
  EXPECT_EQ(drive.EepromBytes(), eeprom);
  EXPECT_EQ(drive.state(), RunState::kVendor) << "the drive stayed powered";
  EXPECT_EQ(VendorHost(drive).ReadStatus(), 0x70);
  EXPECT_GE(drive.clock().Monotonic(), time);
}

TEST_F(PersistTest, KeepsWhatAKilledProcessWrote) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto bench = Make();
    const uint8_t value = 0x42;
    bench->Find("bay 1")->PokeFlash(0x1234, ByteView(&value, 1));
    bench->Find("bay 1")->PokeEeprom(0x12, ByteView(&value, 1));
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(ready[0]);
  ::close(ready[1]);
  const auto bench = Make();
  EXPECT_EQ(bench->Find("bay 1")->FlashBytes()[0x1234], 0x42);
  EXPECT_EQ(bench->Find("bay 1")->EepromBytes()[0x12], 0x42);
}

TEST_F(PersistTest, PutsBackWhatWasUnpluggedOrOff) {
  for (const bool unplug : {true, false}) {
    {
      const auto bench = Make();
      Drive& drive = *bench->Find("bay 1");
      drive.HoldEject(true);
      unplug ? drive.Unplug() : drive.CutPower();
    }
    const auto bench = Make();
    Drive& drive = *bench->Find("bay 1");
    EXPECT_TRUE(drive.plugged());
    drive.clock().SleepFor(seconds(2));
    EXPECT_EQ(drive.state(), RunState::kRun);
  }
}

TEST_F(PersistTest, FillsTheMemoriesAgainWhenTheyWereNotFinished) {
  {
    const auto bench = Make();
    bench->Find("bay 1")->PokeFlash(0, Bytes(16, 0));
  }
  std::error_code error;
  std::filesystem::remove(dir_ + "/kept/bay_1.state", error);
  const auto bench = Make();
  EXPECT_EQ(bench->Find("bay 1")->FlashBytes()[0], 0x02);
}

TEST_F(PersistTest, RefusesMemoriesOfAnotherModel) {
  Make();
  const auto other = TryMake("LDW-451S");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason(), "PERSIST_FAILED");
  EXPECT_FALSE(other.error().remedy().empty());
}

TEST_F(PersistTest, SaysWhenTheFolderCannotBeMade) {
  dir_ += "/not/there";
  EXPECT_EQ(TryMake().error().reason(), "PERSIST_FAILED");
}

}  // namespace
}  // namespace firmbench::simulator
