// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/migrate.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"
#include "storage/sqlite/file.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr int64_t kPageBytes = 4096;

Error NotALedger() {
  return FailedPrecondition("LEDGER_NOT_A_LEDGER",
                            "the file is there but is not a firmbench ledger")
      .WithRemedy("Check the path in the configuration; the file was not touched.");
}

// Every SQLite database begins with these bytes, the NUL included.
Result<bool> IsDatabase(const std::string& path) {
  constexpr std::string_view kMagic("SQLite format 3", 16);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return FileError(errno, "the ledger cannot be read");
  std::array<char, kMagic.size()> start{};
  const ssize_t length = ::pread(file.get(), start.data(), start.size(), 0);
  if (length < 0) return FileError(errno, "the ledger cannot be read");
  return std::string_view(start.data(), static_cast<size_t>(length)) == kMagic;
}

Error Newer(int64_t found, int supported) {
  const std::string ledger_version = fmt::format("{}", found);
  const std::string supported_version = fmt::format("{}", supported);
  return FailedPrecondition("LEDGER_NEWER", "the ledger has version " + ledger_version +
                                                ", this firmbench knows versions up to " +
                                                supported_version)
      .WithRemedy(
          "Install the firmbench that was used last, or a newer one; the ledger was not "
          "touched.")
      .With("ledger_version", ledger_version)
      .With("supported_version", supported_version);
}

// SQLite may be given another file system than the kernel's; files there have paths, too.
bool InAnotherFileSystem(const std::string& path) {
  sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
  int exists = 0;
  return vfs != nullptr &&
         vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists != 0;
}

// What Inspect says of a file that is there.
Result<bool> InspectDatabase(const std::string& path, std::span<const Migration> migrations) {
  const auto opened = Database::Open({.path = path, .mode = Database::Mode::kReadOnly});
  if (!opened) {
    // Cut off in a transaction with a rollback journal, which only a connection that writes can
    // undo. A ledger has one, when it is made, and then one page at most: nothing to lose.
    const bool cut_off = opened.error().reason() == "LEDGER_READ_ONLY";
    ASSIGN_OR_RETURN(const int64_t size, Database::FileSize(path));
    if (cut_off && size <= kPageBytes) return false;
    return opened.error();
  }
  Database& database = **opened;
  ASSIGN_OR_RETURN(const int64_t id, database.QueryInt("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t tables, database.QueryInt("SELECT count(*) FROM sqlite_schema"));
  // A file that was made but lost power before its first migration is still empty.
  if (id == 0 && tables == 0) return false;
  if (id != kApplicationId) return NotALedger();
  ASSIGN_OR_RETURN(const int64_t version, database.QueryInt("PRAGMA user_version"));
  const int supported = migrations.empty() ? 0 : migrations.back().version;
  if (version > supported) return Newer(version, supported);
  return true;
}

Status Apply(Database& database, const Migration& migration, const Clock& clock) {
  RETURN_IF_ERROR(database.Exec(std::string(migration.sql)));
  ASSIGN_OR_RETURN(Statement record,
                   database.Prepare("INSERT INTO migrations (version, name, sha256, applied_us)"
                                    " VALUES (?1, ?2, ?3, ?4)"));
  RETURN_IF_ERROR(record
                      .Bind(migration.version, migration.name, Sha256Hex(AsBytes(migration.sql)),
                            clock.WallMicros())
                      .Run());
  ASSIGN_OR_RETURN(Statement dangling, database.Prepare("PRAGMA foreign_key_check"));
  ASSIGN_OR_RETURN(const bool found, dangling.Step());
  if (found) {
    return DataLoss("LEDGER_CORRUPT", "a row refers to one that is missing: " + dangling.Text(0));
  }
  return database.Exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version={};",
                                   kApplicationId, migration.version));
}

}  // namespace

Result<bool> Inspect(const std::string& path, bool create, std::span<const Migration> migrations) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return FileError(errno, "the ledger cannot be found");
    if (InAnotherFileSystem(path)) return InspectDatabase(path, migrations);
    if (create) return false;
    return NotFound("LEDGER_MISSING", "there is no ledger at the configured path")
        .WithRemedy("Check the path in the configuration, or let firmbenchd make a new ledger.");
  }
  if (!S_ISREG(info.st_mode)) return NotALedger();
  if (info.st_size == 0) return false;
  ASSIGN_OR_RETURN(const bool is_database, IsDatabase(path));
  // The first page of a new ledger may be half written; its journal knows.
  const bool unfinished =
      info.st_size <= kPageBytes && ::access((path + "-journal").c_str(), F_OK) == 0;
  if (!is_database && !unfinished) return NotALedger();
  return InspectDatabase(path, migrations);
}

Status CreateFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) {
      // The folder may be one of a file system of SQLite's own kind.
      if (Database::Open({.path = path, .mode = Database::Mode::kCreate})) return Ok();
      return NotFound("LEDGER_MISSING", "the folder for the ledger does not exist")
          .WithRemedy("Make the folder and give it to the user that runs firmbenchd.");
    }
    return FileError(errno, "the ledger cannot be made");
  }
  if (::fsync(file.get()) != 0) return FileError(errno, "the new ledger cannot be made durable");
  return SyncFolder(FolderOf(path));
}

Status Migrate(Database& database, std::span<const Migration> migrations, const Clock& clock) {
  RETURN_IF_ERROR(CheckMigrations(database, migrations));
  // A migration may rebuild a table that others refer to; Apply checks all references instead.
  RETURN_IF_ERROR(database.Exec("PRAGMA foreign_keys=OFF"));
  for (const Migration& migration : migrations) {
    RETURN_IF_ERROR(database.Exec("BEGIN IMMEDIATE"));
    const auto version = database.QueryInt("PRAGMA user_version");
    Status done = Ok();
    if (!version) {
      done = version.error();
    } else if (*version < migration.version) {
      done = Apply(database, migration, clock);
    }
    if (done) done = database.Exec("COMMIT");
    if (!done) {
      if (!database.autocommit()) database.Exec("ROLLBACK").IgnoreError("the first error counts");
      return std::move(done).error().Context(fmt::format("migration {}", migration.name));
    }
  }
  return database.Exec("PRAGMA foreign_keys=ON");
}

Status CheckMigrations(Database& database, std::span<const Migration> migrations) {
  ASSIGN_OR_RETURN(const int64_t version, database.QueryInt("PRAGMA user_version"));
  if (version == 0) return Ok();
  ASSIGN_OR_RETURN(Statement applied,
                   database.Prepare("SELECT sha256, name FROM migrations WHERE version = ?1"));
  for (const Migration& migration : migrations) {
    if (migration.version > version) break;
    ASSIGN_OR_RETURN(const bool found, applied.Bind(migration.version).Step());
    if (!found || applied.Text(0) != Sha256Hex(AsBytes(migration.sql)) ||
        applied.Text(1) != migration.name) {
      return DataLoss("LEDGER_CORRUPT",
                      fmt::format("migration {} was applied with other content", migration.name))
          .WithRemedy("Open the ledger with the firmbench that made it.");
    }
    RETURN_IF_ERROR(applied.Run());
  }
  return Ok();
}

}  // namespace firmbench::storage::sqlite
