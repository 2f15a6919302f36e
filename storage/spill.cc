// SPDX-License-Identifier: Apache-2.0
#include "storage/spill.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "daemon/base/ids.h"
#include "storage/spill_format.h"
#include "storage/spill_recorder.h"

namespace firmbench::storage {
namespace {

constexpr std::string_view kSuffix = ".spill";

Error FileError(int error_number, const std::string& what) {
  const std::string text = what + ": " + std::generic_category().message(error_number);
  if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
    return ResourceExhausted("SPILL_NO_SPACE", text)
        .WithRemedy("Free space on the file system that holds the spill folder.");
  }
  return Unavailable("SPILL_FAILED", text)
      .WithRemedy("Give the user that runs firmbenchd the spill folder, on a disk without errors.");
}

Status SyncFolder(const std::string& folder) {
  const UniqueFd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || ::fsync(parent.get()) != 0) {
    return FileError(errno, "the spill folder cannot be made durable");
  }
  return Ok();
}

Status WriteAt(int fd, ByteView bytes, int64_t at) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FileError(written < 0 ? errno : EIO, "the spill cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(written));
    at += written;
  }
  if (::fdatasync(fd) != 0) return FileError(errno, "the spill cannot be made durable");
  return Ok();
}

// The ledger cannot take anything now, whatever the change is.
bool IsTrouble(const Error& error) {
  return error.reason().starts_with("LEDGER_") && error.reason() != "LEDGER_CONSTRAINT" &&
         error.reason() != "LEDGER_REENTRANT";
}

// True when it was taken in now, false when the ledger had it.
Result<bool> TakeInRecord(Ledger& ledger, const std::string& job_id, ByteView payload) {
  bool taken = false;
  RETURN_IF_ERROR(
      ledger.Commit([&](Transaction& tx) { return ReplayChange(payload, job_id, tx, taken); }));
  return taken;
}

Status Remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return FileError(errno, "a spill file cannot be removed");
  }
  return SyncFolder(path.substr(0, path.rfind('/') + 1));
}

}  // namespace

Spill::Spill(UniqueFd file, std::string path, std::string job_id, int64_t bytes, Ledger& ledger,
             Clock& clock)
    : file_(std::move(file)),
      path_(std::move(path)),
      job_id_(std::move(job_id)),
      bytes_(bytes),
      ledger_(ledger),
      clock_(clock) {}

Result<std::unique_ptr<Spill>> Spill::Allocate(const std::string& folder, const std::string& job_id,
                                               int64_t bytes, Ledger& ledger, Clock& clock) {
  if (!IsId(job_id)) return InvalidArgument("SPILL_FAILED", "a spill needs the id of its job");
  if (bytes > kMaxBytes) return InvalidArgument("SPILL_FAILED", "a spill of this size is not read");
  bytes = std::max(bytes, kMinBytes);
  std::string path = folder + "/" + job_id + std::string(kSuffix);
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return FileError(errno, "the spill file cannot be made");
  std::unique_ptr<Spill> spill(
      new Spill(std::move(file), std::move(path), job_id, bytes, ledger, clock));
  Status made = Ok();
  if (const int code = ::posix_fallocate(spill->file_.get(), 0, bytes); code != 0) {
    made = FileError(code, "the spill file cannot be allocated");
  } else {
    const Bytes header = PackHeader(ledger.bench_id(), job_id);
    made = WriteAt(spill->file_.get(), header, 0);
    spill->end_ = static_cast<int64_t>(header.size());
    spill->number_ = 1;
  }
  if (made && ::fsync(spill->file_.get()) != 0) {
    made = FileError(errno, "the spill file cannot be made durable");
  }
  if (made) made = SyncFolder(folder);
  if (!made) {
    ::unlink(spill->path_.c_str());
    return std::move(made).error();
  }
  return spill;
}

Status Spill::Commit(const std::function<Status(Transaction&)>& change) {
  const std::string id = NewId(clock_);
  Status status = TakeIn();
  if (status) {
    // Should this commit turn out later to have happened although it failed, its record is known.
    status = ledger_.Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertSpilled({.id = id, .job_id = job_id_, .taken_us = tx.now_us()}));
      return change(tx);
    });
    if (status || !IsTrouble(status.error())) return status;
  }
  Status recorded = Record(id, change);
  if (recorded || !recorded.error().reason().starts_with("SPILL_")) return recorded;
  return std::move(recorded).error().With("ledger", status.error().reason());
}

Status Spill::TakeIn() {
  while (!waiting_.empty()) {
    const auto taken = TakeInRecord(ledger_, job_id_, waiting_.front());
    if (!taken && IsTrouble(taken.error())) return taken.error();
    // What the ledger refuses stays in the file for a person; those behind it need not wait.
    if (!taken) refused_ = true;
    waiting_.pop_front();
  }
  return Ok();
}

Status Spill::Record(const std::string& id, const std::function<Status(Transaction&)>& change) {
  ChangeRecorder recorder(clock_, id);
  RETURN_IF_ERROR(change(recorder));
  RETURN_IF_ERROR(Append(recorder.payload()));
  waiting_.push_back(recorder.payload());
  return Ok();
}

Status Spill::Append(ByteView payload) {
  if (static_cast<int64_t>(payload.size()) > bytes_) return Full();
  const Bytes record = PackRecord(number_, payload);
  if (end_ + static_cast<int64_t>(record.size()) > bytes_) return Full();
  // A record whose sync failed may be whole all the same: the next one takes its place.
  RETURN_IF_ERROR(WriteAt(file_.get(), record, end_));
  end_ += static_cast<int64_t>(record.size());
  ++number_;
  return Ok();
}

Error Spill::Full() const {
  return ResourceExhausted("SPILL_FULL", "the spill file of this job has no room left")
      .WithRemedy("Free space on the file system that holds the ledger.");
}

Status Spill::Close() {
  if (!TakeIn() || refused_) return Ok();
  file_.Reset();
  return Remove(path_);
}

namespace {

// One file of the spill folder.
class SpillFile {
 public:
  SpillFile(Ledger& ledger, std::string path) : ledger_(ledger), path_(std::move(path)) {}

  // How many records were taken in now.
  Result<int> TakeIn() {
    ASSIGN_OR_RETURN(const bool readable, Read());
    if (!readable) return SetAside("SPILL_DAMAGED");
    const auto content = ParseSpill(bytes_);
    if (!content) return SetAside(content.error().reason());
    if (content->has_header) {
      if (content->bench_id != ledger_.bench_id()) return SetAside("SPILL_FOREIGN");
      job_id_ = content->job_id;
    }
    std::string fault = content->damaged ? "SPILL_DAMAGED" : "";
    for (const ByteView payload : content->payloads) {
      const auto taken = TakeInRecord(ledger_, job_id_, payload);
      if (!taken && IsTrouble(taken.error())) return taken.error();
      if (!taken) fault = taken.error().reason();
      if (taken && *taken) ++taken_;
    }
    if (!fault.empty()) return SetAside(fault);
    RETURN_IF_ERROR(Remove(path_));
    return taken_;
  }

 private:
  // False for what is no spill by its looks.
  Result<bool> Read() {
    const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.valid() && errno == ELOOP) return false;
    struct stat info {};
    if (!file.valid() || ::fstat(file.get(), &info) != 0) {
      return FileError(errno, "a spill file cannot be read");
    }
    if (!S_ISREG(info.st_mode) || info.st_size > Spill::kMaxBytes) return false;
    bytes_.resize(static_cast<size_t>(info.st_size));
    size_t at = 0;
    while (at < bytes_.size()) {
      const ssize_t length = ::read(file.get(), bytes_.data() + at, bytes_.size() - at);
      if (length < 0 && errno == EINTR) continue;
      if (length < 0) return FileError(errno, "a spill file cannot be read");
      if (length == 0) break;
      at += static_cast<size_t>(length);
    }
    bytes_.resize(at);
    return true;
  }

  // Keeps the file for a person, under a name that is not taken in again.
  Result<int> SetAside(const std::string& why) {
    std::string id;
    RETURN_IF_ERROR(ledger_.Commit([&](Transaction& tx) -> Status {
      id = tx.NewId();
      RETURN_IF_ERROR(tx.AppendAudit(
          {.principal = "firmbenchd",
           .action = "spill.set_aside",
           .resource = IsId(job_id_) ? "jobs/" + job_id_ : "benches/" + ledger_.bench_id(),
           .outcome = why,
           .details = {{"set_aside", id}}}));
      return Ok();
    }));
    if (std::rename(path_.c_str(), (path_ + ".set_aside." + id).c_str()) != 0) {
      return FileError(errno, "a spill file cannot be set aside");
    }
    RETURN_IF_ERROR(SyncFolder(path_.substr(0, path_.rfind('/') + 1)));
    return taken_;
  }

  Ledger& ledger_;
  const std::string path_;
  std::string job_id_;
  Bytes bytes_;
  int taken_ = 0;
};

}  // namespace

Result<int> TakeInSpills(Ledger& ledger, const std::string& folder) {
  std::error_code error;
  std::set<std::string> paths;  // ids sort by age
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    std::string path = folder + "/" + entry->path().filename().string();
    if (path.ends_with(kSuffix)) paths.insert(std::move(path));
    entry.increment(error);
  }
  if (error == std::errc::no_such_file_or_directory) return 0;
  if (error) return FileError(error.value(), "the spill folder cannot be read");
  int taken = 0;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const int records, SpillFile(ledger, path).TakeIn());
    taken += records;
  }
  return taken;
}

}  // namespace firmbench::storage
