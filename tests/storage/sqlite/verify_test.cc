// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/verify.h"

#include <cstdio>
#include <set>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class Verification : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    FillEveryTable(ledger());
    Close();
  }
  // What Verify says after `sql` was done to a copy; an open that is refused counts as noticed.
  std::vector<std::string> After(const std::string& sql) {
    const std::string copy = folder_.Path("copy.db");
    Copy(copy);
    {
      RawDatabase raw(copy, true);
      EXPECT_EQ(raw.Exec(sql), "") << sql;
    }
    return ProblemsOf(copy);
  }
  void Copy(const std::string& to) {
    for (const char* const suffix : {"-wal", "-shm"}) std::filesystem::remove(to + suffix);
    std::filesystem::copy_file(path(), to, std::filesystem::copy_options::overwrite_existing);
  }
  static std::vector<std::string> ProblemsOf(const std::string& path) {
    const auto opened = OpenLedger({.path = path, .create = false});
    if (!opened) return {opened.error().ToString()};
    const auto report = (*opened)->Verify();
    return report ? report->problems : std::vector<std::string>{report.error().ToString()};
  }
};

TEST_F(Verification, OfAGoodLedgerFindsNothingAndCounts) {
  Open();
  const auto report = ledger().Verify();
  ASSERT_OK(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->entries, 6);
  EXPECT_EQ(report->checkpoints, 1);
  EXPECT_EQ(report->notes, std::vector<std::string>{});
  EXPECT_EQ(report->blobs, 2);
  EXPECT_EQ(report->blob_bytes, 100'009);
  EXPECT_EQ(report->root_hash.size(), 64u);
}

TEST_F(Verification, OfAnEmptyLedgerFindsNothing) {
  const auto opened = OpenLedger({.path = folder_.Path("empty.db")});
  ASSERT_OK(opened);
  const auto report = (*opened)->Verify();
  ASSERT_OK(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->root_hash, Sha256Hex({}));
}

// Changes one value of one row, for every column of every table.
TEST_F(Verification, NoticesAChangedValueInEveryColumnOfEveryTable) {
  // What is not covered: when a migration ran, and the count of transactions.
  const std::set<std::string> uncovered = {"migrations.applied_us"};
  RawDatabase raw(path());
  int columns = 0;
  for (const auto& table : raw.Query("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                     " AND name NOT LIKE 'sqlite_%' AND"
                                     " (name NOT LIKE 'search%' OR name = 'search_texts')")) {
    // The last row; of the bench its id, as the count of transactions may be anything.
    const std::string keys = raw.Query(
                                    "SELECT group_concat(name) FROM (SELECT name FROM"
                                    " pragma_table_info('" +
                                    table + "') WHERE pk > 0 ORDER BY pk)")
                                 .at(0);
    const std::string row = "(" + keys + ") = (SELECT " + keys + " FROM " + table +
                            (table == "bench" ? " WHERE key = 'bench_id'" : "") + " ORDER BY (" +
                            keys.substr(0, keys.find(',')) + ") DESC LIMIT 1)";
    for (const auto& column : raw.Query("SELECT name FROM pragma_table_info('" + table + "')")) {
      if (uncovered.contains(table + "." + column)) continue;
      const std::string c = '"' + column + '"';
      const std::string other_byte =
          "CASE substr(" + c + ", 1, 1) WHEN x'55' THEN x'AA' ELSE x'55' END";
      const std::string sql =
          "UPDATE " + table + " SET " + c + " = CASE typeof(" + c + ") WHEN 'integer' THEN " + c +
          " + 100 WHEN 'blob' THEN CAST(" + other_byte + " || substr(" + c +
          ", 2) AS BLOB) WHEN 'null' THEN 'x' ELSE 'x' || substr(" + c + ", 2) END WHERE " + row;
      EXPECT_FALSE(After(sql).empty()) << sql;
      ++columns;
    }
  }
  EXPECT_GT(columns, 100);
}

TEST_F(Verification, NoticesAMissingRowInEveryTable) {
  RawDatabase raw(path());
  for (const char* const table :
       {"units", "dumps", "blobs", "blob_chunks", "images", "jobs", "migrations", "audit_nodes"}) {
    EXPECT_FALSE(After(std::string("DELETE FROM ") + table).empty()) << table;
  }
  EXPECT_FALSE(After("INSERT INTO unit_evidence SELECT 3, 'x', unit_id, kind, value, job_id,"
                     " seen_us, row_sha256 FROM unit_evidence")
                   .empty());
  EXPECT_FALSE(After("DELETE FROM audit_entries WHERE sequence = 0").empty());
  EXPECT_FALSE(After("DELETE FROM audit_entries WHERE sequence = 2").empty());
  EXPECT_FALSE(After("DELETE FROM audit_entries WHERE sequence = 3").empty());
}

TEST_F(Verification, NamesTheProblemInWords) {
  const auto has = [](const std::vector<std::string>& problems, const std::string& words) {
    for (const auto& problem : problems) {
      if (problem.find(words) != std::string::npos) return true;
    }
    ADD_FAILURE() << words << " is not in " << testing::PrintToString(problems);
    return false;
  };
  has(After("UPDATE audit_entries SET json = replace(json, 'anna', 'eve') WHERE sequence = 2"),
      "audit entry 2: its leaf hash is not that of its text");
  has(After("UPDATE audit_entries SET principal = 'user/eve' WHERE sequence = 1"),
      "audit entry 1: its principal is not what its text says");
  has(After("DELETE FROM audit_entries WHERE sequence = 1"), "audit entry 1 is missing");
  has(After("UPDATE audit_nodes SET hash = zeroblob(32) WHERE level = 2"),
      "node 0 of level 2 of the audit tree differs from its entries");
  has(After("INSERT INTO audit_nodes VALUES (9, 0, zeroblob(32))"),
      "the audit tree has 5 stored nodes instead of 4");
  has(After("UPDATE dumps SET revision = 'FAKE'"), ": its row differs from its digest");
  has(After("UPDATE dumps SET revision = 'FAKE'"), "dump dumps/");
  has(After("UPDATE dump_attributions SET reason = 'x'"), "a row of dump_attributions (id ");
  has(After("UPDATE blob_chunks SET data = CAST(x'00' || substr(data, 2) AS BLOB)"), " (dumps/");
  has(After("UPDATE blob_chunks SET data = CAST(x'00' || substr(data, 2) AS BLOB)"),
      ", its trace)");
  has(After("DELETE FROM blob_chunks WHERE idx = 1"), "a chunk is missing");
  has(After("DELETE FROM blobs"), "its blob is missing");
  has(After("UPDATE customers SET customer = 'Eve'"), "a row of customers (id ");
  has(After("UPDATE search_texts SET text = 'Eve' WHERE field = 'customer'"),
      "a search finds 1 texts that no row holds");
  has(After("DELETE FROM search_texts WHERE field = 'ticket'"),
      "1 texts cannot be found by a search");
  has(After("INSERT INTO search (search) VALUES ('delete-all')"),
      "texts are missing in the search index");
  has(After("INSERT INTO blob_chunks SELECT blob_seq, 7, codec, data FROM blob_chunks LIMIT 1"),
      "there are 1 blob chunks that belong to no blob");
}

// Whoever changes an entry and its leaf hash still has the tree against him.
TEST_F(Verification, NoticesAnEntryThatWasRewrittenWithItsLeafHash) {
  Open();
  AuditEntry entry = ledger().ListAudit({}, {})->rows.at(4);
  Close();
  ASSERT_EQ(entry.sequence, 1);
  const size_t at = entry.json.find("anna");
  entry.json.replace(at, 4, "evee");
  Bytes leaf{0};
  leaf.insert(leaf.end(), entry.json.begin(), entry.json.end());
  const auto problems = After("UPDATE audit_entries SET json = '" + entry.json +
                              "', principal = 'user/evee', leaf_hash = x'" + Sha256Hex(leaf) +
                              "' WHERE sequence = 1");
  EXPECT_EQ(problems, (std::vector<std::string>{
                          "node 0 of level 1 of the audit tree differs from its entries",
                          "node 0 of level 2 of the audit tree differs from its entries",
                          "checkpoint of 6 entries: the entries have another root than was "
                          "signed"}));
}

// Even who computes the whole tree anew has the signature against him.
TEST_F(Verification, NamesWhatIsWrongWithACheckpoint) {
  const std::string text = RawDatabase(path()).Query("SELECT text FROM checkpoints").at(0);
  const auto problems = [&](const std::string& column, const std::string& value) {
    return After("UPDATE checkpoints SET " + column + " = " + value);
  };
  const auto has = [](const std::vector<std::string>& all, const std::string& wanted) {
    EXPECT_NE(std::find(all.begin(), all.end(), wanted), all.end())
        << wanted << " is not in " << testing::PrintToString(all);
  };
  has(problems("root_hash", "replace(root_hash, substr(root_hash, 1, 1), 'z')"),
      "checkpoint of 6 entries: the entries have another root than was signed");
  has(problems("text", "replace(text, '— ', '- ')"),
      "checkpoint of 6 entries: not a signed checkpoint: its signature has another form");
  has(problems("text", "replace(text, char(10) || '6' || char(10), char(10) || '5' || char(10))"),
      "checkpoint of 6 entries: its text says something else than its row");
  has(problems("text", "replace(text, char(10) || '6' || char(10), char(10) || '5' || char(10))"),
      "checkpoint of 6 entries: no key that the log names has signed it");
  has(problems("tree_size", "5"),
      "checkpoint of 5 entries: no key that the log names has signed it");
  has(problems("tree_size", "60"),
      "checkpoint of 60 entries: the log has only 6: it was put back to an earlier state");
}

TEST_F(Verification, SaysThatAnotherKeySignsFromHereOn) {
  Open();
  SignTree(ledger(), audit::SigningKey::Make().value());
  const auto report = ledger().Verify();
  ASSERT_OK(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->checkpoints, 2);
  EXPECT_EQ(report->notes, std::vector<std::string>{"entry 6: from here on another key signs: ?"});
}

// Entries that are cut off at the end leave a tree that is right in itself.
TEST_F(Verification, NoticesALogThatWasCutOffAtItsEnd) {
  const auto problems = After(
      "DELETE FROM audit_entries WHERE sequence = 5;"
      "DELETE FROM audit_nodes WHERE level = 1 AND idx = 2");
  EXPECT_EQ(problems, (std::vector<std::string>{
                          "checkpoint of 6 entries: the log has only 5: it was put back to an "
                          "earlier state"}));
}

// Any byte of the file: whatever is damaged, the answer is an error or a list, never a crash.
TEST_F(Verification, SurvivesDamageAnywhereInTheFile) {
  const std::string copy = folder_.Path("copy.db");
  const auto size = static_cast<long>(std::filesystem::file_size(path()));
  int noticed = 0;
  int tried = 0;
  for (long at = 17; at < size; at += 1531, ++tried) {
    Copy(copy);
    std::FILE* file = std::fopen(copy.c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    std::fseek(file, at, SEEK_SET);
    const int byte = std::fgetc(file);
    std::fseek(file, at, SEEK_SET);
    std::fputc(byte ^ 0x5A, file);
    std::fclose(file);
    if (!ProblemsOf(copy).empty()) ++noticed;
  }
  EXPECT_GT(tried, 50);
  EXPECT_GT(noticed, tried / 6);  // the rest is free space inside pages
}

TEST_F(Verification, GoesOnBesideCommits) {
  Open();
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      // From within a change that is not yet committed: Verify sees the state before it.
      const auto report = ledger().Verify();
      EXPECT_EQ(report->entries, 6 + i);
      EXPECT_TRUE(report->problems.empty());
      return Ok();
    }));
  }
}

}  // namespace
}  // namespace firmbench::storage
