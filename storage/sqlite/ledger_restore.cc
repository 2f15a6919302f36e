// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "daemon/base/bytes.h"
#include "daemon/base/ids.h"
#include "storage/ledger_file.h"
#include "storage/sqlite/file.h"
#include "storage/sqlite/schema.h"
#include "storage/storage.h"

namespace firmbench::storage {
namespace {

using sqlite::Database;

constexpr const char* kMakeCopies = "make copies with `firmbench ledger backup FILE`";

Error Damaged(const std::string& what) {
  return DataLoss("RESTORE_FILE_DAMAGED",
                  what + ": it is damaged, cut off, or was copied while it was in use")
      .WithRemedy(std::string("take another copy; ") + kMakeCopies);
}

Result<UniqueFd> OpenCopy(const std::string& file) {
  UniqueFd copy(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!copy.valid() || ::fstat(copy.get(), &info) != 0) {
    return NotFound("RESTORE_FILE_MISSING", fmt::format("the copy cannot be opened: {}",
                                                        std::generic_category().message(errno)))
        .WithRemedy("give the path of a file that the daemon's user may read");
  }
  if (!S_ISREG(info.st_mode)) {
    return InvalidArgument("RESTORE_NOT_A_LEDGER", "the copy is not a file")
        .WithRemedy(kMakeCopies);
  }
  return copy;
}

// A program that has the file open, or that was killed over it, keeps changes beside it.
Status CheckNotInUse(const std::string& file) {
  for (const char* const suffix : {"-wal", "-journal"}) {
    struct stat info {};
    if (::stat((file + suffix).c_str(), &info) != 0 || info.st_size == 0) continue;
    return FailedPrecondition(
               "RESTORE_FILE_IN_USE",
               fmt::format("beside the copy lies a file that ends in {}: it holds changes that the "
                           "copy itself lacks, or a program has it open",
                           suffix))
        .WithRemedy(kMakeCopies);
  }
  return Ok();
}

// What the first page says of itself, before anything is copied (sqlite.org/fileformat2.html 1.3:
// magic, page size at 16, change counter at 24, pages at 28, valid when 92 repeats the counter).
Status CheckHeader(int copy) {
  constexpr std::string_view kMagic("SQLite format 3", 16);
  std::array<uint8_t, 100> header{};
  struct stat info {};
  const ssize_t length = ::pread(copy, header.data(), header.size(), 0);
  if (length < 0 || ::fstat(copy, &info) != 0) {
    return sqlite::FileError(errno, "the copy cannot be read");
  }
  if (length == 0) return Damaged("the copy is empty");
  if (AsText(ByteView(header)).substr(0, kMagic.size()) != kMagic) {
    return InvalidArgument("RESTORE_NOT_A_LEDGER", "the copy is no ledger of firmbench")
        .WithRemedy(kMakeCopies);
  }
  if (length < std::ssize(header)) return Damaged("the copy ends in its first page");
  const int64_t page_bytes =
      header[16] == 0 && header[17] == 1 ? 65536 : header[16] * 256 + header[17];
  const int64_t pages = LoadBe32(header.data() + 28);
  const bool says_size = LoadBe32(header.data() + 24) == LoadBe32(header.data() + 92);
  if (says_size && info.st_size < pages * page_bytes) {
    return Damaged(
        fmt::format("the copy has {} of its {} bytes", int64_t{info.st_size}, pages * page_bytes));
  }
  return Ok();
}

Status CheckSpace(int copy, const std::string& path) {
  struct stat info {};
  struct statvfs disk {};
  if (::fstat(copy, &info) != 0 || ::statvfs(sqlite::FolderOf(path).c_str(), &disk) != 0) {
    return sqlite::FileError(errno, "the ledger's folder cannot be looked at");
  }
  constexpr int64_t kReserve = 32 << 20;  // bringing it to a newer schema, and its log
  const auto free_bytes = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  if (free_bytes >= info.st_size + kReserve) return Ok();
  return ResourceExhausted("RESTORE_NO_SPACE",
                           fmt::format("the copy needs {} bytes in the state folder, {} are free",
                                       info.st_size + kReserve, free_bytes))
      .WithRemedy("free space on the file system that holds the ledger");
}

// The copy as a ledger beside the one that it will replace, verified.
class TakenIn {
 public:
  TakenIn(const RestoreOptions& options) : options_(options), path_(options.path + ".restore") {
    sqlite::RemoveDatabase(path_);
  }
  ~TakenIn() {
    ledger_.reset();
    sqlite::RemoveDatabase(path_);  // nothing is there once it has its place
  }

  Status Take(int copy) {
    const UniqueFd to(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!to.valid()) return sqlite::FileError(errno, "the copy cannot be taken in");
    RETURN_IF_ERROR(GiveToFolderOwner(to.get()));
    ASSIGN_OR_RETURN(digest_, sqlite::DigestOf(copy, to.get()));
    if (::fsync(to.get()) != 0) return sqlite::FileError(errno, "the copy cannot be made durable");
    RETURN_IF_ERROR(Open());
    RETURN_IF_ERROR(CheckSchema());
    auto report = ledger_->Verify();
    if (!report) return Damaged("the copy cannot be verified: " + report.error().message());
    if (!report->problems.empty()) return Damaged("the copy is not whole: " + report->problems[0]);
    return CheckBench();
  }

  // Says in the new ledger what it replaced, and closes it.
  Result<int64_t> Finish(int64_t replaced_entries, const std::string& replaced_root,
                         const std::string& kept_as) {
    ASSIGN_OR_RETURN(const int64_t entries, ledger_->AuditSize());
    ASSIGN_OR_RETURN(const std::string root, ledger_->AuditRoot(entries));
    AuditFact fact{.principal = options_.principal,
                   .action = "ledger.restored",
                   .resource = "benches/" + ledger_->bench_id(),
                   .outcome = "ok",
                   .details = {{"copy_sha256", digest_.sha256},
                               {"entries", fmt::format("{}", entries)},
                               {"root", root}}};
    if (!kept_as.empty()) {
      fact.details.emplace_back("kept_as", kept_as.substr(kept_as.rfind('/') + 1));
      fact.details.emplace_back("replaced_entries", replaced_entries < 0
                                                        ? "not readable"
                                                        : fmt::format("{}", replaced_entries));
      if (replaced_entries >= 0) fact.details.emplace_back("replaced_root", replaced_root);
    }
    RETURN_IF_ERROR(ledger_->Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(fact));
      return Ok();
    }));
    ASSIGN_OR_RETURN(const int64_t now, ledger_->AuditSize());
    // Closing takes the log into the file; what is beside it could not be renamed with it.
    ledger_.reset();
    struct stat info {};
    if (::stat((path_ + "-wal").c_str(), &info) == 0) {
      return Unavailable("LEDGER_IO", "the log of the copy cannot be taken into it");
    }
    return now;
  }

  const std::string& path() const { return path_; }
  const std::string& bench_id() const { return bench_id_; }

 private:
  // Whoever restores is often root, the daemon that goes on is not.
  Status GiveToFolderOwner(int file) const {
    struct stat folder {};
    if (::geteuid() != 0) return Ok();
    if (::stat(sqlite::FolderOf(path_).c_str(), &folder) != 0 ||
        ::fchown(file, folder.st_uid, folder.st_gid) != 0) {
      return sqlite::FileError(errno, "the copy cannot be given to the daemon's user");
    }
    return Ok();
  }

  Status Open() {
    auto opened = OpenLedger({.path = path_, .create = false, .clock = options_.clock});
    if (opened) {
      ledger_ = std::move(*opened);
      bench_id_ = ledger_->bench_id();
      return Ok();
    }
    Error error = std::move(opened).error();
    if (error.reason() == "LEDGER_NOT_A_LEDGER") {
      return InvalidArgument("RESTORE_NOT_A_LEDGER", "the copy is no ledger of firmbench")
          .WithRemedy(kMakeCopies);
    }
    if (error.reason() == "LEDGER_NEWER" || error.reason() == "LEDGER_FULL" ||
        error.reason() == "LEDGER_READ_ONLY" || error.reason() == "LEDGER_BUSY") {
      return error;
    }
    return Damaged("the copy cannot be opened: " + error.message());
  }

  // What protects the rows, or what somebody planted among it.
  Status CheckSchema() {
    ASSIGN_OR_RETURN(const auto database,
                     Database::Open({.path = path_, .mode = Database::Mode::kReadOnly}));
    ASSIGN_OR_RETURN(const auto differences, sqlite::CompareSchema(*database));
    if (differences.empty()) return Ok();
    return InvalidArgument("RESTORE_NOT_A_LEDGER",
                           "the copy was changed by another program: " + differences.front())
        .WithRemedy(kMakeCopies);
  }

  Status CheckBench() {
    if (options_.bench_id.empty() || options_.bench_id == bench_id_) return Ok();
    return FailedPrecondition("RESTORE_OTHER_BENCH",
                              "the copy is the ledger of another bench than this state folder's")
        .WithRemedy("restore it into an empty state folder: --state-dir")
        .With("copy_bench", bench_id_)
        .With("bench", options_.bench_id);
  }

  const RestoreOptions& options_;
  const std::string path_;
  std::string bench_id_;
  sqlite::FileDigest digest_;
  std::unique_ptr<Ledger> ledger_;
};

// The ledger that is to be replaced.
struct Replaced {
  bool there = false;
  int64_t entries = -1;
  std::string root;
};

Result<Replaced> LookAtReplaced(const RestoreOptions& options) {
  Replaced replaced;
  struct stat info {};
  if (::lstat(options.path.c_str(), &info) != 0) {
    if (errno == ENOENT) return replaced;
    return sqlite::FileError(errno, "the ledger cannot be looked at");
  }
  replaced.there = true;
  const auto ledger = OpenLedger({.path = options.path, .create = false, .clock = options.clock});
  if (!ledger) return replaced;
  const auto entries = (*ledger)->AuditSize();
  if (!entries) return replaced;
  auto root = (*ledger)->AuditRoot(*entries);
  if (!root) return replaced;
  replaced.entries = *entries;
  replaced.root = std::move(*root);
  return replaced;
}

// The old one keeps what lies beside it; a log that stayed would be taken for the new one's.
Status ChangeNames(const std::string& path, const std::string& from, const std::string& kept_as) {
  if (!kept_as.empty()) {
    for (const char* const suffix : {"-wal", "-journal"}) {
      if (::rename((path + suffix).c_str(), (kept_as + suffix).c_str()) != 0 && errno != ENOENT) {
        return sqlite::FileError(errno, "the log of the ledger cannot be renamed");
      }
    }
    ::unlink((path + "-shm").c_str());  // holds nothing; made anew
    // A second name first, so that at no moment there is no ledger.
    if (::link(path.c_str(), kept_as.c_str()) != 0 &&
        ::rename(path.c_str(), kept_as.c_str()) != 0) {
      return sqlite::FileError(errno, "the ledger cannot be kept under another name");
    }
    RETURN_IF_ERROR(sqlite::SyncFolder(sqlite::FolderOf(path)));
  }
  if (::rename(from.c_str(), path.c_str()) != 0) {
    return sqlite::FileError(errno, "the copy cannot take the ledger's place");
  }
  return sqlite::SyncFolder(sqlite::FolderOf(path));
}

}  // namespace

Result<RestoredLedger> RestoreLedger(const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const UniqueFd copy, OpenCopy(options.file));
  RETURN_IF_ERROR(CheckNotInUse(options.file));
  RETURN_IF_ERROR(CheckHeader(copy.get()));
  RETURN_IF_ERROR(CheckSpace(copy.get(), options.path));
  TakenIn taken(options);
  RETURN_IF_ERROR(taken.Take(copy.get()));
  ASSIGN_OR_RETURN(const Replaced replaced, LookAtReplaced(options));
  RestoredLedger restored{.bench_id = taken.bench_id(), .replaced_entries = replaced.entries};
  if (replaced.there) restored.kept_as = options.path + ".before-restore." + NewId(*options.clock);
  ASSIGN_OR_RETURN(restored.entries,
                   taken.Finish(replaced.entries, replaced.root, restored.kept_as));
  RETURN_IF_ERROR(ChangeNames(options.path, taken.path(), restored.kept_as));
  return restored;
}

}  // namespace firmbench::storage
