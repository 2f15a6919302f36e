// SPDX-License-Identifier: Apache-2.0
// The disk is full, broken or read-only: what is said then is the truth, and reads go on.

#include "storage/sqlite/errors.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class DiskFaults : public LedgerTest {
 protected:
  Status AddUnit() {
    return ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
      return Ok();
    });
  }
  size_t Units() { return ledger().ListUnits({}, {.size = 1000})->rows.size(); }
  // What a restart after a power cut would find: the files as they are on the disk now.
  size_t UnitsAfterRestart() {
    const std::string copy = folder_.Path("copy.db");
    for (const char* const suffix : {"", "-wal"}) {
      std::error_code error;
      std::filesystem::copy_file(path() + suffix, copy + suffix,
                                 std::filesystem::copy_options::overwrite_existing, error);
    }
    const auto opened = OpenLedger({.path = copy, .create = false});
    EXPECT_OK(opened);
    return (*opened)->ListUnits({}, {.size = 1000})->rows.size();
  }
  static std::string FateOf(const Status& status) {
    for (const auto& [key, value] : status.error().metadata()) {
      if (key == "fate") return value;
    }
    return "";
  }

  // The ledger's files must be closed before the disk goes away.
  void TearDown() override { Close(); }

  FaultVfs disk_;
};

TEST_F(DiskFaults, AFullDiskRefusesTheChangeAndKeepsWhatIsThere) {
  ASSERT_OK(AddUnit());
  disk_.write_code = SQLITE_FULL;
  const Status status = AddUnit();
  EXPECT_EQ(ReasonOf(status), "LEDGER_FULL");
  EXPECT_EQ(status.error().code(), Code::kResourceExhausted);
  EXPECT_NE(status.error().remedy().find("Free space"), std::string::npos);
  EXPECT_EQ(FateOf(status), "not committed");
  EXPECT_EQ(Units(), 1u);
  EXPECT_TRUE(ledger().Verify()->problems.empty());
  disk_.write_code = SQLITE_OK;
  ASSERT_OK(AddUnit());
  EXPECT_EQ(Units(), 2u);
  EXPECT_EQ(UnitsAfterRestart(), 2u);
}

TEST_F(DiskFaults, AFullDiskInTheMiddleOfAChangeUndoesAllOfIt) {
  // More than the page cache: SQLite writes before the commit and ends the transaction by itself.
  const Status status = ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
    disk_.write_code = SQLITE_FULL;
    const auto blob = tx.PutBlob(Noise(size_t{8} << 20));
    EXPECT_EQ(ReasonOf(blob), "LEDGER_FULL");
    disk_.write_code = SQLITE_OK;
    // Going on after that must not write outside the transaction.
    const auto after = tx.InsertUnit(SampleUnit(tx));
    EXPECT_EQ(ReasonOf(after), "LEDGER_UNDONE");
    return blob.error();
  });
  EXPECT_EQ(ReasonOf(status), "LEDGER_FULL");
  EXPECT_EQ(Units(), 0u);
  ASSERT_OK(AddUnit());
  EXPECT_EQ(Units(), 1u);
}

TEST_F(DiskFaults, AChangeThatHidesSuchAnErrorIsNotReportedAsDone) {
  const Status status = ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
    disk_.write_code = SQLITE_FULL;
    EXPECT_FALSE(tx.PutBlob(Noise(size_t{8} << 20)));
    disk_.write_code = SQLITE_OK;
    return Ok();
  });
  EXPECT_FALSE(status.has_value());
  EXPECT_EQ(Units(), 0u);
}

TEST_F(DiskFaults, AnUncertainSyncIsSettledBeforeItIsReported) {
  ASSERT_OK(AddUnit());
  disk_.sync_code = SQLITE_IOERR_FSYNC;
  disk_.syncs_to_fail = 1;
  const Status status = AddUnit();
  EXPECT_EQ(ReasonOf(status), "LEDGER_IO");
  EXPECT_EQ(FateOf(status), "not committed");
  EXPECT_EQ(Units(), 1u);
  // The bytes had reached the disk; they must not come back to life.
  EXPECT_EQ(UnitsAfterRestart(), 1u);
}

TEST_F(DiskFaults, WhenItCannotBeSettledTheErrorSaysSo) {
  disk_.sync_code = SQLITE_IOERR_FSYNC;
  disk_.syncs_to_fail = -1;
  const Status status = AddUnit();
  EXPECT_EQ(ReasonOf(status), "LEDGER_IO");
  EXPECT_EQ(FateOf(status), "unknown");
  disk_.syncs_to_fail = 0;
  ASSERT_OK(AddUnit());
  EXPECT_EQ(Units(), UnitsAfterRestart());
}

TEST_F(DiskFaults, AReadOnlyFileIsSaidWhenItIsOpened) {
  ASSERT_OK(AddUnit());
  Close();
  disk_.read_only = true;
  const auto opened = OpenLedger({.path = path()});
  EXPECT_EQ(ReasonOf(opened), "LEDGER_READ_ONLY");
  EXPECT_NE(opened.error().remedy(), "");
}

TEST_F(DiskFaults, AFileSystemThatTurnsReadOnlyIsSaidByTheNextCommit) {
  ASSERT_OK(AddUnit());
  disk_.write_code = SQLITE_READONLY;
  EXPECT_EQ(ReasonOf(AddUnit()), "LEDGER_READ_ONLY");
  EXPECT_EQ(Units(), 1u);
}

TEST_F(DiskFaults, ADamagedPageIsSaidByReadsAndByVerify) {
  for (int i = 0; i < 200; ++i) ASSERT_OK(AddUnit());
  Close();
  RawDatabase raw(path());
  const auto root = std::stol(raw.Query("SELECT rootpage FROM sqlite_schema"
                                        " WHERE name = 'units'")
                                  .at(0));
  {
    std::FILE* file = std::fopen(path().c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    std::fseek(file, (root - 1) * 4096, SEEK_SET);
    const std::string garbage(4096, 'x');
    std::fwrite(garbage.data(), 1, garbage.size(), file);
    std::fclose(file);
  }
  Open();
  EXPECT_EQ(ReasonOf(ledger().ListUnits({}, {})), "LEDGER_CORRUPT");
  EXPECT_EQ(ReasonOf(AddUnit()), "LEDGER_CORRUPT");
  EXPECT_FALSE(ledger().Verify()->problems.empty());
}

TEST(SqliteErrors, HaveStableReasons) {
  const std::vector<std::pair<int, std::string>> expected = {
      {SQLITE_FULL, "LEDGER_FULL"},
      {SQLITE_READONLY_DBMOVED, "LEDGER_READ_ONLY"},
      {SQLITE_IOERR_WRITE, "LEDGER_IO"},
      {SQLITE_CANTOPEN, "LEDGER_IO"},
      {SQLITE_BUSY_SNAPSHOT, "LEDGER_BUSY"},
      {SQLITE_LOCKED, "LEDGER_BUSY"},
      {SQLITE_CORRUPT_INDEX, "LEDGER_CORRUPT"},
      {SQLITE_NOTADB, "LEDGER_CORRUPT"},
      {SQLITE_NOMEM, "LEDGER_MEMORY"},
      {SQLITE_CONSTRAINT_UNIQUE, "ALREADY_EXISTS"},
      {SQLITE_CONSTRAINT_PRIMARYKEY, "ALREADY_EXISTS"},
      {SQLITE_CONSTRAINT_FOREIGNKEY, "NOT_FOUND"},
      {SQLITE_CONSTRAINT_CHECK, "LEDGER_CONSTRAINT"},
      {SQLITE_CONSTRAINT_TRIGGER, "LEDGER_CONSTRAINT"},
      {SQLITE_MISUSE, "LEDGER_INTERNAL"},
  };
  for (const auto& [code, reason] : expected) {
    EXPECT_EQ(sqlite::SqliteError(code, "words").reason(), reason) << code;
  }
}

}  // namespace
}  // namespace firmbench::storage
