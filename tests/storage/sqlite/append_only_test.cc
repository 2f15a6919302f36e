// SPDX-License-Identifier: Apache-2.0
// Dumps, jobs and audit entries are never deleted or rewritten: not by any program that uses SQL.

#include <set>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class AppendOnly : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    FillEveryTable(ledger());
  }
};

TEST_F(AppendOnly, NoTableLosesARow) {
  RawDatabase raw(path());
  const auto tables = raw.Query(
      "SELECT name FROM sqlite_schema WHERE type = 'table'"
      " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search%'");  // derived from the others
  EXPECT_EQ(tables.size(), 29u);
  for (const auto& table : tables) {
    EXPECT_NE(raw.Query("SELECT count(*) FROM " + table).at(0), "0") << table << " was not filled";
    EXPECT_NE(raw.Exec("DELETE FROM " + table).find("never deleted"), std::string::npos) << table;
  }
}

TEST_F(AppendOnly, OnlyTheNamedColumnsChange) {
  const std::set<std::string> changeable = {"bench.value",
                                            "units.label",
                                            "units.note",
                                            "units.archived",
                                            "units.merged_into",
                                            "units.row_sha256",
                                            "jobs.unit_id",
                                            "jobs.state",
                                            "jobs.result",
                                            "jobs.outcome",
                                            "jobs.eeprom_check",
                                            "jobs.error_reason",
                                            "jobs.error_message",
                                            "jobs.error_remedy",
                                            "jobs.drive_state",
                                            "jobs.started_us",
                                            "jobs.write_started_us",
                                            "jobs.ended_us",
                                            "jobs.attempts",
                                            "jobs.cancelled_by",
                                            "jobs.row_sha256",
                                            "job_steps.outcome",
                                            "job_steps.note",
                                            "job_steps.started_us",
                                            "job_steps.ended_us",
                                            "job_steps.row_sha256",
                                            "quarantines.lifted_us",
                                            "quarantines.lifted_by",
                                            "quarantines.lift_reason",
                                            "quarantines.row_sha256",
                                            "claims.expires_us",
                                            "claims.released_us",
                                            "claims.released_by",
                                            "claims.row_sha256",
                                            "credentials.ended_us",
                                            "credentials.ended_by",
                                            "credentials.end_reason",
                                            "credentials.row_sha256"};
  RawDatabase raw(path());
  std::set<std::string> changed;
  for (const auto& table : raw.Query("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                     " AND name NOT LIKE 'sqlite_%'"
                                     " AND name NOT LIKE 'search%'")) {
    // Of the bench only the count of transactions may change.
    const std::string where = table == "bench" ? " WHERE key = 'commits'" : "";
    for (const auto& column : raw.Query("SELECT name FROM pragma_table_info('" + table + "')")) {
      raw.Exec("SAVEPOINT try");
      if (raw.Exec("UPDATE " + table + " SET " + column + " = " + column + where).empty()) {
        changed.insert(table + "." + column);
      }
      raw.Exec("ROLLBACK TO try; RELEASE try");
    }
  }
  EXPECT_EQ(changed, changeable);
  EXPECT_NE(raw.Exec("UPDATE bench SET value = 'x' WHERE key = 'bench_id'"), "");
}

TEST_F(AppendOnly, AClosedJobIsClosedForEver) {
  Job job = ledger().ListJobs({}, {})->rows.at(0);
  job.state = "CLOSED";
  job.result = "FAILED";
  const auto update = [&] {
    return ledger().Commit([&](Transaction& tx) { return tx.UpdateJob(job); });
  };
  ASSERT_OK(update());
  job.result = "SUCCEEDED";
  EXPECT_EQ(ReasonOf(update()), "LEDGER_CONSTRAINT");
  EXPECT_EQ(ledger().GetJob(job.id)->result, "FAILED");
}

TEST_F(AppendOnly, ThatAWriteStartedIsNeverTakenBack) {
  Job job = ledger().ListJobs({}, {})->rows.at(0);
  job.state = "WRITING";
  job.write_started_us = 77;
  const auto update = [&] {
    return ledger().Commit([&](Transaction& tx) { return tx.UpdateJob(job); });
  };
  ASSERT_OK(update());
  job.write_started_us = 0;
  EXPECT_EQ(ReasonOf(update()), "LEDGER_CONSTRAINT");
  EXPECT_EQ(ledger().GetJob(job.id)->write_started_us, 77);
}

TEST_F(AppendOnly, AReleasedClaimNeverChanges) {
  Claim claim = ledger().ListClaims("drive1", true)->at(0);
  claim.expires_us += 1'000'000;
  const auto update = [&] {
    return ledger().Commit([&](Transaction& tx) { return tx.UpdateClaim(claim); });
  };
  ASSERT_OK(update());
  claim.released_us = claim.since_us + 5;
  claim.released_by = "user/bert";
  ASSERT_OK(update());
  claim.released_us = 0;
  EXPECT_EQ(ReasonOf(update()), "LEDGER_CONSTRAINT");
  EXPECT_EQ(ledger().ListClaims("drive1", false)->at(0).released_by, "user/bert");
  EXPECT_TRUE(ledger().ListClaims("drive1", true)->empty());
}

TEST_F(AppendOnly, WhatIsSaidOfAUnitAndItsCustomerCanOnlyBeErased) {
  RawDatabase raw(path());
  EXPECT_NE(raw.Exec("UPDATE unit_events SET text = 'another'"), "");
  EXPECT_NE(raw.Exec("UPDATE unit_events SET text = 'another', erased_us = 5"), "");
  EXPECT_NE(raw.Exec("UPDATE unit_events SET text = ''"), "");
  EXPECT_NE(raw.Exec("UPDATE customers SET customer = '', erased_us = 5"), "");  // not the ticket
  EXPECT_EQ(raw.Exec("UPDATE unit_events SET text = '', erased_us = 5"), "");
  EXPECT_EQ(raw.Exec("UPDATE customers SET customer = '', ticket = '', erased_us = 5"), "");
  EXPECT_NE(raw.Exec("UPDATE unit_events SET erased_us = 6"), "");
  EXPECT_NE(raw.Exec("UPDATE customers SET erased_us = 6"), "");
}

TEST_F(AppendOnly, AReplacementIsADeletionToo) {
  RawDatabase raw(path());
  raw.Exec("PRAGMA recursive_triggers = ON");
  EXPECT_NE(raw.Exec("REPLACE INTO audit_nodes SELECT level, idx, zeroblob(32) FROM audit_nodes"),
            "");
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

}  // namespace
}  // namespace firmbench::storage
