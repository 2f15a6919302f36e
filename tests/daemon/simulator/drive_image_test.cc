// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/drive_image.h"

#include <gtest/gtest.h>

#include <thread>

#include "daemon/families/personalities.h"
#include "daemon/simulator/random.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = CommandMoment::Kind;

constexpr std::string_view kByteModel = "LTR-52327S";
constexpr std::string_view kPageModel = "LTR-48246S";

Scenario ScenarioOf(std::string_view model) {
  return Must(Parse("[[drives]]\nmodel = \"" + std::string(model) +
                    "\"\nbay = \"bay 1\"\neeprom_write = true\n"));
}

Result<std::unique_ptr<Bench>> TryFork(std::string_view model, DriveImage image,
                                       PowerLoss power = PowerLoss::kNone) {
  const DriveStart start{std::move(image), power};
  return Bench::Create(ScenarioOf(model), families::AllPersonalities(), std::span(&start, 1));
}

// A drive in vendor mode, and drives that go on from its images.
class DriveImageTest : public testing::Test {
 protected:
  void Start(std::string_view model) {
    model_ = model;
    bench_ = Must(
        Bench::Create(ScenarioOf(model), families::AllPersonalities(), TestFirmware, TestEeprom));
    drive_ = bench_->Find("bay 1");
    host_.emplace(*drive_);
    ASSERT_EQ(host_->Intro(), 0x70);
  }
  Drive& Fork(DriveImage image, PowerLoss power = PowerLoss::kNone) {
    forks_.push_back(Must(TryFork(model_, std::move(image), power)));
    return *forks_.back()->Find("bay 1");
  }
  void SectorErase(uint32_t address) {
    host_->Unlock(0x80);
    host_->WriteCycle(0x5555, 0xaa);
    host_->WriteCycle(0x2aaa, 0x55);
    host_->WriteCycle(address, 0x30);
  }
  Bytes Part(Drive& drive, uint32_t offset, uint32_t length) {
    const Bytes flash = drive.FlashBytes();
    return Bytes(flash.begin() + offset, flash.begin() + offset + length);
  }

  std::string_view model_;
  std::unique_ptr<Bench> bench_;
  Drive* drive_ = nullptr;
  std::optional<VendorHost> host_;
  std::vector<std::unique_ptr<Bench>> forks_;
};

TEST_F(DriveImageTest, GoesOnWhereTheImageWasTaken) {
  Start(kByteModel);
  drive_->Use();
  host_->Unlock(0xa0);
  host_->WriteCycle(0x77, 0x00);
  host_->Sleep(milliseconds(1));
  const DriveImage image = drive_->Image();
  EXPECT_LT(image.state.size(), 3000u) << "the zeros at its end are left away";
  Drive& fork = Fork(image);
  EXPECT_EQ(fork.FlashBytes(), drive_->FlashBytes());
  EXPECT_EQ(fork.EepromBytes(), drive_->EepromBytes());
  EXPECT_EQ(fork.state(), RunState::kVendor) << "the drive stayed powered";
  EXPECT_EQ(VendorHost(fork).ReadByte(0x77), 0x00);
  EXPECT_GE(fork.clock().Monotonic(), drive_->clock().Monotonic());
  // And it is another drive.
  fork.PokeFlash(0x77, Bytes{0x12});
  EXPECT_EQ(drive_->FlashBytes()[0x77], 0x00);
}

TEST_F(DriveImageTest, BootsWhenPowerWasLost) {
  Start(kByteModel);
  Drive& fork = Fork(drive_->Image(), PowerLoss::kAtOnce);
  EXPECT_EQ(fork.state(), RunState::kRun);
  const auto transport = Must(fork.OpenTransport());
  EXPECT_EQ(SenseOf(Send(*transport, {0, 0, 0, 0, 0, 0})), "06/29/00");
  drive_->PokeFlash(0, Bytes{0xff});
  EXPECT_EQ(Fork(drive_->Image(), PowerLoss::kAtOnce).state(), RunState::kDead);
}

TEST_F(DriveImageTest, HookComesBeforeEveryCommandOfBothKinds) {
  Start(kByteModel);
  drive_->PokeFlash(0x100, Bytes{0xff});
  const uint64_t first = drive_->counters().task_file_ops + drive_->counters().scsi_commands + 1;
  std::vector<uint64_t> before;
  std::vector<uint8_t> bytes;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.kind() != Kind::kBefore) return;
    before.push_back(moment.command());
    bytes.push_back(moment.Image().flash[0x100]);
  });
  host_->Unlock(0xa0);
  host_->WriteCycle(0x100, 0x00);
  host_->ReadByte(0x100);
  host_->Outro();
  host_->Sleep(seconds(2));
  const auto transport = Must(drive_->OpenTransport());
  Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36);
  EXPECT_EQ(before, (std::vector<uint64_t>{first, first + 1, first + 2, first + 3, first + 4,
                                           first + 5, first + 6, first + 7}));
  EXPECT_EQ(bytes, (std::vector<uint8_t>{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}))
      << "the fourth command programs, and is not seen before";
  drive_->OnCommand({});
  Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36);
  EXPECT_EQ(before.size(), 8u);
}

TEST_F(DriveImageTest, HookTellsWhenAMemoryWasSetToWork) {
  Start(kByteModel);
  std::vector<std::pair<Kind, uint64_t>> told;
  drive_->OnCommand(
      [&](const CommandMoment& moment) { told.emplace_back(moment.kind(), moment.writes()); });
  host_->Unlock(0xa0);
  host_->WriteCycle(0x100, 0x00);
  const Kind before = Kind::kBefore;
  EXPECT_EQ(told, (std::vector<std::pair<Kind, uint64_t>>{
                      {before, 0}, {before, 0}, {before, 0}, {before, 0}, {Kind::kAtWork, 1}}));
}

TEST_F(DriveImageTest, ByteIsHalfProgrammedWhenPowerFailsDuringWork) {
  Start(kByteModel);
  DriveImage at_work;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.kind() == Kind::kAtWork) moment.ImageInto(at_work);
  });
  int halves = 0;
  for (uint32_t address = 0x1000; address < 0x1020; ++address) {
    drive_->PokeFlash(address, Bytes{0xff});
    host_->Unlock(0xa0);
    host_->WriteCycle(address, 0x00);
    const uint8_t cut = Part(Fork(at_work, PowerLoss::kDuringWork), address, 1)[0];
    halves += cut != 0x00 && cut != 0xff;
    EXPECT_EQ(Part(Fork(at_work), address, 1)[0], 0x00) << "the drive alone goes on";
    host_->Sleep(milliseconds(1));
  }
  EXPECT_GT(halves, 28);
}

TEST_F(DriveImageTest, SectorIsHalfErasedWhenPowerFailsDuringWork) {
  Start(kByteModel);
  drive_->PokeFlash(0x1000, Bytes(0x1000, 0x55));
  DriveImage at_work;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.kind() == Kind::kAtWork) moment.ImageInto(at_work);
  });
  SectorErase(0x1000);
  EXPECT_EQ(at_work.erasing, Bytes(0x1000, 0x55));
  // At once: the first third programs everything to 0.
  const Bytes early = Part(Fork(at_work, PowerLoss::kAtOnce), 0x1000, 0x1000);
  EXPECT_TRUE(std::all_of(early.begin(), early.end(), [](uint8_t b) { return (b & ~0x55) == 0; }));
  EXPECT_NE(early, Bytes(0x1000, 0x55));
  const Bytes half = Part(Fork(at_work, PowerLoss::kDuringWork), 0x1000, 0x1000);
  EXPECT_FALSE(AllBytesAre(half, 0x00));
  EXPECT_FALSE(AllBytesAre(half, 0xff));
  Drive& alone = Fork(at_work);
  EXPECT_EQ(Part(alone, 0x1000, 0x1000), Bytes(0x1000, 0xff));
  // Nothing around the sector was touched.
  for (Drive* drive : {&Fork(at_work, PowerLoss::kAtOnce), &alone}) {
    EXPECT_EQ(Part(*drive, 0, 0x1000), Part(*drive_, 0, 0x1000));
    EXPECT_EQ(Part(*drive, 0x2000, 0x1000), Part(*drive_, 0x2000, 0x1000));
  }
}

TEST_F(DriveImageTest, WorkThatIsOverIsNotUndone) {
  Start(kByteModel);
  SectorErase(0x1000);
  host_->Sleep(seconds(1));
  host_->ReadStatus();
  const DriveImage image = drive_->Image();
  EXPECT_TRUE(image.erasing.empty());
  for (const PowerLoss power : {PowerLoss::kAtOnce, PowerLoss::kDuringWork}) {
    EXPECT_EQ(Part(Fork(image, power), 0x1000, 0x1000), Bytes(0x1000, 0xff));
  }
}

TEST_F(DriveImageTest, NothingHappensBetweenUnlockCycles) {
  for (const std::string_view model : {kByteModel, kPageModel}) {
    Start(model);
    const Bytes flash = drive_->FlashBytes();
    std::vector<DriveImage> between;
    drive_->OnCommand([&](const CommandMoment& moment) {
      if (moment.in_sequence()) between.push_back(moment.Image());
    });
    host_->Unlock(0x80);
    host_->WriteCycle(0x5555, 0xaa);
    host_->WriteCycle(0x2aaa, 0x55);
    host_->ReadByte(0);
    ASSERT_EQ(between.size(), 5u);
    for (const DriveImage& image : between) {
      for (const PowerLoss power : {PowerLoss::kNone, PowerLoss::kAtOnce, PowerLoss::kDuringWork}) {
        Drive& fork = Fork(image, power);
        fork.clock().SleepFor(seconds(1));
        EXPECT_EQ(fork.FlashBytes(), flash);
        EXPECT_EQ(fork.state() == RunState::kRun, power != PowerLoss::kNone);
      }
    }
    forks_.clear();
  }
}

TEST_F(DriveImageTest, PageIsWrittenShortWhenTheHostStopsInItsLoad) {
  Start(kPageModel);
  drive_->PokeFlash(0x1000, Bytes(256, 0x77));
  DriveImage loading;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.in_sequence()) moment.ImageInto(loading);
  });
  host_->Unlock(0xa0);
  for (uint32_t i = 0; i < 10; ++i) host_->WriteCycle(0x1000 + i, 0x11);
  // The newest image was taken before the tenth load.
  Drive& alone = Fork(loading);
  alone.clock().SleepFor(milliseconds(20));
  Bytes expected(256, 0xff);
  std::fill_n(expected.begin(), 9, uint8_t{0x11});
  EXPECT_EQ(Part(alone, 0x1000, 256), expected);
  EXPECT_EQ(Part(Fork(loading, PowerLoss::kAtOnce), 0x1000, 256), Bytes(256, 0x77))
      << "what was only loaded is lost";
  const Bytes half = Part(Fork(loading, PowerLoss::kDuringWork), 0x1000, 256);
  EXPECT_NE(half, expected);
  EXPECT_NE(half, Bytes(256, 0x77));
}

TEST_F(DriveImageTest, PageIsHalfWrittenWhenPowerFailsWhileTheHostWaits) {
  Start(kPageModel);
  drive_->PokeFlash(0x1000, Bytes(256, 0x00));
  std::vector<std::pair<Kind, DriveImage>> moments;
  host_->Unlock(0xa0);
  for (uint32_t i = 0; i < 256; ++i) host_->WriteCycle(0x1000 + i, 0x00);
  drive_->OnCommand(
      [&](const CommandMoment& moment) { moments.emplace_back(moment.kind(), moment.Image()); });
  host_->Sleep(milliseconds(2));
  host_->ReadByte(0x1000);
  ASSERT_EQ(moments.size(), 2u);
  EXPECT_EQ(moments[0].first, Kind::kAtWork);
  for (const auto& [kind, image] : moments) {
    // Erased first, though old and new are the same.
    EXPECT_NE(Part(Fork(image, PowerLoss::kAtOnce), 0x1000, 256), Bytes(256, 0x00));
    EXPECT_EQ(Part(Fork(image), 0x1000, 256), Bytes(256, 0x00));
  }
}

TEST_F(DriveImageTest, EepromIsHalfWrittenWhenPowerFailsDuringWork) {
  Start(kByteModel);
  host_->Outro();
  host_->Sleep(seconds(2));
  const auto transport = Must(drive_->OpenTransport());
  Send(*transport, {0, 0, 0, 0, 0, 0});
  const Bytes old = drive_->EepromBytes();
  DriveImage at_work;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.kind() == Kind::kAtWork) moment.ImageInto(at_work);
  });
  const Bytes data(128, 0x3c);
  ASSERT_TRUE(SendOut(*transport, {0x3b, 0x01, 0xe2, 0, 0x02, 0, 0, 0, 128, 0}, data).good);
  Bytes fresh = old;
  std::copy(data.begin(), data.end(), fresh.begin() + 0x200);
  EXPECT_EQ(Fork(at_work).EepromBytes(), fresh);
  const Bytes half = Fork(at_work, PowerLoss::kDuringWork).EepromBytes();
  EXPECT_TRUE(std::equal(half.begin(), half.begin() + 0x240, fresh.begin()));
  EXPECT_TRUE(std::equal(half.begin() + 0x241, half.end(), old.begin() + 0x241));
}

// Whatever is done to a drive and to one that goes on from its image ends the same.
TEST_F(DriveImageTest, ForkBehavesAsTheDriveItWasTakenFrom) {
  for (const std::string_view model : {kByteModel, kPageModel}) {
    Start(model);
    Random random(7);
    for (int round = 0; round < 60; ++round) {
      Drive& fork = Fork(drive_->Image());
      VendorHost twin(fork);
      const uint64_t seed = random.Next();
      for (VendorHost* host : {&*host_, &twin}) {
        Random choice(seed);
        for (int i = 0; i < 5; ++i) {
          const auto address = static_cast<uint32_t>(choice.Next() % 0x4000);
          constexpr uint8_t kCommands[] = {0x80, 0x90, 0xa0, 0xf0};
          host->Unlock(kCommands[choice.Next() % 4]);
          host->WriteCycle(address, choice.NextByte());
          if (choice.Next() % 2 == 0) host->Sleep(microseconds(choice.Next() % 8000));
          host->ReadByte(address);
        }
      }
      ASSERT_EQ(fork.FlashBytes(), drive_->FlashBytes()) << model << " " << round;
      ASSERT_EQ(fork.Image().state.size(), drive_->Image().state.size());
      forks_.clear();
    }
  }
}

TEST_F(DriveImageTest, LossOfPowerIsTheSameEachTime) {
  Start(kByteModel);
  DriveImage at_work;
  drive_->OnCommand([&](const CommandMoment& moment) {
    if (moment.kind() == Kind::kAtWork) moment.ImageInto(at_work);
  });
  SectorErase(0x3000);
  EXPECT_EQ(Fork(at_work, PowerLoss::kDuringWork).FlashBytes(),
            Fork(at_work, PowerLoss::kDuringWork).FlashBytes());
}

TEST_F(DriveImageTest, RefusesWhatIsNoImageOfSuchADrive) {
  Start(kByteModel);
  const DriveImage image = drive_->Image();
  DriveImage wrong = image;
  wrong.flash.pop_back();
  EXPECT_EQ(TryFork(kByteModel, wrong).error().reason(), "DRIVE_IMAGE_INVALID");
  wrong = image;
  wrong.state[0] ^= 1;
  EXPECT_EQ(TryFork(kByteModel, wrong).error().reason(), "DRIVE_IMAGE_INVALID");
  EXPECT_EQ(TryFork("LDW-451S", image).error().reason(), "DRIVE_IMAGE_INVALID");
  const auto none = Bench::Create(ScenarioOf(kByteModel), families::AllPersonalities(), {});
  EXPECT_EQ(none.error().reason(), "DRIVE_IMAGE_INVALID");
}

TEST_F(DriveImageTest, MayBeTakenAndStartedFromManyThreads) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      const auto bench = Must(Bench::Create(ScenarioOf(kByteModel), families::AllPersonalities(),
                                            TestFirmware, TestEeprom));
      Drive& drive = *bench->Find("bay 1");
      int started = 0;
      drive.OnCommand([&](const CommandMoment& moment) {
        const auto fork = Must(TryFork(kByteModel, moment.Image(), PowerLoss::kAtOnce));
        started += fork->Find("bay 1")->state() == RunState::kRun;
      });
      VendorHost host(drive);
      host.Intro();
      for (uint32_t at = 0; at < 5; ++at) host.ReadByte(at);
      EXPECT_EQ(started, 6);
    });
  }
}

}  // namespace
}  // namespace firmbench::simulator
