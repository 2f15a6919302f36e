// SPDX-License-Identifier: Apache-2.0
// Copies and facts of a ledger's file; what puts one back is in ledger_restore.cc.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "storage/ledger_file.h"
#include "storage/sqlite/file.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/verify.h"

namespace firmbench::storage {
namespace {

using sqlite::Database;

// Away with it whatever comes.
class TemporaryDatabase {
 public:
  explicit TemporaryDatabase(std::string path) : path_(std::move(path)) {
    sqlite::RemoveDatabase(path_);
  }
  ~TemporaryDatabase() { sqlite::RemoveDatabase(path_); }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

Status CopyPages(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(sqlite::CreateFile(to));
  ASSIGN_OR_RETURN(const auto source,
                   Database::Open({.path = from, .mode = Database::Mode::kReadOnly}));
  ASSIGN_OR_RETURN(const auto target, Database::Open({.path = to}));
  RETURN_IF_ERROR(source->CopyTo(*target));
  // One file, with nothing beside it that could be left behind.
  return target->Exec("PRAGMA journal_mode=DELETE");
}

Result<std::string> BenchIdOf(Database& database) {
  ASSIGN_OR_RETURN(auto read, database.Prepare("SELECT value FROM bench WHERE key = 'bench_id'"));
  ASSIGN_OR_RETURN(const bool found, read.Step());
  return found ? read.Text(0) : std::string();
}

Result<AuditReport> VerifyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const auto database, Database::Open({.path = path}));
  RETURN_IF_ERROR(database->Exec("PRAGMA query_only=ON"));
  ASSIGN_OR_RETURN(const std::string bench_id, BenchIdOf(*database));
  return sqlite::VerifyLedger(*database, bench_id);
}

int64_t SizeOf(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? int64_t{info.st_size} : 0;
}

}  // namespace

Result<LedgerCopy> CopyLedger(const std::string& path) {
  const TemporaryDatabase temporary(path + ".backup");
  RETURN_IF_ERROR(CopyPages(path, temporary.path()));
  LedgerCopy copy;
  ASSIGN_OR_RETURN(copy.report, VerifyFile(temporary.path()));
  if (!copy.report.problems.empty()) {
    return DataLoss("LEDGER_COPY_DAMAGED",
                    "the copy does not verify: " + copy.report.problems.front())
        .WithRemedy("run `firmbench ledger check`; keep the copies that you have");
  }
  copy.file = UniqueFd(::open(temporary.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!copy.file.valid()) return sqlite::FileError(errno, "the copy cannot be read");
  ASSIGN_OR_RETURN(const sqlite::FileDigest digest, sqlite::DigestOf(copy.file.get()));
  copy.size_bytes = digest.size_bytes;
  copy.sha256 = digest.sha256;
  return copy;
}

Result<LedgerFacts> ReadLedgerFacts(const std::string& path) {
  LedgerFacts facts;
  ASSIGN_OR_RETURN(const auto database,
                   Database::Open({.path = path, .mode = Database::Mode::kReadOnly}));
  const struct {
    int64_t LedgerFacts::*member;
    const char* sql;
  } counts[] = {
      {&LedgerFacts::schema_version, "PRAGMA user_version"},
      {&LedgerFacts::units, "SELECT count(*) FROM units"},
      {&LedgerFacts::dumps, "SELECT count(*) FROM dumps"},
      {&LedgerFacts::archived_dumps,
       "SELECT count(*) FROM archivings v WHERE v.subject_kind = 'dump' AND v.archived = 1 AND"
       " v.seq = (SELECT max(n.seq) FROM archivings n WHERE n.subject_kind = 'dump'"
       " AND n.subject_id = v.subject_id)"},
      {&LedgerFacts::images, "SELECT count(*) FROM images"},
      {&LedgerFacts::jobs, "SELECT count(*) FROM jobs"},
      {&LedgerFacts::blobs, "SELECT count(*) FROM blobs"},
      {&LedgerFacts::blob_bytes, "SELECT coalesce(sum(size_bytes), 0) FROM blobs"},
      {&LedgerFacts::entries, "SELECT count(*) FROM audit_entries"},
  };
  for (const auto& count : counts) {
    ASSIGN_OR_RETURN(facts.*count.member, database->QueryInt(count.sql));
  }
  ASSIGN_OR_RETURN(facts.problems, sqlite::CompareSchema(*database));
  facts.file_bytes = SizeOf(path);
  facts.log_bytes = SizeOf(path + "-wal");
  struct statvfs disk {};
  if (::statvfs(sqlite::FolderOf(path).c_str(), &disk) == 0) {
    facts.free_bytes = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  }
  return facts;
}

}  // namespace firmbench::storage
