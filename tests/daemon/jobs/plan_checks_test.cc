// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/plan_checks.h"

#include <gtest/gtest.h>

#include "tests/daemon/jobs/sample_drive.h"

namespace firmbench::jobs {
namespace {

using inventory::DriveCondition;
using inventory::DriveSnapshot;
using inventory::Problem;
using inventory::UnitVerdict;
using test::FlashInputs;
using test::InputsOf;
using test::RestoreInputs;
using test::SampleDrive;
using test::Spec;

std::vector<std::string> Reasons(const std::vector<Problem>& problems) {
  std::vector<std::string> reasons;
  for (const Problem& problem : problems) {
    reasons.push_back(problem.reason);
    EXPECT_FALSE(problem.text.empty()) << problem.reason;
  }
  return reasons;
}
using Words = std::vector<std::string>;

Bytes Image() { return test::BuildImage("LTR-48246S", "SS0C"); }
Bytes Eeprom() { return test::BuildEeprom("LTR-48246S"); }

// Problems of a flash on a drive that was changed.
Words OfFlash(const std::function<void(DriveSnapshot&)>& change) {
  DriveSnapshot drive = SampleDrive();
  change(drive);
  const PlanInputs inputs = FlashInputs(std::move(drive), Image());
  return Reasons(FindProblems(Normalise(Spec(Kind::kFlash), inputs), inputs));
}

TEST(FindProblems, FindsNoneWhereThereAreNone) {
  EXPECT_EQ(OfFlash([](auto&) {}), Words{});
}

TEST(FindProblems, TellsWhatIsWrongWithTheDrive) {
  EXPECT_EQ(OfFlash([](auto& d) { d.condition = DriveCondition::kGone; }), Words{"DRIVE_GONE"});
  EXPECT_EQ(OfFlash([](auto& d) { d.condition = DriveCondition::kIdentifying; }),
            Words{"DRIVE_IDENTIFYING"});
  EXPECT_EQ(OfFlash([](auto& d) { d.condition = DriveCondition::kNotAnswering; }),
            Words{"DRIVE_NOT_ANSWERING"});
  EXPECT_EQ(OfFlash([](auto& d) {
              d.condition = DriveCondition::kNotAnswering;
              d.problems = {{"DRIVE_IN_USE", "another daemon", ""}};
            }),
            Words{"DRIVE_IN_USE"});
  EXPECT_EQ(OfFlash([](auto& d) { d.model = nullptr; }), Words{"DRIVE_UNKNOWN"});
  EXPECT_EQ(OfFlash([](auto& d) { d.quarantine = "it was interrupted"; }),
            Words{"DRIVE_QUARANTINED"});
  EXPECT_EQ(OfFlash([](auto& d) { d.unit.verdict = UnitVerdict::kAmbiguous; }),
            Words{"UNIT_AMBIGUOUS"});
  // A new or an unknown unit may be flashed: its own firmware is what undoes it.
  EXPECT_EQ(OfFlash([](auto& d) { d.unit = {}; }), Words{});
}

TEST(FindProblems, TellsWhatTheConnectionCannotDo) {
  EXPECT_EQ(OfFlash([](auto& d) { d.abilities.clear(); }),
            (Words{"MEMORY_NOT_READABLE", "MEMORY_NOT_WRITABLE"}));
  // Behind a USB bridge, which carries SCSI commands only.
  EXPECT_EQ(OfFlash([](auto& d) {
              d.connection.task_file = false;
              d.abilities = d.family->Abilities(*d.model, d.connection);
            }),
            (Words{"MEMORY_NOT_READABLE", "MEMORY_NOT_WRITABLE"}));
}

TEST(FindProblems, TheMostImportantOneComesFirst) {
  DriveSnapshot drive = SampleDrive();
  drive.quarantine = "it was interrupted";
  const PlanInputs inputs = FlashInputs(drive, test::BuildImage("LTR-52327S"));
  EXPECT_EQ(Reasons(FindProblems(Normalise(Spec(Kind::kFlash), inputs), inputs)),
            (Words{"IMAGE_MODEL_MISMATCH", "DRIVE_QUARANTINED"}));
}

TEST(FindProblems, OfABackupAreThoseOfReading) {
  const auto reasons = [](const std::string& memory, const auto& change) {
    DriveSnapshot drive = SampleDrive();
    change(drive);
    const PlanInputs inputs = InputsOf(std::move(drive));
    JobSpec spec = Spec(Kind::kBackup);
    spec.memory = memory;
    return Reasons(FindProblems(Normalise(spec, inputs), inputs));
  };
  const auto no_scsi = [](DriveSnapshot& d) {
    d.connection.scsi = false;
    d.abilities = d.family->Abilities(*d.model, d.connection);
  };
  EXPECT_EQ(reasons("all",
                    [](auto& d) {
                      d.quarantine = "it was interrupted";
                      d.unit.verdict = UnitVerdict::kAmbiguous;
                    }),
            Words{});
  EXPECT_EQ(reasons("all", no_scsi), Words{"MEMORY_NOT_READABLE"});
  EXPECT_EQ(reasons("eeprom", no_scsi), Words{"MEMORY_NOT_READABLE"});
  EXPECT_EQ(reasons("firmware", no_scsi), Words{});
}

TEST(FindProblems, OfAnEepromRestoreGuardTheUnit) {
  const auto reasons = [](const auto& change, Kind kind = Kind::kRestore) {
    DriveSnapshot drive = SampleDrive();
    PlanInputs inputs = RestoreInputs(drive, "eeprom", Eeprom());
    inputs.dump_unit.emplace();
    inputs.dump_unit->id = drive.unit.unit_id;
    change(drive, inputs);
    inputs.drive = std::make_shared<const DriveSnapshot>(drive);
    return Reasons(FindProblems(Normalise(Spec(kind), inputs), inputs));
  };
  EXPECT_EQ(reasons([](auto&, auto&) {}), Words{});
  EXPECT_EQ(reasons([](auto&, auto& in) { in.dump_unit->id = "unit2"; }),
            Words{"DUMP_OF_ANOTHER_UNIT"});
  EXPECT_EQ(reasons([](auto&, auto& in) { in.dump_unit.reset(); }), Words{"DUMP_OF_ANOTHER_UNIT"});
  EXPECT_EQ(reasons([](auto& d, auto& in) {
              d.unit = {};
              in.dump_unit.reset();
            }),
            Words{"DUMP_OF_ANOTHER_UNIT"})
      << "nobody and nobody are not the same unit";
  EXPECT_EQ(reasons([](auto& d, auto&) { d.unit.verdict = UnitVerdict::kNew; }),
            Words{"UNIT_LABEL_REQUIRED"});
  EXPECT_EQ(reasons([](auto&, auto& in) { in.payload.resize(512); }), Words{"DUMP_SIZE_WRONG"});
  EXPECT_EQ(reasons([](auto&, auto& in) { in.dump->purpose = "disagreeing"; }),
            Words{"DUMP_UNRELIABLE"});
  EXPECT_EQ(reasons([](auto&, auto& in) { in.dump->memory = "firmware"; }, Kind::kEepromRestore),
            Words{"DUMP_MEMORY_WRONG"});
  EXPECT_EQ(reasons([](auto& d, auto&) {
              d.connection.simulated = false;
              d.abilities = d.family->Abilities(*d.model, d.connection);
            }),
            (Words{"MEMORY_NOT_WRITABLE", "OVERRIDE_REASON_REQUIRED"}));
}

TEST(FindWarnings, SayWhatAPersonShouldKnow) {
  const auto warnings = [](const JobSpec& spec, const PlanInputs& inputs) {
    return Reasons(FindWarnings(Normalise(spec, inputs), inputs));
  };
  EXPECT_EQ(warnings(Spec(Kind::kFlash), FlashInputs(SampleDrive(), Image())),
            Words{"BOOT_MAY_BE_WRITTEN"});
  EXPECT_EQ(warnings(Spec(Kind::kBackup), InputsOf(SampleDrive("LTR-52327S", "QS0C"))), Words{});
  EXPECT_EQ(warnings(Spec(Kind::kFlash), FlashInputs(SampleDrive("LTR-52327S", "QS0C"), Image())),
            (Words{"CHIP_ASSUMED", "BOOT_MAY_BE_WRITTEN"}));
  DriveSnapshot blind = SampleDrive();
  blind.connection.scsi = false;
  blind.abilities = blind.family->Abilities(*blind.model, blind.connection);
  EXPECT_EQ(warnings(Spec(Kind::kFlash), FlashInputs(blind, Image())),
            (Words{"EEPROM_NOT_CHECKED", "BOOT_MAY_BE_WRITTEN"}));
  PlanInputs restore = RestoreInputs(SampleDrive(), "firmware", Image());
  restore.dump->unit_id = "unit2";
  restore.dump->agreeing_reads = 1;
  EXPECT_EQ(warnings(Spec(Kind::kRestore), restore),
            (Words{"DUMP_OF_ANOTHER_UNIT", "BOOT_MAY_BE_WRITTEN", "DUMP_READ_ONCE"}));
}

TEST(NeedsApproval, OnRealHardwareUnlessEverythingIsProven) {
  DriveSnapshot drive = SampleDrive();
  EXPECT_FALSE(NeedsApproval(Spec(Kind::kFlash), FlashInputs(drive, Image())));
  drive.connection.simulated = false;
  EXPECT_FALSE(NeedsApproval(Spec(Kind::kBackup), InputsOf(drive)));
  EXPECT_TRUE(NeedsApproval(Spec(Kind::kFlash), FlashInputs(drive, Image())));
  // A row that somebody has proven.
  families::ModelInfo proven = *drive.model;
  proven.recoverable_after_cut = families::Recoverable::kProven;
  drive.model = &proven;
  for (auto& ability : drive.abilities) ability.flash.evidence = Evidence::kObserved;
  EXPECT_FALSE(NeedsApproval(Spec(Kind::kFlash), FlashInputs(drive, Image())));
  for (auto& ability : drive.abilities) ability.flash.evidence = Evidence::kSecondHand;
  const PlanInputs weak = FlashInputs(drive, Image());
  EXPECT_TRUE(NeedsApproval(Spec(Kind::kFlash), weak));
  // Then a reason is asked for.
  JobSpec spec = Normalise(Spec(Kind::kFlash), weak);
  EXPECT_EQ(Reasons(FindProblems(spec, weak)), Words{"OVERRIDE_REASON_REQUIRED"});
  spec.override_reason = "the owner knows that it may be lost";
  EXPECT_EQ(Reasons(FindProblems(spec, weak)), Words{});
}

TEST(Normalise, MakesOfAnEepromDumpsRestoreAnEepromRestore) {
  const PlanInputs eeprom = RestoreInputs(SampleDrive(), "eeprom", Eeprom());
  EXPECT_EQ(Normalise(Spec(Kind::kRestore), eeprom).kind, Kind::kEepromRestore);
  EXPECT_EQ(Normalise(Spec(Kind::kRestore), eeprom).memory, "eeprom");
  const PlanInputs firmware = RestoreInputs(SampleDrive(), "firmware", Image());
  EXPECT_EQ(Normalise(Spec(Kind::kRestore), firmware).kind, Kind::kRestore);
  EXPECT_EQ(Normalise(Spec(Kind::kFlash), FlashInputs(SampleDrive(), Image())).memory, "firmware");
  EXPECT_EQ(Normalise(Spec(Kind::kBackup), InputsOf(SampleDrive())).memory, "all");
}

}  // namespace
}  // namespace firmbench::jobs
