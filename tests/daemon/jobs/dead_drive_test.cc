// SPDX-License-Identifier: Apache-2.0
// Dead drives that no job of ours wrote: what they still tell, what a technician is asked, and the
// cable that nobody can see.
#include <algorithm>

#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::DriveToml;
using test::Must;
using test::ReasonOf;

constexpr const char* kModel = "LTR-52327S";

std::string Answers(const std::string& prompt, const std::string& answer) {
  return "[[drives.operator]]\non_prompt = \"" + prompt + "\"\nanswer = \"" + answer + "\"\n";
}

// What the ledger says of the job: its messages and prompts, in order.
std::string EventsOf(BenchFixture& bench, const JobView& job) {
  std::string text;
  for (const auto& event : Must(bench.ledger().ListEvents(job.row.id, 0, 1000))) {
    text += event.type + " " + event.detail_json + "\n";
  }
  return text;
}

// How often a person was asked.
size_t Asked(BenchFixture& bench, const JobView& job, const std::string& kind) {
  size_t count = 0;
  for (const auto& event : Must(bench.ledger().ListEvents(job.row.id, 0, 1000))) {
    const bool of_kind = event.detail_json.find("\"kind\":\"" + kind + "\"") != std::string::npos;
    count += event.type == "prompt" && of_kind ? 1 : 0;
  }
  return count;
}

JobSpec RecoveryByTheSticker(BenchFixture& bench, const std::string& image) {
  JobSpec spec;
  spec.kind = Kind::kRecover;
  spec.drive_id = bench.drive_id();
  spec.model = kModel;
  spec.image_id = image;
  return spec;
}

// Its reset vector is gone; the rest, names included, is there.
void Kill(BenchFixture& bench) {
  bench.drive().PokeFlash(0, Bytes(0x100, 0xff));
  bench.drive().PowerCycle();
  bench.LookAgain();
}

TEST(BootCode, IsNamedAndRecoveredByTheSticker) {
  BenchFixture bench(DriveToml{.model = kModel, .keys = "boot_answers = true"});
  const Bytes good = bench.drive().FlashBytes();
  const std::string image = bench.AddImage(good);
  Kill(bench);
  const auto drive = bench.snapshot();
  EXPECT_EQ(drive->identity.product, "LTR-BOOT");
  ASSERT_EQ(drive->problems.size(), 1u);
  EXPECT_EQ(drive->problems[0].reason, "BOOT_CODE_ONLY");
  EXPECT_NE(drive->problems[0].text.find("main firmware is gone"), std::string::npos);
  EXPECT_NE(drive->problems[0].remedy.find("firmbench recover bay-1 --model MODEL"),
            std::string::npos);
  // The ordinary ways say so, too.
  EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf("bay 1", image))), "BOOT_CODE_ONLY");
  EXPECT_EQ(ReasonOf(bench.Submit(bench.BackupOf("bay 1"))), "BOOT_CODE_ONLY");

  const JobView job = bench.Run(RecoveryByTheSticker(bench, image));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), good);
  EXPECT_EQ(bench.snapshot()->identity.product, kModel);
  EXPECT_TRUE(bench.snapshot()->problems.empty());
}

TEST(Remains, AreToldAndAgreeWithTheSticker) {
  BenchFixture bench(kModel);
  const Bytes good = bench.drive().FlashBytes();
  const std::string image = bench.AddImage(good);
  Kill(bench);
  const JobView job = bench.Run(RecoveryByTheSticker(bench, image));
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  const std::string events = EventsOf(bench, job);
  EXPECT_NE(events.find("names left in the flash: at"), std::string::npos) << events;
  EXPECT_NE(events.find("LITE-ON LTR-52327S QS0C"), std::string::npos) << events;
  EXPECT_EQ(Asked(bench, job, "confirm_model"), 0u);
  EXPECT_EQ(bench.drive().FlashBytes(), good);
}

class OtherModel : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Answers, OtherModel, testing::Values("done", "cancel"));

// It died of another model's firmware, or its sticker was read wrongly: a person decides.
TEST_P(OtherModel, InTheFlashIsAskedAbout) {
  BenchFixture bench(DriveToml{.model = kModel, .tables = Answers("confirm_model", GetParam())});
  const Bytes good = bench.drive().FlashBytes();
  const std::string image = bench.AddImage(good);
  Bytes other = test::BuildImage("LTR-48246S");
  std::fill_n(other.begin(), 0x100, uint8_t{0xff});
  bench.drive().PokeFlash(0, other);
  bench.drive().PowerCycle();
  bench.LookAgain();
  const JobView job = bench.Run(RecoveryByTheSticker(bench, image));
  const std::string events = EventsOf(bench, job);
  EXPECT_EQ(Asked(bench, job, "confirm_model"), 1u) << events;
  EXPECT_NE(events.find("is of a LTR-48246S"), std::string::npos) << events;
  if (GetParam() == "cancel") {
    EXPECT_EQ(job.row.result, "CANCELLED");
    EXPECT_EQ(job.row.outcome, "UNCHANGED");
    EXPECT_EQ(bench.drive().FlashBytes(), other);
    EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  } else {
    EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
    EXPECT_EQ(bench.drive().FlashBytes(), good);
  }
  EXPECT_EQ(bench.DumpsOf(job, "firmware", "before_write").size(), 1u);
}

// The plan is what a technician reads before saying yes.
TEST(RecoveryPlan, ComesWithWhatOthersDidAndHowWellThatIsKnown) {
  BenchFixture bench(kModel);
  const std::string image = bench.AddImage(bench.drive().FlashBytes());
  Kill(bench);
  const JobView job = bench.Run(RecoveryByTheSticker(bench, image));
  std::string lines;
  for (const std::string& line : job.plan.lines) lines += line + "\n";
  for (const char* words :
       {"only the sticker says which model it is", "you will be asked to switch the drive off",
        "when the drive names itself LTR-BOOT: ", "alone on its cable",
        "(second hand: ", "(hypothetical: "}) {
    EXPECT_NE(lines.find(words), std::string::npos) << words << "\n" << lines;
  }
  // A drive that answers needs none of it.
  const JobView flash = bench.Flash("bay 1", bench.NewFirmware());
  for (const std::string& line : flash.plan.lines) {
    EXPECT_EQ(line.find("LTR-BOOT"), std::string::npos) << line;
  }
}

TEST(Cable, IsLookedAtByAPersonOnceInAJob) {
  for (const char* model : {"LTR-52327S", "LDW-451S"}) {
    BenchFixture bench(DriveToml{
        .model = model, .keys = "cable = true", .tables = Answers("confirm_alone", "done")});
    const Bytes target = bench.NewFirmware();
    const JobView job = bench.Flash("bay 1", target);
    EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
    EXPECT_EQ(Asked(bench, job, "confirm_alone"), 1u);
    EXPECT_EQ(bench.drive().FlashBytes(), target);
  }
}

TEST(Cable, NoIntroIsSentBeforeThat) {
  BenchFixture bench(DriveToml{
      .model = kModel, .keys = "cable = true", .tables = Answers("confirm_alone", "cancel")});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "CANCELLED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(bench.drive().counters().vendor_entries, 0u);
  // What does not go over the registers asks nobody.
  const JobView eeprom = bench.Backup("bay 1", "eeprom");
  EXPECT_EQ(eeprom.row.result, "SUCCEEDED") << eeprom.row.error_message;
}

// The one that answers is refused before anybody is asked.
TEST(Cable, ASecondDriveThatAnswersIsStillRefused) {
  const std::string keys = "channel = \"ide0\"\ncable = true\n";
  BenchFixture bench(test::Drives{
      {.model = "LTR-48246S", .keys = keys, .tables = Answers("confirm_alone", "done")},
      {.model = kModel, .bay = "bay 2", .keys = keys + "device = 1\neeprom_seed = 2"}});
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.error_reason, "SECOND_DRIVE_ON_CHANNEL");
  EXPECT_EQ(Asked(bench, job, "confirm_alone"), 0u);
  EXPECT_EQ(bench.drive().counters().vendor_entries, 0u);
}

TEST(Cable, ASimulatedDriveWithoutOneIsNotAskedAbout) {
  BenchFixture bench(kModel);
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(Asked(bench, job, "confirm_alone"), 0u);
}

}  // namespace
}  // namespace firmbench::jobs
