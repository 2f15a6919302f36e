// SPDX-License-Identifier: Apache-2.0
// Copies of the ledger, and putting them back.

#include "storage/ledger_file.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void Write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

class LedgerFiles : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    FillEveryTable(ledger());
    entries_ = *ledger().AuditSize();
  }
  Status AddEntry() {
    return ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    });
  }
  // Saves a copy as a client would.
  std::string SaveCopy() {
    const auto copy = CopyLedger(path());
    EXPECT_OK(copy);
    if (!copy) return "";
    std::string content(static_cast<size_t>(copy->size_bytes), '\0');
    EXPECT_EQ(::pread(copy->file.get(), content.data(), content.size(), 0), std::ssize(content));
    EXPECT_EQ(Sha256Hex(AsBytes(content)), copy->sha256);
    const std::string path = folder_.Path("copy.db");
    Write(path, content);
    return path;
  }
  Result<RestoredLedger> Restore(const std::string& file, const std::string& bench_id = "") {
    return RestoreLedger({.file = file,
                          .path = path(),
                          .bench_id = bench_id,
                          .principal = "local uid 0",
                          .clock = &clock_});
  }
  std::set<std::string> Files() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.Path(""))) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  int64_t entries_ = 0;  // at first
};

TEST_F(LedgerFiles, ACopyHoldsEverythingOfOneMomentWhileCommitsGoOn) {
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    while (!stop) EXPECT_OK(AddEntry());
  });
  for (int i = 0; i < 5; ++i) {
    const auto copy = CopyLedger(path());
    EXPECT_OK(copy);
    if (!copy) break;
    EXPECT_TRUE(copy->report.problems.empty());
    EXPECT_GE(copy->report.entries, entries_);
    EXPECT_EQ(copy->report.blobs, 2);
  }
  stop = true;
  busy.join();
  EXPECT_EQ(Files().count("ledger.db.backup"), 0u);
}

TEST_F(LedgerFiles, ACopyIsOneFileThatNothingLiesBeside) {
  const std::string copy = SaveCopy();
  RawDatabase raw(copy);
  EXPECT_EQ(raw.Query("PRAGMA journal_mode").at(0), "delete");
  EXPECT_EQ(raw.Query("SELECT count(*) FROM audit_entries").at(0), std::to_string(entries_));
  EXPECT_FALSE(std::filesystem::exists(copy + "-wal"));
}

TEST_F(LedgerFiles, ADamagedLedgerGivesNoCopy) {
  Close();
  RawDatabase(path(), true).Exec("UPDATE dumps SET revision = 'FAKE'");
  EXPECT_EQ(ReasonOf(CopyLedger(path())), "LEDGER_COPY_DAMAGED");
  EXPECT_EQ(Files().count("ledger.db.backup"), 0u);
  EXPECT_NE(ReasonOf(CopyLedger(folder_.Path("nothing.db"))), "OK");
}

TEST_F(LedgerFiles, FactsCountWhatIsThere) {
  const Dump dump = ledger().ListDumps({}, {})->rows.at(0);
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    return tx.InsertArchiving(
        {.id = tx.NewId(), .subject_kind = "dump", .subject_id = dump.id, .archived = true});
  }));
  const auto facts = ReadLedgerFacts(path());
  ASSERT_OK(facts);
  EXPECT_EQ(facts->schema_version, ledger().schema_version());
  EXPECT_EQ(facts->units, 1);
  EXPECT_EQ(facts->dumps, 1);
  EXPECT_EQ(facts->archived_dumps, 1);
  EXPECT_EQ(facts->images, 1);
  EXPECT_EQ(facts->jobs, 1);
  EXPECT_EQ(facts->blobs, 2);
  EXPECT_EQ(facts->blob_bytes, 100'009);
  EXPECT_EQ(facts->entries, entries_);
  EXPECT_GT(facts->log_bytes, 0);
  EXPECT_GT(facts->free_bytes, 0);
  EXPECT_EQ(facts->problems, std::vector<std::string>{});
}

TEST_F(LedgerFiles, FactsNameWhatAnotherProgramChangedInTheSchema) {
  RawDatabase raw(path());
  raw.Exec("DROP TRIGGER dumps_no_delete");
  raw.Exec("CREATE TABLE addresses (name TEXT)");
  EXPECT_EQ(ReadLedgerFacts(path())->problems,
            (std::vector<std::string>{"trigger dumps_no_delete is missing",
                                      "table addresses is not firmbench's"}));
}

TEST_F(LedgerFiles, ARestoredCopyTakesThePlaceAndSaysWhatItReplaced) {
  const std::string copy = SaveCopy();
  ASSERT_OK(AddEntry());
  ASSERT_OK(AddEntry());
  const std::string id = ledger().bench_id();
  const std::string root = *ledger().AuditRoot(entries_ + 2);
  Close();
  const std::string copied = Content(copy);
  const auto restored = Restore(copy, id);
  ASSERT_OK(restored);
  EXPECT_EQ(Content(copy), copied);  // only read
  EXPECT_EQ(restored->bench_id, id);
  EXPECT_EQ(restored->entries, entries_ + 1);
  EXPECT_EQ(restored->replaced_entries, entries_ + 2);
  EXPECT_NE(restored->kept_as.find("/ledger.db.before-restore."), std::string::npos);
  EXPECT_EQ(Files(),
            (std::set<std::string>{"copy.db", "ledger.db",
                                   std::filesystem::path(restored->kept_as).filename().string()}));
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const std::string replaced = std::to_string(entries_ + 2);
  EXPECT_EQ(RawDatabase(restored->kept_as).Query("SELECT count(*) FROM audit_entries").at(0),
            replaced);
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  const AuditEntry entry = ledger().ListAudit({}, {})->rows.at(0);
  EXPECT_EQ(entry.action, "ledger.restored");
  EXPECT_EQ(entry.principal, "local uid 0");
  EXPECT_NE(entry.json.find("\"replaced_entries\":\"" + replaced + "\""), std::string::npos)
      << entry.json;
  EXPECT_NE(entry.json.find("\"replaced_root\":\"" + root + "\""), std::string::npos);
  EXPECT_NE(entry.json.find(Sha256Hex(AsBytes(copied))), std::string::npos);
}

TEST_F(LedgerFiles, ALedgerThatIsGoneOrDamagedCanBeRestored) {
  const std::string copy = SaveCopy();
  const std::string id = ledger().bench_id();
  Close();
  std::filesystem::remove(path());
  auto restored = Restore(copy, id);
  ASSERT_OK(restored);
  EXPECT_EQ(restored->kept_as, "");
  std::string content = Content(path());
  for (size_t i = 30; i < content.size() && i < 40'000; i += 3) content[i] ^= 0x5A;
  Write(path(), content);
  Write(path() + "-wal", "half a log");
  restored = Restore(copy, id);
  ASSERT_OK(restored);
  EXPECT_EQ(restored->replaced_entries, -1);
  EXPECT_EQ(Content(restored->kept_as), content);
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  EXPECT_NE(ledger().ListAudit({}, {})->rows.at(0).json.find("\"not readable\""),
            std::string::npos);
}

// Whatever the file is: an error in words, and the ledger as it was.
TEST_F(LedgerFiles, WhatIsNoWholeCopyIsRefusedAndNothingHappens) {
  const std::string copy = SaveCopy();
  ASSERT_OK(AddEntry());
  const std::string id = ledger().bench_id();
  Close();
  const std::string before = Content(path());
  const std::string whole = Content(copy);
  const std::string bad = folder_.Path("bad.db");
  const auto refused = [&](const std::string& content) {
    Write(bad, content);
    const auto restored = Restore(bad, id);
    std::filesystem::remove(bad);
    return ReasonOf(restored);
  };
  EXPECT_EQ(refused(""), "RESTORE_FILE_DAMAGED");
  EXPECT_EQ(refused("PK\x03\x04 a zip"), "RESTORE_NOT_A_LEDGER");
  EXPECT_EQ(refused(whole.substr(0, 60)), "RESTORE_FILE_DAMAGED");
  EXPECT_EQ(refused(whole.substr(0, whole.size() / 2)), "RESTORE_FILE_DAMAGED");
  EXPECT_EQ(refused(whole.substr(0, whole.size() - 1)), "RESTORE_FILE_DAMAGED");
  std::string torn = whole;  // as a copy made while pages were written
  std::fill(torn.begin() + 8192, torn.begin() + 16'384, '\0');
  EXPECT_EQ(refused(torn), "RESTORE_FILE_DAMAGED");
  std::string one_byte = whole;
  const size_t at = one_byte.find("bent tray");
  ASSERT_NE(at, std::string::npos);
  one_byte[at] = 'B';
  EXPECT_EQ(refused(one_byte), "RESTORE_FILE_DAMAGED");

  EXPECT_EQ(ReasonOf(Restore(folder_.Path("nothing.db"), id)), "RESTORE_FILE_MISSING");
  EXPECT_EQ(ReasonOf(Restore(folder_.Path(""), id)), "RESTORE_NOT_A_LEDGER");
  EXPECT_EQ(ReasonOf(Restore("/dev/zero", id)), "RESTORE_NOT_A_LEDGER");
  EXPECT_EQ(ReasonOf(Restore(copy, "another bench")), "RESTORE_OTHER_BENCH");
  Write(copy + "-wal", "changes");
  EXPECT_EQ(ReasonOf(Restore(copy, id)), "RESTORE_FILE_IN_USE");
  std::filesystem::remove(copy + "-wal");
  EXPECT_EQ(Content(path()), before);
  EXPECT_EQ(Files(), (std::set<std::string>{"copy.db", "ledger.db"}));
}

TEST_F(LedgerFiles, ACopyThatAnotherProgramChangedIsRefused) {
  const std::string copy = SaveCopy();
  const std::string id = ledger().bench_id();
  Close();
  RawDatabase(copy).Exec(
      "CREATE TRIGGER mine AFTER INSERT ON dumps BEGIN UPDATE bench SET value = 1; END");
  EXPECT_EQ(ReasonOf(Restore(copy, id)), "RESTORE_NOT_A_LEDGER");
  RawDatabase(copy).Exec("DROP TRIGGER mine; PRAGMA user_version = 9999");
  EXPECT_EQ(ReasonOf(Restore(copy, id)), "LEDGER_NEWER");
  RawDatabase(copy).Exec("PRAGMA application_id = 1");
  EXPECT_EQ(ReasonOf(Restore(copy, id)), "RESTORE_NOT_A_LEDGER");
}

}  // namespace
}  // namespace firmbench::storage
