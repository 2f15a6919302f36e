// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/retention.h"

#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::Must;

constexpr int64_t kDay = 86'400'000'000;

class Retention : public testing::Test {
 protected:
  Retention() : ledger_(Must(storage::OpenLedger({.path = folder_.Path("ledger.db")}))) {}

  std::string AddUnit() {
    std::string id;
    Must(ledger_->Commit([&](storage::Transaction& tx) -> Status {
      id = tx.NewId();
      RETURN_IF_ERROR(tx.InsertUnit({.id = id, .family = "f", .model = "m"}));
      return Ok();
    }));
    return id;
  }
  storage::Job AddJob(const std::string& unit_id, const std::string& outcome,
                      const std::string& result, const std::string& recovers = "") {
    storage::Job job;
    Must(ledger_->Commit([&](storage::Transaction& tx) {
      job.id = tx.NewId();
      job.kind = "flash";
      job.unit_id = unit_id;
      job.memory = "firmware";
      job.state = result.empty() ? "WRITING" : "CLOSED";
      job.result = result;
      job.outcome = outcome;
      job.recovers = recovers;
      return tx.InsertJob(job);
    }));
    return job;
  }
  // A dump that was read on that day.
  std::string AddDump(const std::string& unit_id, int64_t day,
                      const std::string& memory = "firmware", const std::string& job_id = "",
                      const std::string& purpose = "backup") {
    storage::Dump dump;
    Must(ledger_->Commit([&](storage::Transaction& tx) -> Status {
      ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(AsBytes("firmware")));
      dump.id = tx.NewId();
      dump.memory = memory;
      dump.purpose = purpose;
      dump.job_id = job_id;
      dump.evidence = "observed";
      dump.size_bytes = 8;
      dump.created_us = day * kDay;
      RETURN_IF_ERROR(tx.InsertDump(dump));
      if (unit_id.empty()) return Ok();
      return tx.InsertAttribution(
          {.id = tx.NewId(), .dump_id = dump.id, .kind = "unit", .unit_id = unit_id});
    }));
    return dump.id;
  }
  RetentionReport Archive(int64_t before_day, bool only_look = false) {
    return Must(ArchiveOldDumps(*ledger_, {.before_us = before_day * kDay,
                                           .only_look = only_look,
                                           .principal = "user/anna",
                                           .reason = "yearly"}));
  }
  using Ids = std::vector<std::string>;

  test::TempFolder folder_;
  std::unique_ptr<storage::Ledger> ledger_;
};

TEST_F(Retention, KeepsTheNewestAndTheOldestOfEachUnitAndMemory) {
  const std::string unit = AddUnit();
  AddDump(unit, 1);
  const std::string second = AddDump(unit, 2);
  const std::string eeprom = AddDump(unit, 2, "eeprom");
  const std::string third = AddDump(unit, 3);
  AddDump(unit, 4);
  const RetentionReport report = Archive(100);
  EXPECT_EQ(report.archived, (Ids{third, second}));
  EXPECT_EQ(report.archived_bytes, 16);
  EXPECT_EQ(report.kept_as_end, 3);
  EXPECT_TRUE(Must(ledger_->GetDump(third)).archived);
  EXPECT_FALSE(Must(ledger_->GetDump(eeprom)).archived);
  EXPECT_EQ(Must(ledger_->ListDumps({.unit_id = unit}, {})).rows.size(), 3u);
  EXPECT_EQ(Must(ledger_->ReadBlob(Must(ledger_->GetDump(third)).sha256)).size(), 8u);
  EXPECT_EQ(Must(ledger_->Verify()).problems, Ids{});
  // Again: there is nothing left to do, and nothing is said of it.
  const int64_t entries = Must(ledger_->AuditSize());
  EXPECT_TRUE(Archive(100).archived.empty());
  EXPECT_EQ(Must(ledger_->AuditSize()), entries);
}

TEST_F(Retention, IsOneEntryThatProvesWhichDumps) {
  const std::string unit = AddUnit();
  AddDump(unit, 1);
  const std::string middle = AddDump(unit, 2);
  AddDump(unit, 3);
  EXPECT_EQ(Archive(100, true).archived, Ids{middle});
  EXPECT_FALSE(Must(ledger_->GetDump(middle)).archived);  // only looked
  EXPECT_EQ(Must(ledger_->AuditSize()), 0);
  Archive(100);
  const auto entries = Must(ledger_->ListAudit({.action = "ledger.archive"}, {})).rows;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_NE(entries[0].json.find("\"dumps\":\"1\""), std::string::npos) << entries[0].json;
  EXPECT_NE(entries[0].json.find(Sha256Hex(AsBytes(middle + "\n"))), std::string::npos);
  EXPECT_EQ(entries[0].principal, "user/anna");
}

TEST_F(Retention, LeavesYoungDumpsAndThoseOfNobody) {
  const std::string unit = AddUnit();
  AddDump(unit, 1);
  AddDump(unit, 50);
  AddDump(unit, 60);
  AddDump("", 1);
  const RetentionReport report = Archive(50);
  EXPECT_TRUE(report.archived.empty());
  EXPECT_EQ(report.kept_without_unit, 1);
  EXPECT_EQ(report.kept_as_end, 1);
}

TEST_F(Retention, ReadsThatDisagreeAreNoEnd) {
  const std::string unit = AddUnit();
  const std::string first = AddDump(unit, 1, "firmware", "", "disagreeing");
  AddDump(unit, 2);
  const std::string last = AddDump(unit, 3, "firmware", "", "disagreeing");
  EXPECT_EQ(Archive(100).archived, (Ids{last, first}));
}

TEST_F(Retention, AMergedUnitIsOneUnit) {
  const std::string unit = AddUnit();
  const std::string other = AddUnit();
  AddDump(unit, 1);
  const std::string middle = AddDump(other, 2);
  AddDump(unit, 3);
  EXPECT_TRUE(Archive(100).archived.empty());
  storage::Unit merged = Must(ledger_->GetUnit(other));
  merged.merged_into = unit;
  Must(ledger_->Commit([&](storage::Transaction& tx) { return tx.UpdateUnit(merged); }));
  EXPECT_EQ(Archive(100).archived, Ids{middle});
}

// What a job that is not settled may have to go back to stays in the lists, whole.
TEST_F(Retention, KeepsAllOfAUnitWhoseJobsAreNotSettled) {
  struct Case {
    const char* outcome;
    const char* result;
    bool kept;
  };
  for (const Case& one :
       {Case{"", "", true}, Case{"UNKNOWN", "FAILED", true},
        Case{"CHANGED_UNVERIFIED", "FAILED", true}, Case{"CHANGED_VERIFIED", "SUCCEEDED", false}}) {
    const std::string unit = AddUnit();
    for (int day = 1; day <= 3; ++day) AddDump(unit, day);
    const storage::Job job = AddJob(unit, one.outcome, one.result);
    const std::string elsewhere = AddUnit();  // read by that job, but said to be another unit's
    for (int day = 1; day <= 3; ++day) AddDump(elsewhere, day, "firmware", job.id);
    const RetentionReport report = Archive(100, true);
    EXPECT_EQ(report.archived.size(), one.kept ? 0u : 2u) << one.outcome;
    EXPECT_EQ(report.kept_for_job, one.kept ? 6 : 0) << one.outcome;
    Must(ledger_->Commit([&](storage::Transaction& tx) -> Status {  // out of the next case's way
      storage::Job done = job;
      if (!done.result.empty()) return Ok();
      done.state = "CLOSED";
      done.result = "SUCCEEDED";
      return tx.UpdateJob(done);
    }));
    if (std::string(one.result) == "FAILED") AddJob(unit, "CHANGED_VERIFIED", "SUCCEEDED", job.id);
    Archive(100);
  }
}

TEST_F(Retention, AJobThatWasRecoveredIsSettled) {
  const std::string unit = AddUnit();
  AddDump(unit, 1);
  const std::string middle = AddDump(unit, 2);
  AddDump(unit, 3);
  const storage::Job cut = AddJob(unit, "UNKNOWN", "FAILED");
  const storage::Job failed = AddJob(unit, "UNKNOWN", "FAILED", cut.id);
  EXPECT_EQ(Archive(100).kept_for_job, 3);
  AddJob(unit, "CHANGED_VERIFIED", "SUCCEEDED", failed.id);
  EXPECT_EQ(Archive(100).archived, Ids{middle});
}

}  // namespace
}  // namespace firmbench::jobs
