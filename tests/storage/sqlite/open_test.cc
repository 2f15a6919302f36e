// SPDX-License-Identifier: Apache-2.0
// Opening: what is there, what is made, what is refused and left as it was.

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "storage/sqlite/migrate.h"
#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

std::string FileContent(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Opening : public LedgerTest {
 protected:
  void SetUp() override {}
  Result<std::unique_ptr<Ledger>> Try(bool create = true) {
    return OpenLedger({.path = path(), .create = create, .clock = &clock_});
  }
};

TEST_F(Opening, MakesAFileThatOnlyItsOwnerReads) {
  const mode_t before = ::umask(0);
  ASSERT_OK(Try());
  ::umask(before);
  Open();
  FillEveryTable(ledger());
  for (const char* const suffix : {"", "-wal", "-shm"}) {
    struct stat info {};
    ASSERT_EQ(::stat((path() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(Opening, KeepsTheBenchsIdentity) {
  Open();
  const std::string id = ledger().bench_id();
  EXPECT_TRUE(IsId(id));
  Close();
  Open();
  EXPECT_EQ(ledger().bench_id(), id);
}

TEST_F(Opening, AMissingLedgerIsMadeOnlyWhenAskedFor) {
  EXPECT_EQ(ReasonOf(Try(false)), "LEDGER_MISSING");
  EXPECT_FALSE(std::filesystem::exists(path()));
  const auto no_folder = OpenLedger({.path = folder_.Path("no/such/ledger.db")});
  EXPECT_EQ(ReasonOf(no_folder), "LEDGER_MISSING");
}

TEST_F(Opening, AForeignFileIsRefusedAndNotTouched) {
  {
    RawDatabase other(path());
    other.Exec("CREATE TABLE addresses (name TEXT)");
  }
  const std::string database = FileContent(path());
  EXPECT_EQ(ReasonOf(Try()), "LEDGER_NOT_A_LEDGER");
  EXPECT_EQ(FileContent(path()), database);

  std::ofstream(path(), std::ios::trunc) << std::string(5000, 'x');
  EXPECT_EQ(ReasonOf(Try()), "LEDGER_NOT_A_LEDGER");
  EXPECT_EQ(FileContent(path()), std::string(5000, 'x'));
  EXPECT_EQ(ReasonOf(OpenLedger({.path = folder_.Path("")})), "LEDGER_NOT_A_LEDGER");
}

TEST_F(Opening, ANewerLedgerIsRefusedInWordsAndNotTouched) {
  Open();
  FillEveryTable(ledger());
  Close();
  RawDatabase(path()).Exec("PRAGMA user_version = 9999");
  const std::string content = FileContent(path());
  const auto opened = Try();
  ASSERT_EQ(ReasonOf(opened), "LEDGER_NEWER");
  EXPECT_NE(opened.error().message().find("9999"), std::string::npos);
  EXPECT_NE(opened.error().remedy(), "");
  EXPECT_EQ(opened.error().metadata().at(0),
            std::pair(std::string("ledger_version"), std::string("9999")));
  EXPECT_EQ(opened.error().metadata().at(1).first, "supported_version");
  EXPECT_EQ(FileContent(path()), content);
}

TEST_F(Opening, GoesOnWhereAFirstStartWasCutOff) {
  std::ofstream(path()).flush();  // made, nothing written
  ASSERT_OK(Try());
  std::filesystem::remove(path());
  RawDatabase(path()).Exec("PRAGMA journal_mode = WAL");  // written, no migration yet
  ASSERT_OK(Try());
}

TEST_F(Opening, UsesAWriteAheadLogAndSaysWhoseFileItIs) {
  Open();
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("PRAGMA journal_mode").at(0), "wal");
  EXPECT_EQ(raw.Query("PRAGMA application_id").at(0), std::to_string(sqlite::kApplicationId));
}

constexpr sqlite::Migration kTwo[] = {
    {1, "0001_first.sql",
     "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT, sha256 TEXT, applied_us"
     " INTEGER); CREATE TABLE parent (id INTEGER PRIMARY KEY);"
     "CREATE TABLE child (id INTEGER REFERENCES parent (id)); INSERT INTO parent VALUES (1);"
     "INSERT INTO child VALUES (1);"},
    {2, "0002_second.sql", "ALTER TABLE parent ADD COLUMN note TEXT DEFAULT 'new';"},
};

class Migrations : public LedgerTest {
 protected:
  void SetUp() override {
    ASSERT_OK(sqlite::CreateFile(path()));
    auto opened = sqlite::Database::Open({.path = path()});
    ASSERT_OK(opened);
    database_ = std::move(*opened);
  }
  Status Migrate(std::span<const sqlite::Migration> migrations) {
    return sqlite::Migrate(*database_, migrations, clock_);
  }
  int64_t Version() { return database_->QueryInt("PRAGMA user_version").value(); }

  std::unique_ptr<sqlite::Database> database_;
};

TEST_F(Migrations, AreAppliedOnceAndRecordedWithTheirHash) {
  ASSERT_OK(Migrate(std::span(kTwo).first(1)));
  EXPECT_EQ(Version(), 1);
  ASSERT_OK(Migrate(kTwo));
  ASSERT_OK(Migrate(kTwo));
  EXPECT_EQ(Version(), 2);
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("SELECT version, name, sha256 FROM migrations"),
            (std::vector<std::string>{"1|0001_first.sql|" + Sha256Hex(AsBytes(kTwo[0].sql)),
                                      "2|0002_second.sql|" + Sha256Hex(AsBytes(kTwo[1].sql))}));
  EXPECT_EQ(raw.Query("SELECT note FROM parent").at(0), "new");
  EXPECT_EQ(database_->QueryInt("PRAGMA foreign_keys").value(), 1);
}

TEST_F(Migrations, OneThatFailsLeavesNothingBehind) {
  const sqlite::Migration broken[] = {
      kTwo[0], {2, "0002_broken.sql", "CREATE TABLE half (id INTEGER); CREATE NONSENSE;"}};
  EXPECT_FALSE(Migrate(broken));
  EXPECT_EQ(Version(), 1);
  EXPECT_EQ(database_->QueryInt("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").value(),
            0);
  ASSERT_OK(Migrate(kTwo));
  EXPECT_EQ(Version(), 2);
}

TEST_F(Migrations, OneThatBreaksAReferenceIsUndone) {
  const sqlite::Migration breaking[] = {kTwo[0], {2, "0002_breaking.sql", "DELETE FROM parent;"}};
  EXPECT_EQ(ReasonOf(Migrate(breaking)), "LEDGER_CORRUPT");
  EXPECT_EQ(Version(), 1);
  EXPECT_EQ(database_->QueryInt("SELECT count(*) FROM parent").value(), 1);
}

TEST_F(Migrations, OneThatWasAppliedWithOtherContentIsNoticed) {
  ASSERT_OK(Migrate(kTwo));
  const sqlite::Migration edited[] = {
      {1, "0001_first.sql", "CREATE TABLE something_else (id INTEGER);"}, kTwo[1]};
  EXPECT_EQ(ReasonOf(Migrate(edited)), "LEDGER_CORRUPT");
}

// Every older schema with the rows that its program wrote.
TEST_F(Opening, BringsALedgerOfTheFirstVersionUpToDate) {
  {
    RawDatabase old(path());
    ASSERT_EQ(old.Exec(std::string(sqlite::BuiltInMigrations()[0].sql)), "");
    ASSERT_EQ(old.Exec(FileContent(FIRMBENCH_SOURCE_DIR "/tests/storage/ledgers/version_1.sql")),
              "");
  }
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  const auto cut = ledger().ListJobs({.open_only = true}, {});
  ASSERT_OK(cut);
  ASSERT_EQ(cut->rows.size(), 1u);
  Job job = cut->rows[0];
  EXPECT_EQ(job.attempts, 0);
  EXPECT_EQ(job.recovers + job.cancelled_by + job.target_model, "");
  ASSERT_EQ(ledger().ListQuarantines(false)->size(), 2u);
  EXPECT_EQ(ledger().ListQuarantines(true)->at(0).subject_id, "drive1");

  job.attempts = 1;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateJob(job));
    return tx.InsertQuarantine({.id = tx.NewId(),
                                .subject_kind = "port",
                                .subject_id = "usb/1-2",
                                .reason = "READS_DISAGREE",
                                .job_id = job.id,
                                .since_us = tx.now_us()});
  }));
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  RawDatabase raw(path());
  EXPECT_NE(raw.Exec("DELETE FROM quarantines").find("never deleted"), std::string::npos);
  EXPECT_EQ(raw.Query("SELECT seq FROM quarantines ORDER BY seq"),
            (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(Opening, BringsALedgerOfTheSecondVersionUpToDate) {
  {
    RawDatabase old(path());
    for (const auto& migration : sqlite::BuiltInMigrations().first(2)) {
      ASSERT_EQ(old.Exec(std::string(migration.sql)), "");
    }
    ASSERT_EQ(old.Exec(FileContent(FIRMBENCH_SOURCE_DIR "/tests/storage/ledgers/version_2.sql")),
              "");
  }
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  // What was there before can be found, and what comes later joins it.
  const auto by_serial = ledger().Search("sn-47", 10);
  ASSERT_OK(by_serial);
  ASSERT_EQ(by_serial->size(), 1u);
  Unit unit = *ledger().ResolveUnit(by_serial->at(0).subject_id);
  EXPECT_EQ(unit.note, "Mr Smith's");
  EXPECT_EQ(ledger().Search("smith", 10)->size(), 1u);
  EXPECT_EQ(ledger().ListDumps({.unit_id = unit.id}, {})->rows.size(), 1u);
  EXPECT_EQ(ledger().ListClaims("", false)->size(), 1u);
  const auto image = ledger().ListImages({}, {})->rows.at(0);
  EXPECT_FALSE(image.approved || image.known_bad || image.archived);
  const auto mark = ledger().IdentityMark();
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    Unit twin = SampleUnit(tx);
    RETURN_IF_ERROR(tx.InsertUnit(twin));
    unit.merged_into = twin.id;
    unit.note = "the same as " + twin.id;
    RETURN_IF_ERROR(tx.UpdateUnit(unit));
    return tx.EraseCustomerData(twin.id);
  }));
  EXPECT_NE(*ledger().IdentityMark(), *mark);
  EXPECT_TRUE(ledger().Search("smith", 10)->empty());
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
}

TEST(BuiltInMigrations, AreNumberedWithoutGaps) {
  int expected = 0;
  for (const auto& migration : sqlite::BuiltInMigrations()) {
    EXPECT_EQ(migration.version, ++expected);
    EXPECT_EQ(std::stoi(std::string(migration.name.substr(0, 4))), expected);
  }
  EXPECT_GT(expected, 0);
}

TEST_F(Opening, BringsALedgerOfTheThirdVersionUpToDate) {
  {
    RawDatabase old(path());
    for (const auto& migration : sqlite::BuiltInMigrations().first(3)) {
      ASSERT_EQ(old.Exec(std::string(migration.sql)), "");
    }
    ASSERT_EQ(old.Exec(FileContent(FIRMBENCH_SOURCE_DIR "/tests/storage/ledgers/version_3.sql")),
              "");
    // Its writer kept the index itself.
    ASSERT_EQ(old.Exec("INSERT INTO search (search) VALUES ('rebuild')"), "");
  }
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  EXPECT_EQ(ledger().Search("tray sticks", 10)->size(), 1u);
  EXPECT_TRUE(ledger().ListImages({}, {})->rows.at(0).approved);
  // Nobody could come in from elsewhere, and no approval was kept by itself.
  EXPECT_TRUE(ledger().ListCredentials({.ended_too = true})->empty());
  const Job job = ledger().ListJobs({}, {})->rows.at(0);
  EXPECT_FALSE(ledger().FindApproval(job.id)->has_value());
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertCredential(SampleCredential(tx)));
    return tx.InsertApproval({.id = tx.NewId(),
                              .job_id = job.id,
                              .principal = "bert",
                              .reason = "saw the board",
                              .solo = true,
                              .created_us = tx.now_us()});
  }));
  EXPECT_TRUE(ledger().FindApproval(job.id)->value().solo);
  EXPECT_EQ(ledger().ListCredentials({.principal = "anna", .kind = "token"})->size(), 1u);
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
}

TEST_F(Opening, BringsALedgerOfTheFifthVersionUpToDate) {
  {
    RawDatabase old(path());
    for (const auto& migration : sqlite::BuiltInMigrations().first(5)) {
      ASSERT_EQ(old.Exec(std::string(migration.sql)), "");
    }
    ASSERT_EQ(old.Exec(FileContent(FIRMBENCH_SOURCE_DIR "/tests/storage/ledgers/version_5.sql")),
              "");
  }
  Open();
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
  const auto credentials = *ledger().ListCredentials({.ended_too = true});
  ASSERT_EQ(credentials.size(), 4u);
  const Credential& certificate = credentials[0];  // newest first
  const Credential& used = credentials[2];
  EXPECT_EQ(certificate.kind, "certificate");
  EXPECT_EQ(certificate.made_from, used.id);
  EXPECT_EQ(used.end_reason, "used");
  // Sessions may stand on one credential, however many; of an invitation there is one certificate.
  const auto add = [&](const std::string& kind, const std::string& made_from) {
    return ledger().Commit([&](Transaction& tx) -> Status {
      Credential credential = SampleCredential(tx);
      credential.kind = kind;
      credential.made_from = made_from;
      credential.secret_sha256 = Sha256Hex(AsBytes(credential.id));
      return tx.InsertCredential(credential);
    });
  };
  EXPECT_OK(add("session", certificate.id));
  EXPECT_OK(add("session", certificate.id));
  EXPECT_OK(add("login_link", certificate.id));
  EXPECT_FALSE(add("certificate", used.id));
  EXPECT_FALSE(add("password", ""));
  // What ended has ended, in the new table as well.
  EXPECT_FALSE(ledger().Commit([&](Transaction& tx) -> Status {
    Credential again = used;
    again.end_reason = "";
    return tx.UpdateCredential(again);
  }));
  EXPECT_EQ(ledger().Verify()->problems, std::vector<std::string>{});
}

// The schema after all migrations, as the README draws it. When the change is meant: run with
// FIRMBENCH_UPDATE_GOLDEN=1 and review the difference.
TEST_F(Opening, TheSchemaIsTheOneThatWasReviewed) {
  Open();
  std::string schema;
  for (const auto& row : RawDatabase(path()).Query(
           "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")) {
    schema += row + "\n\n";
  }
  const std::string golden = FIRMBENCH_SOURCE_DIR "/tests/golden/schema.sql";
  if (std::getenv("FIRMBENCH_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << schema;
  EXPECT_EQ(FileContent(golden), schema);
}

}  // namespace
}  // namespace firmbench::storage
