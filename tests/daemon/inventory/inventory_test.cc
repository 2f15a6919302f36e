// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/inventory.h"

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/support/bench_fixture.h"

namespace firmbench::inventory {
namespace {

using simulator::FaultKind;
using test::BenchFixture;
using test::DriveToml;
using test::Must;
using test::ReasonOf;

const std::vector<DriveToml> kThree = {
    {.model = "LTR-48246S", .bay = "bay 1", .keys = "serial = \"A1B2C3\""},
    {.model = "LTR-52327S", .bay = "bay 2"},
    {.model = "LDW-451S", .bay = "bay 3"}};
// Two drives that nothing tells apart.
const std::vector<DriveToml> kTwins = {{.model = "LTR-48246S", .bay = "bay 1"},
                                       {.model = "LTR-48246S", .bay = "bay 2"}};

bool HasProblem(const Snapshot& drive, const std::string& reason) {
  return std::any_of(drive->problems.begin(), drive->problems.end(),
                     [&](const Problem& problem) { return problem.reason == reason; });
}

// The state after everything posted so far has been done.
Snapshot Settled(BenchFixture& bench, std::string_view bay) {
  EXPECT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
  return bench.snapshot(bay);
}

TEST(Inventory, ShowsEveryDriveOfTheBench) {
  BenchFixture bench(kThree);
  const auto drives = bench.inventory().List();
  ASSERT_EQ(drives.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const Snapshot& drive = drives[i];
    EXPECT_EQ(drive->bay, kThree[i].bay);
    EXPECT_EQ(drive->condition, DriveCondition::kReady);
    ASSERT_NE(drive->model, nullptr);
    EXPECT_EQ(drive->model->model, kThree[i].model);
    EXPECT_EQ(drive->abilities.size(), 3u);
    EXPECT_EQ(drive->eeprom_stable_sha256.size(), 64u);
    EXPECT_EQ(drive->unit.verdict, UnitVerdict::kNew);
    EXPECT_TRUE(drive->problems.empty());
    EXPECT_EQ(Must(bench.inventory().Find(drive->id)), drive);
  }
  EXPECT_EQ(drives[0]->identity.serial(), "A1B2C3");
  EXPECT_FALSE(drives[1]->identity.serial());
  // Looking at drives is harmless.
  for (const auto& toml : kThree) {
    EXPECT_EQ(bench.drive(toml.bay).counters().destructive_commands, 0u);
  }
}

TEST(Inventory, RefusesAnUnknownDrive) {
  BenchFixture bench("LTR-48246S");
  for (const std::string id : {"", "nonsense", "drives/x", "01hgw2bbg0000000000000000a"}) {
    EXPECT_EQ(ReasonOf(bench.inventory().Find(id)), "DRIVE_NOT_FOUND");
    EXPECT_EQ(ReasonOf(bench.inventory().Bind(id)), "DRIVE_NOT_FOUND");
  }
}

TEST(Inventory, KeepsADriveThatLeftAndKnowsItWhenItIsBack) {
  BenchFixture bench("LTR-48246S");
  const Snapshot before = bench.snapshot();
  bench.drive().Unplug();
  const Snapshot gone = bench.snapshot();
  EXPECT_EQ(gone->condition, DriveCondition::kGone);
  EXPECT_NE(gone->etag, before->etag);
  bench.drive().Plug();
  const Snapshot back = Settled(bench, "bay 1");
  EXPECT_EQ(back->condition, DriveCondition::kReady);
  EXPECT_EQ(back->id, before->id);
  EXPECT_GT(back->generation, before->generation);
  EXPECT_NE(back->etag, before->etag);
  EXPECT_EQ(back->eeprom_stable_sha256, before->eeprom_stable_sha256);
}

TEST(Inventory, NeverGuessesAnUnknownModel) {
  BenchFixture bench("LTR-48246S");
  bench.drive().PlugAs({"ACME", "CD-RW 9000", "X001", "", ""});
  const Snapshot drive = Settled(bench, "bay 1");
  EXPECT_EQ(drive->condition, DriveCondition::kReady);
  EXPECT_EQ(drive->model, nullptr);
  EXPECT_EQ(drive->family, nullptr);
  EXPECT_TRUE(drive->abilities.empty());
  EXPECT_TRUE(HasProblem(drive, "DRIVE_UNKNOWN"));
  EXPECT_EQ(drive->unit.verdict, UnitVerdict::kUnknown);
}

TEST(Inventory, SaysThatADriveDoesNotAnswerAndAsksAgain) {
  BenchFixture bench("LTR-48246S");
  bench.drive().AddFault({.kind = FaultKind::kTimeout, .times = 0});
  bench.drive().Unplug();
  bench.drive().Plug();
  const Snapshot silent = Settled(bench, "bay 1");
  EXPECT_EQ(silent->condition, DriveCondition::kNotAnswering);
  EXPECT_FALSE(silent->problems.empty());
  EXPECT_EQ(silent->model, nullptr);
  // Nothing was plugged, but whoever did not answer is asked again.
  bench.drive().ClearFaults();
  bench.drive().PowerCycle();
  bench.inventory().Rescan();
  EXPECT_EQ(Settled(bench, "bay 1")->condition, DriveCondition::kReady);
}

TEST(Inventory, AnEepromThatCannotBeReadIsAProblemAndNoEvidence) {
  BenchFixture bench("LTR-48246S");
  bench.drive().AddFault({.kind = FaultKind::kCheckCondition, .at = {.opcode = 0xdf}, .times = 0});
  bench.drive().Unplug();
  bench.drive().Plug();
  const Snapshot drive = Settled(bench, "bay 1");
  EXPECT_EQ(drive->condition, DriveCondition::kReady);
  EXPECT_TRUE(drive->eeprom_stable_sha256.empty());
  EXPECT_EQ(drive->problems.size(), 1u);
  EXPECT_EQ(drive->unit.verdict, UnitVerdict::kUnknown);
}

TEST(Inventory, TheEtagFollowsWhatMattersAndNothingElse) {
  BenchFixture bench("LTR-48246S");
  const std::string first = bench.snapshot()->etag;
  bench.inventory().Reassess(bench.drive_id());
  EXPECT_EQ(bench.snapshot()->etag, first);
  const auto view = bench.Backup("bay 1", "eeprom");
  EXPECT_EQ(view.row.result, "SUCCEEDED");
  const std::string known = bench.snapshot()->etag;
  EXPECT_NE(known, first) << "the drive has become a unit";
  bench.Backup("bay 1", "eeprom");
  EXPECT_EQ(bench.snapshot()->etag, known) << "a backup changes nothing";
  bench.drive().Use();
  bench.Backup("bay 1", "eeprom");
  EXPECT_NE(bench.snapshot()->etag, known) << "its EEPROM is another one";
}

TEST(Inventory, KnowsAUnitInAnotherBay) {
  // The same drive in turn in two bays: the second one's memories are made from the same seeds.
  BenchFixture bench(kTwins);
  bench.drive("bay 2").Unplug();
  const auto view = bench.Backup("bay 1", "eeprom");
  const std::string unit = bench.snapshot("bay 1")->unit.unit_id;
  EXPECT_EQ(view.row.unit_id, unit);
  ASSERT_FALSE(unit.empty());
  bench.drive("bay 1").Unplug();
  bench.drive("bay 2").Plug();
  const Snapshot moved = Settled(bench, "bay 2");
  EXPECT_EQ(moved->unit.verdict, UnitVerdict::kKnown);
  EXPECT_EQ(moved->unit.unit_id, unit);
}

TEST(Inventory, TwoDrivesThatLookTheSameAreBothAmbiguousUntilOneLeaves) {
  BenchFixture bench(kTwins);
  for (const char* bay : {"bay 1", "bay 2"}) {
    const Snapshot drive = bench.snapshot(bay);
    EXPECT_EQ(drive->unit.verdict, UnitVerdict::kAmbiguous) << bay;
    EXPECT_TRUE(HasProblem(drive, "UNIT_AMBIGUOUS")) << bay;
  }
  const std::string etag = bench.snapshot("bay 1")->etag;
  bench.drive("bay 2").Unplug();
  const Snapshot alone = bench.snapshot("bay 1");
  EXPECT_EQ(alone->unit.verdict, UnitVerdict::kNew);
  EXPECT_FALSE(HasProblem(alone, "UNIT_AMBIGUOUS"));
  EXPECT_NE(alone->etag, etag) << "a plan made before says something else";
  bench.drive("bay 2").Plug();
  Settled(bench, "bay 2");
  EXPECT_TRUE(bench.WaitUntil([&] {
    return bench.snapshot("bay 1")->unit.verdict == UnitVerdict::kAmbiguous &&
           bench.snapshot("bay 2")->unit.verdict == UnitVerdict::kAmbiguous;
  }));
}

TEST(Inventory, ATwinThatBecomesAnotherDriveFreesTheOtherOne) {
  BenchFixture bench(kTwins);
  // Back at once as something else: the inventory never sees the port empty.
  bench.drive("bay 2").PlugAs({"ACME", "CD-RW 9000", "X001", "", ""});
  Settled(bench, "bay 2");
  EXPECT_TRUE(
      bench.WaitUntil([&] { return bench.snapshot("bay 1")->unit.verdict == UnitVerdict::kNew; }));
}

TEST(Inventory, OneSerialOnTwoDrivesIsAmbiguousWhateverTheirEepromsSay) {
  BenchFixture bench(test::Drives{
      {.model = "LTR-48246S", .bay = "bay 1", .keys = "serial = \"S1X7K20\""},
      {.model = "LTR-48246S", .bay = "bay 2", .keys = "serial = \"S1X7K20\"\neeprom_seed = 2"}});
  EXPECT_EQ(bench.snapshot("bay 1")->unit.verdict, UnitVerdict::kAmbiguous);
  EXPECT_EQ(bench.snapshot("bay 2")->unit.verdict, UnitVerdict::kAmbiguous);
}

TEST(Inventory, DifferentSerialsTellDrivesWithOneEepromApart) {
  BenchFixture bench(
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "serial = \"S1X7K20\""},
                   {.model = "LTR-48246S", .bay = "bay 2", .keys = "serial = \"S2X7K20\""}});
  EXPECT_EQ(bench.snapshot("bay 1")->unit.verdict, UnitVerdict::kNew);
  EXPECT_EQ(bench.snapshot("bay 2")->unit.verdict, UnitVerdict::kNew);
}

TEST(Inventory, TwoDrivesThatFitOneUnitAreAmbiguous) {
  BenchFixture bench(kTwins);
  bench.drive("bay 2").Unplug();
  bench.Backup("bay 1", "eeprom");
  // Used in the meantime, so the two are not byte for byte the same any more.
  bench.drive("bay 2").Use();
  bench.drive("bay 2").Plug();
  Settled(bench, "bay 2");
  EXPECT_TRUE(bench.WaitUntil([&] {
    return bench.snapshot("bay 2")->unit.verdict == UnitVerdict::kAmbiguous &&
           bench.snapshot("bay 1")->unit.verdict == UnitVerdict::kAmbiguous;
  }));
}

// Promise 11: one daemon per drive.
TEST(Promise11, ASecondDaemonDoesNotGetTheDrive) {
  test::TempFolder locks;
  const auto adjust = [&](Attachment& attachment) {
    attachment.lock_path = locks.Path("drive.lock");
  };
  BenchFixture first("LTR-48246S", adjust);
  EXPECT_EQ(first.snapshot()->condition, DriveCondition::kReady);
  BenchFixture second("LTR-48246S", adjust);
  const Snapshot refused = second.snapshot();
  EXPECT_EQ(refused->condition, DriveCondition::kNotAnswering);
  EXPECT_TRUE(HasProblem(refused, "DRIVE_IN_USE"));
  EXPECT_EQ(second.drive().counters().scsi_commands, 0u) << "not one command reached it";
  EXPECT_EQ(ReasonOf(second.Submit(second.BackupOf("bay 1"))), "DRIVE_IN_USE");
  // The first one lets go with its drive, and the second may have it without a restart.
  first.drive().Unplug();
  second.inventory().Rescan();
  EXPECT_EQ(Settled(second, "bay 1")->condition, DriveCondition::kReady);
}

TEST(Promise11, ALockFileThatCannotBeMadeKeepsTheDriveOut) {
  test::TempFolder folder;
  BenchFixture bench("LTR-48246S", [&](Attachment& attachment) {
    attachment.lock_path = folder.Path("missing/drive.lock");
  });
  EXPECT_TRUE(HasProblem(bench.snapshot(), "DRIVE_LOCK_FAILED"));
}

// Promise 5: one lane per drive, one per IDE channel.
TEST(Promise5, DrivesOnOneChannelShareALane) {
  BenchFixture bench(
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "channel = \"ide0\""},
                   {.model = "LTR-52327S",
                    .bay = "bay 2",
                    .keys = "channel = \"ide0\"\ndevice = 1\neeprom_seed = 2"},
                   {.model = "LTR-48246S", .bay = "bay 3", .keys = "eeprom_seed = 3"}});
  auto& inventory = bench.inventory();
  const Lane* const first = Must(inventory.Bind(bench.drive_id("bay 1"))).lane;
  EXPECT_EQ(Must(inventory.Bind(bench.drive_id("bay 2"))).lane, first);
  EXPECT_NE(Must(inventory.Bind(bench.drive_id("bay 3"))).lane, first);
}

TEST(Promise5, NoQueryWaitsForHardware) {
  BenchFixture bench("LTR-48246S");
  Mutex mutex;
  CondVar changed;
  bool running = false;
  bool release = false;
  const DriveBinding binding = Must(bench.inventory().Bind(bench.drive_id()));
  binding.lane->Post([&] {
    MutexLock lock(mutex);
    running = true;
    changed.NotifyAll();
    while (!release) changed.Wait(mutex);
  });
  {
    MutexLock lock(mutex);
    while (!running) changed.Wait(mutex);
  }
  // The lane hangs: everything that reads still answers.
  EXPECT_EQ(bench.inventory().List().size(), 1u);
  EXPECT_EQ(ReasonOf(bench.inventory().Find(bench.drive_id())), "OK");
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(bench.BackupOf("bay 1"))), "OK");
  bench.inventory().Reassess(bench.drive_id());
  MutexLock lock(mutex);
  release = true;
  changed.NotifyAll();
}

// The handles that the inventory lends to anybody are behind the closed gate.
TEST(Promise1, HandlesRefuseDestructiveCommandsUntilTheEngineOpensThem) {
  for (const std::string& model : test::ThreeModels()) {
    BenchFixture bench(model);
    simulator::Drive& drive = bench.drive();
    const DriveBinding binding = Must(bench.inventory().Bind(bench.drive_id()));
    const families::Family& family = *binding.snapshot->family;
    Handles handles = Must(binding.attachment.open({family.cdb_rules(), family.task_file_rules()}));

    Bytes zeros(128, 0);
    const scsi::Cdb cdb = scsi::Cdb{0x3b, 0x01, 0xe2, 0, 0, 0, 0, 0, 128, 0};
    const auto write =
        handles.scsi->Execute({.cdb = cdb, .direction = scsi::Direction::kOut, .data_out = zeros});
    EXPECT_EQ(ReasonOf(write), "COMMAND_NOT_ALLOWED") << model;

    using ata::Access;
    using ata::Register;
    const std::vector<std::vector<Access>> forbidden = {
        {Access::Write(Register::kLbaLow, 0x2e), Access::Write(Register::kCommand, 0x80)},  // erase
        {Access::Write(Register::kCommand, 0x01)},  // write a byte
    };
    for (std::vector<Access> script : forbidden) {
      EXPECT_EQ(ReasonOf(handles.task_file->Run(script)), "COMMAND_NOT_ALLOWED") << model;
    }
    EXPECT_EQ(drive.counters().destructive_commands, 0u) << model;
    EXPECT_EQ(drive.counters().eeprom_writes, 0u) << model;
  }
}

TEST(Inventory, TellsOfEveryChange) {
  BenchFixture bench("LTR-48246S");
  std::atomic<int> told{0};
  const auto watching = bench.hub().Subscribe([&](const std::string& job) { told += job.empty(); });
  bench.drive().Unplug();
  const int after_unplug = told;
  EXPECT_GE(after_unplug, 1);
  bench.drive().Plug();
  EXPECT_TRUE(
      bench.WaitUntil([&] { return bench.snapshot()->condition == DriveCondition::kReady; }));
  EXPECT_GT(told, after_unplug);
}

TEST(Inventory, WhatWasAskedOfADriveThatLeftIsNotSaidOfTheNextOne) {
  std::function<void()> on_open;
  BenchFixture bench("LTR-48246S", [&](Attachment& attachment) {
    attachment.open = [&, open = attachment.open](const GateRules& rules) {
      if (auto act = std::exchange(on_open, {})) act();
      return open(rules);
    };
  });
  bool mixed_up = false;
  const auto watching = bench.hub().Subscribe([&](const std::string&) {
    const Snapshot drive = bench.snapshot();
    if (drive->condition != DriveCondition::kReady) return;
    mixed_up = mixed_up || drive->generation != bench.drive().generation();
  });
  // Plugged anew just when it is asked who it is.
  const DriveBinding binding = Must(bench.inventory().Bind(bench.drive_id()));
  binding.lane->Post([&] {
    on_open = [&] {
      bench.drive().Unplug();
      bench.drive().Plug();
    };
    bench.inventory().IdentifyNow(binding.snapshot->id);
  });
  EXPECT_TRUE(bench.WaitUntil([&] {
    const Snapshot drive = bench.snapshot();
    return drive->generation > binding.snapshot->generation &&
           drive->condition == DriveCondition::kReady;
  }));
  EXPECT_FALSE(mixed_up);
}

TEST(Inventory, AnOlderLookAtTheSourceDoesNotUndoANewerOne) {
  // The source's list is held back once it was made, so that a later one overtakes it.
  std::function<void()> after_list;
  BenchFixture bench("LTR-48246S", [&](Attachment&) {
    if (auto act = std::exchange(after_list, {})) act();
  });
  after_list = [&] { bench.drive().Unplug(); };  // rescans by itself, and finds the port empty
  bench.inventory().Rescan();                    // its own list still has the drive
  EXPECT_EQ(bench.snapshot()->condition, DriveCondition::kGone);
}

TEST(Inventory, StaysConsistentWhileEverybodyUsesIt) {
  BenchFixture bench(kThree);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        for (const Snapshot& drive : bench.inventory().List()) {
          EXPECT_EQ(drive->id.size(), 26u);
          bench.inventory().Reassess(drive->id);
        }
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    bench.drive("bay 2").Unplug();
    bench.drive("bay 2").Plug();
    bench.inventory().Rescan();
  }
  stop = true;
  threads.clear();
  EXPECT_EQ(Settled(bench, "bay 2")->condition, DriveCondition::kReady);
}

}  // namespace
}  // namespace firmbench::inventory
