// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/plan.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "storage/audit/canonical_json.h"
#include "tests/daemon/jobs/sample_drive.h"

namespace firmbench::jobs {
namespace {

using storage::audit::Json;
using test::FlashInputs;
using test::InputsOf;
using test::RestoreInputs;
using test::SampleDrive;
using test::Spec;

Bytes NewImage() { return test::BuildImage("LTR-48246S", "SS0C"); }

std::vector<std::string> Names(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlanStep& step : plan.steps) names.push_back(step.name);
  return names;
}

std::string Golden(const std::string& name) {
  std::ifstream file(std::string(FIRMBENCH_SOURCE_DIR) + "/tests/golden/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Plan, OfAFlashIsWhatItWas) {
  const Plan plan = MakePlan(Spec(Kind::kFlash), FlashInputs(SampleDrive(), NewImage()));
  // Stored with its job for ever and compared by its digest: a change here must be wanted.
  EXPECT_EQ(plan.json + "\n", Golden("plan_flash.json"));
  EXPECT_EQ(plan.digest, Sha256Hex(AsBytes(plan.json)));
  EXPECT_EQ(Json::Parse(plan.json)->Dump(), plan.json) << "canonical";
}

TEST(Plan, HasTheStepsOfItsKind) {
  EXPECT_EQ(Names(MakePlan(Spec(Kind::kFlash), FlashInputs(SampleDrive(), NewImage()))),
            (std::vector<std::string>{
                "check the drive", "read EEPROM, 1 of 3", "read EEPROM, 2 of 3",
                "read EEPROM, 3 of 3", "read firmware, 1 of 2", "read firmware, 2 of 2",
                "store the backups", "enter update mode", "arm", "write firmware",
                "reset the drive", "read back firmware", "check EEPROM"}));
  EXPECT_EQ(
      Names(MakePlan(Spec(Kind::kRestore), RestoreInputs(SampleDrive(), "eeprom", Bytes(1024, 1)))),
      (std::vector<std::string>{"check the drive", "read EEPROM, 1 of 3", "read EEPROM, 2 of 3",
                                "read EEPROM, 3 of 3", "store the backups", "arm", "write eeprom",
                                "read back eeprom"}));
  JobSpec backup = Spec(Kind::kBackup);
  backup.memory = "firmware";
  EXPECT_EQ(Names(MakePlan(backup, InputsOf(SampleDrive()))),
            (std::vector<std::string>{"check the drive", "read firmware, 1 of 2",
                                      "read firmware, 2 of 2", "store the backups"}));
  JobSpec verify = Spec(Kind::kVerify);
  verify.dump_id = "dump1";
  EXPECT_EQ(Names(MakePlan(verify, RestoreInputs(SampleDrive(), "eeprom", Bytes(1024, 1)))),
            (std::vector<std::string>{"check the drive", "read EEPROM, 1 of 1", "compare"}));
}

TEST(Plan, SaysFirstWhatItWritesAndWhatUndoesIt) {
  const Plan flash = MakePlan(Spec(Kind::kFlash), FlashInputs(SampleDrive(), NewImage()));
  EXPECT_NE(flash.undo.find("SS0B"), std::string::npos);
  EXPECT_NE(flash.lines.at(1).find("the EEPROM is not written"), std::string::npos);
  const Plan backup = MakePlan(Spec(Kind::kBackup), InputsOf(SampleDrive()));
  EXPECT_EQ(backup.undo, "nothing is written");
}

TEST(Plan, TheSameQuestionHasTheSameDigest) {
  const auto digest = [](const auto& change) {
    inventory::DriveSnapshot drive = SampleDrive();
    Bytes image = NewImage();
    JobSpec spec = Spec(Kind::kFlash);
    change(drive, image, spec);
    return MakePlan(spec, FlashInputs(std::move(drive), std::move(image))).digest;
  };
  const std::string same = digest([](auto&, auto&, auto&) {});
  EXPECT_EQ(digest([](auto&, auto&, auto&) {}), same);
  const std::set<std::string> others = {
      digest([](auto& drive, auto&, auto&) { drive.etag = "fedcba9876543210"; }),
      digest([](auto& drive, auto&, auto&) { drive.identity.revision = "SS0A"; }),
      digest([](auto& drive, auto&, auto&) { drive.unit.unit_id = "unit2"; }),
      digest([](auto& drive, auto&, auto&) { drive.quarantine = "its EEPROM changed"; }),
      digest([](auto&, auto& image, auto&) { image[0x20000] ^= 1; }),
      digest([](auto&, auto&, auto& spec) { spec.image_id = "image2"; }),
      digest([](auto&, auto&, auto& spec) { spec.override_reason = "because"; }),
      digest([](auto&, auto&, auto& spec) { spec.kind = Kind::kVerify; })};
  EXPECT_EQ(others.size(), 8u) << "each differs from each";
  EXPECT_EQ(others.count(same), 0u);
}

TEST(Plan, IsReadBackAsItWasMade) {
  for (const Kind kind : {Kind::kFlash, Kind::kVerify, Kind::kBackup}) {
    inventory::DriveSnapshot drive = SampleDrive();
    drive.quarantine = "its EEPROM changed";
    const Plan made = MakePlan(
        Spec(kind), kind == Kind::kBackup ? InputsOf(drive) : FlashInputs(drive, NewImage()));
    const auto read = ParsePlan(made.json);
    ASSERT_TRUE(read) << read.error().ToString();
    EXPECT_EQ(read->json, made.json);
    EXPECT_EQ(read->digest, made.digest);
    EXPECT_EQ(read->etag, made.etag);
    EXPECT_EQ(read->undo, made.undo);
    EXPECT_EQ(read->lines, made.lines);
    EXPECT_EQ(read->spec.kind, made.spec.kind);
    EXPECT_EQ(read->spec.memory, made.spec.memory);
    EXPECT_EQ(read->spec.image_id, made.spec.image_id);
    EXPECT_EQ(read->problems.size(), made.problems.size());
    EXPECT_EQ(read->warnings.size(), made.warnings.size());
    EXPECT_EQ(read->needs_approval, made.needs_approval);
    EXPECT_EQ(read->estimate, made.estimate);
    ASSERT_EQ(read->steps.size(), made.steps.size());
    for (size_t i = 0; i < made.steps.size(); ++i) {
      EXPECT_EQ(read->steps[i].id, made.steps[i].id);
      EXPECT_EQ(read->steps[i].name, made.steps[i].name);
      EXPECT_EQ(read->steps[i].memory, made.steps[i].memory);
      EXPECT_EQ(read->steps[i].text, made.steps[i].text);
      EXPECT_EQ(read->steps[i].bytes, made.steps[i].bytes);
      EXPECT_EQ(read->steps[i].estimate, made.steps[i].estimate);
    }
  }
}

TEST(Plan, OfADriveWithoutAModelHasAProblemAndNoSteps) {
  inventory::DriveSnapshot drive = SampleDrive();
  drive.model = nullptr;
  drive.family = nullptr;
  drive.abilities.clear();
  const Plan plan = MakePlan(Spec(Kind::kFlash), FlashInputs(drive, NewImage()));
  ASSERT_EQ(plan.problems.size(), 1u);
  EXPECT_EQ(plan.problems[0].reason, "DRIVE_UNKNOWN");
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_TRUE(ParsePlan(plan.json));
}

TEST(ParsePlan, RefusesWhatIsNoPlan) {
  const std::string good = MakePlan(Spec(Kind::kBackup), InputsOf(SampleDrive())).json;
  const auto with_step = [](const std::string& step) {
    return R"({"kind":"backup","steps":[)" + step + "]}";
  };
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  std::string many;
  for (int i = 0; i < 101; ++i) many += (i == 0 ? "" : ",") + std::string(R"({"id":1})");
  for (const std::string& text : {std::string(),
                                  std::string("{"),
                                  std::string("null"),
                                  std::string("[]"),
                                  std::string("{}"),
                                  std::string(R"({"kind":"burn"})"),
                                  std::string(R"({"kind":7})"),
                                  deep,
                                  good + "x",
                                  good.substr(0, good.size() / 2),
                                  std::string("\xff\xfe{}"),
                                  with_step("{}"),
                                  with_step("7"),
                                  with_step(R"({"id":-1})"),
                                  with_step(R"({"id":99})"),
                                  with_step(R"({"id":9007199254740991})"),
                                  with_step(R"({"id":"1"})"),
                                  with_step(R"({"id":1,"bytes":-1})"),
                                  with_step(R"({"id":1,"bytes":9007199254740991})"),
                                  with_step(R"({"id":1,"estimate_us":-5})"),
                                  with_step(R"({"id":1,"estimate_us":9007199254740991})"),
                                  with_step(R"({"id":1,"memory":"ROM"})"),
                                  with_step(many)}) {
    const auto plan = ParsePlan(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error().reason(), "PLAN_UNREADABLE");
  }
  EXPECT_TRUE(ParsePlan(good));
  EXPECT_TRUE(ParsePlan(with_step(R"({"id":10,"bytes":1024,"memory":"eeprom"})")));
}

TEST(Words, AreReadBack) {
  for (const Kind kind :
       {Kind::kBackup, Kind::kFlash, Kind::kRestore, Kind::kVerify, Kind::kEepromRestore}) {
    EXPECT_EQ(ParseKind(ToString(kind)), kind);
  }
  EXPECT_FALSE(ParseKind("burn"));
  EXPECT_FALSE(ParseKind(""));
  EXPECT_FALSE(Writes(Kind::kBackup));
  EXPECT_FALSE(Writes(Kind::kVerify));
  EXPECT_TRUE(Writes(Kind::kFlash));
  EXPECT_TRUE(Writes(Kind::kRestore));
  EXPECT_TRUE(Writes(Kind::kEepromRestore));
}

}  // namespace
}  // namespace firmbench::jobs
