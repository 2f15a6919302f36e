// SPDX-License-Identifier: Apache-2.0
// Bad input gets a clear reason; nothing is written and nothing is lost.
#include <fmt/format.h>
#include <sqlite3.h>

#include <thread>

#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using simulator::FaultKind;
using test::BenchFixture;
using test::Must;
using test::ReasonOf;

class BadImage : public testing::TestWithParam<std::string> {
 protected:
  // Why a flash with these bytes is refused, by the plan and by the job alike.
  std::string Refusal(ByteView bytes) {
    const JobSpec spec = bench_.FlashOf("bay 1", bench_.ForceImage(bytes));
    const Plan plan = Must(bench_.engine().MakePlanFor(spec));
    const std::string refusal = ReasonOf(bench_.Submit(spec));
    EXPECT_EQ(plan.problems.empty() ? "" : plan.problems.front().reason, refusal);
    EXPECT_FALSE(plan.problems.empty() || plan.problems.front().remedy.empty()) << refusal;
    const auto counters = bench_.drive().counters();
    EXPECT_EQ(counters.destructive_commands, 0u) << refusal;
    EXPECT_EQ(counters.vendor_entries, 0u) << refusal;
    return refusal;
  }

  BenchFixture bench_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Models, BadImage, testing::ValuesIn(test::ThreeModels()), test::TestName);

TEST_P(BadImage, OfAnotherModelIsRefused) {
  for (const std::string& model : test::ThreeModels()) {
    if (model == GetParam()) continue;
    EXPECT_EQ(Refusal(test::BuildImage(model)), "IMAGE_MODEL_MISMATCH") << model;
  }
}

TEST_P(BadImage, OfTheWrongSizeTruncatedBlankOrNoImageIsRefused) {
  const Bytes good = test::BuildImage(GetParam());
  EXPECT_EQ(Refusal(Slice(good, 0, good.size() - 512)), "IMAGE_TRUNCATED");
  EXPECT_EQ(Refusal(Bytes(good.size(), 0xff)), "IMAGE_BLANK");
  EXPECT_EQ(Refusal(test::BuildEeprom(GetParam())), "IMAGE_IS_EEPROM");
  Bytes noise(good.size());
  uint32_t state = 1;
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>((state = state * 1664525 + 1) >> 24);
  EXPECT_EQ(Refusal(noise), "IMAGE_NOT_RECOGNISED");
}

TEST(BadImage, OfHalfTheChipIsTheWrongSize) {
  BenchFixture bench("LTR-48246S");
  const Bytes half =
      test::BuildImage(images::SyntheticImage{.model = "LTR-48246S", .size_bytes = 256 * 1024});
  EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(half)))),
            "IMAGE_SIZE_WRONG");
}

TEST(BadSpec, NamesWhatIsMissingOrTooMuch) {
  BenchFixture bench("LTR-48246S");
  const std::string image = bench.AddImage(bench.NewFirmware());
  const JobView backup = bench.Backup();
  const std::string dump = bench.DumpsOf(backup, "firmware", "backup").at(0).id;
  const auto reason = [&](Kind kind, const std::string& with_image, const std::string& with_dump,
                          const std::string& memory = "all") {
    JobSpec spec;
    spec.kind = kind;
    spec.drive_id = bench.drive_id();
    spec.memory = memory;
    spec.image_id = with_image;
    spec.dump_id = with_dump;
    return ReasonOf(bench.engine().MakePlanFor(spec));
  };
  EXPECT_EQ(reason(Kind::kFlash, "", ""), "IMAGE_REQUIRED");
  EXPECT_EQ(reason(Kind::kRestore, "", ""), "DUMP_REQUIRED");
  EXPECT_EQ(reason(Kind::kEepromRestore, "", ""), "DUMP_REQUIRED");
  EXPECT_EQ(reason(Kind::kVerify, "", ""), "REFERENCE_REQUIRED");
  EXPECT_EQ(reason(Kind::kVerify, image, dump), "REFERENCE_REQUIRED");
  EXPECT_EQ(reason(Kind::kBackup, "", "", "boot"), "MEMORY_UNKNOWN");
  EXPECT_EQ(reason(Kind::kBackup, "", "", "'; DROP TABLE jobs"), "MEMORY_UNKNOWN");
  // An image must not come in where a dump is asked for, nor the other way round.
  EXPECT_EQ(reason(Kind::kBackup, image, ""), "REFERENCE_UNEXPECTED");
  EXPECT_EQ(reason(Kind::kFlash, image, dump), "REFERENCE_UNEXPECTED");
  EXPECT_EQ(reason(Kind::kRestore, image, dump), "REFERENCE_UNEXPECTED");
  EXPECT_EQ(reason(Kind::kEepromRestore, image, dump), "REFERENCE_UNEXPECTED");
  EXPECT_EQ(reason(Kind::kFlash, "01hgw2bbg0000000000000000a", ""), "IMAGE_NOT_FOUND");
  EXPECT_EQ(reason(Kind::kRestore, "", "01hgw2bbg0000000000000000a"), "DUMP_NOT_FOUND");
}

TEST(BadDrive, UnknownOnesHaveNoPlan) {
  BenchFixture bench("LTR-48246S");
  JobSpec spec = bench.BackupOf("bay 1");
  spec.drive_id = "01hgw2bbg0000000000000000a";
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "DRIVE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "DRIVE_NOT_FOUND");
}

TEST(BadDrive, OfAnUnknownModelStaysUntouched) {
  BenchFixture bench("LTR-48246S");
  const std::string image = bench.AddImage(bench.NewFirmware());
  bench.drive().PlugAs({"ACME", "CD-RW 9000", "X001", "", ""});
  ASSERT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
  EXPECT_EQ(ReasonOf(bench.Submit(bench.BackupOf("bay 1"))), "DRIVE_UNKNOWN");
  EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf("bay 1", image))), "DRIVE_UNKNOWN");
}

TEST(BadDrive, UnpluggedBeforeThePlan) {
  BenchFixture bench("LTR-48246S");
  const std::string image = bench.AddImage(bench.NewFirmware());
  bench.drive().Unplug();
  const JobSpec spec = bench.FlashOf("bay 1", image);
  const Plan plan = Must(bench.engine().MakePlanFor(spec));
  ASSERT_FALSE(plan.problems.empty());
  EXPECT_EQ(plan.problems.front().reason, "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(bench.Submit(spec)), "DRIVE_GONE");
  EXPECT_EQ(ReasonOf(bench.Submit(bench.BackupOf("bay 1"))), "DRIVE_GONE");
}

TEST(BadDrive, UnpluggedBetweenPlanAndJob) {
  BenchFixture bench("LTR-48246S");
  const CreateRequest request =
      bench.Request(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware())));
  bench.drive().Unplug();
  EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "DRIVE_GONE");
}

TEST(BadDrive, UnpluggedInTheMiddleOfARead) {
  for (const std::string& model : test::ThreeModels()) {
    BenchFixture bench(model);
    const uint64_t so_far = bench.drive().counters().scsi_commands;
    // In the second of the three EEPROM reads.
    bench.drive().AddFault({.kind = FaultKind::kGone, .at = {.command = so_far + 60}});
    const JobView job = bench.Backup();
    EXPECT_EQ(job.row.result, "FAILED") << model;
    EXPECT_EQ(job.row.error_reason, "DRIVE_GONE") << model;
    EXPECT_EQ(job.row.outcome, "UNCHANGED") << model;
    EXPECT_EQ(job.row.drive_state, "untouched") << model;
    EXPECT_TRUE(job.dump_ids.empty()) << model;
    EXPECT_EQ(bench.snapshot()->condition, inventory::DriveCondition::kGone) << model;
  }
}

TEST(BadDrive, UnpluggedInTheMiddleOfAWrite) {
  for (const std::string& model : test::ThreeModels()) {
    BenchFixture bench(model);
    bench.drive().AddFault({.kind = FaultKind::kGone, .at = {.write = 3}});
    const JobView job = bench.Flash("bay 1", bench.NewFirmware());
    EXPECT_EQ(job.row.result, "FAILED") << model;
    EXPECT_EQ(job.row.outcome, "UNKNOWN") << model;
    EXPECT_EQ(job.row.eeprom_check, "NOT_READ") << model;
    EXPECT_EQ(job.row.drive_state, "unknown") << model;
    EXPECT_EQ(bench.QuarantinesInForce(), (std::vector<std::string>{"drive", "unit"})) << model;
    bench.drive().Plug();
    ASSERT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
    EXPECT_FALSE(bench.snapshot()->quarantine.empty()) << model;
  }
}

TEST(BadDrive, ADiscInsideIsTakenOutFirst) {
  BenchFixture bench("LTR-48246S");
  bench.drive().SetDisc(true);
  const Bytes target = bench.NewFirmware();
  const JobView job = bench.Flash("bay 1", target);
  EXPECT_EQ(job.row.result, "REFUSED");
  EXPECT_EQ(job.row.error_reason, "MEDIUM_PRESENT");
  EXPECT_EQ(job.row.outcome, "NOT_STARTED");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().counters().vendor_entries, 0u);
  EXPECT_EQ(bench.Backup("bay 1", "eeprom").row.result, "SUCCEEDED") << "reading is fine";
  bench.drive().SetDisc(false);
  EXPECT_EQ(bench.Flash("bay 1", target).row.outcome, "CHANGED_VERIFIED");
}

TEST(BadDrive, TwoThatLookTheSameAreNotWritten) {
  BenchFixture bench(test::Drives{{.model = "LTR-48246S", .bay = "bay 1"},
                                  {.model = "LTR-48246S", .bay = "bay 2"}});
  const Bytes target = bench.NewFirmware("bay 1");
  const std::string image = bench.AddImage(target);
  for (const char* bay : {"bay 1", "bay 2"}) {
    EXPECT_EQ(ReasonOf(bench.Submit(bench.FlashOf(bay, image))), "UNIT_AMBIGUOUS");
    EXPECT_EQ(bench.drive(bay).counters().destructive_commands, 0u);
  }
  // A backup is allowed; it belongs to nobody until a person says so.
  const JobView backup = bench.Backup("bay 1", "eeprom");
  EXPECT_EQ(backup.row.unit_id, "");
  EXPECT_EQ(bench.DumpsOf(backup, "eeprom", "backup").at(0).attribution, "unidentified");
  bench.drive("bay 2").Unplug();
  EXPECT_EQ(bench.Flash("bay 1", target).row.outcome, "CHANGED_VERIFIED");
}

TEST(BadDrive, ATwinThatComesWhileTheJobWaitsIsNoticed) {
  BenchFixture bench(test::Drives{{.model = "LTR-48246S", .bay = "bay 1"},
                                  {.model = "LTR-48246S", .bay = "bay 2"}});
  bench.drive("bay 2").Unplug();
  const CreateRequest request =
      bench.Request(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware("bay 1"))));
  bench.drive("bay 2").Plug();
  ASSERT_TRUE(bench.WaitUntil(
      [&] { return bench.snapshot("bay 1")->unit.verdict == inventory::UnitVerdict::kAmbiguous; }));
  EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "ETAG_STALE");
}

TEST(BadRequest, ARepeatedOneGivesTheSameJob) {
  BenchFixture bench("LTR-48246S");
  const CreateRequest request = bench.Request(bench.BackupOf("bay 1", "eeprom"));
  const JobView first = Must(bench.engine().Create(request));
  EXPECT_EQ(Must(bench.engine().Create(request)).row.id, first.row.id);
  bench.WaitClosed(first.row.id);
  // Also when it is closed, and its etag long stale.
  EXPECT_EQ(Must(bench.engine().Create(request)).row.id, first.row.id);
  CreateRequest other = request;
  other.spec.memory = "firmware";
  EXPECT_EQ(ReasonOf(bench.engine().Create(other)), "REQUEST_ID_REUSED");
  other = request;
  other.principal = "user/bert";
  EXPECT_EQ(ReasonOf(bench.engine().Create(other)), "REQUEST_ID_REUSED");
  EXPECT_EQ(Must(bench.ledger().ListJobs({}, {.size = 10})).rows.size(), 1u);
}

TEST(BadRequest, TheSameOneFromManyThreadsAtOnceIsOneJob) {
  BenchFixture bench("LTR-48246S");
  const CreateRequest request = bench.Request(bench.BackupOf("bay 1", "eeprom"));
  std::vector<std::string> ids(8);
  {
    std::vector<std::jthread> clients;
    for (std::string& id : ids) {
      clients.emplace_back([&] {
        const auto job = bench.engine().Create(request);
        id = job ? job->row.id : job.error().ToString();
      });
    }
  }
  for (const std::string& id : ids) EXPECT_EQ(id, ids.front());
  bench.WaitClosed(ids.front());
  EXPECT_EQ(Must(bench.ledger().ListJobs({}, {.size = 10})).rows.size(), 1u);
}

// Changes one byte of a stored blob behind the ledger's back.
void Damage(const std::string& path, const std::string& sha256) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 10000);
  const std::string sql = fmt::format(
      "PRAGMA ignore_check_constraints=ON; DROP TRIGGER blob_chunks_no_update;"
      "UPDATE blob_chunks SET codec = 'raw', data = zeroblob(length(data)) WHERE idx = 0 AND "
      "blob_seq = (SELECT seq FROM blobs WHERE sha256 = '{}');",
      sha256);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

TEST(BadDump, WhoseBlobIsDamagedIsNotWritten) {
  BenchFixture bench("LTR-48246S");
  const JobView backup = bench.Backup("bay 1", "firmware");
  const auto dump = bench.DumpsOf(backup, "firmware", "backup").at(0);
  const JobSpec spec = bench.RestoreOf("bay 1", dump.id);
  const CreateRequest request = bench.Request(spec);
  Damage(bench.ledger_path(), dump.sha256);
  EXPECT_EQ(ReasonOf(bench.engine().MakePlanFor(spec)), "BLOB_CORRUPT");
  EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "BLOB_CORRUPT");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

}  // namespace
}  // namespace firmbench::jobs
