// SPDX-License-Identifier: Apache-2.0
#include "client/cli/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "client/cli/render/ledger.h"
#include "client/cli/screen.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

// Copying and verifying reads every blob: minutes for a large ledger on a slow disk.
constexpr std::chrono::minutes kSlowLimit{30};
constexpr int64_t kSecondsOfDay = 24 * 3600;

Error NotWritten(const std::string& file, int error_number) {
  return FailedPrecondition("FILE_NOT_WRITTEN",
                            fmt::format("cannot write '{}': {}", render::Clean(file),
                                        std::generic_category().message(error_number)))
      .WithRemedy("choose another place, or make room there");
}

Error Exists(const std::string& file) {
  return Error(Code::kAlreadyExists, "FILE_EXISTS", fmt::format("'{}' exists", render::Clean(file)))
      .WithRemedy("choose another name, or say --force");
}

// FILE.part, which becomes FILE or goes away.
class PartFile {
 public:
  explicit PartFile(const std::string& file) : file_(file), part_(file + ".part") {}
  ~PartFile() {
    if (fd_.valid()) ::unlink(part_.c_str());
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  Status Make(bool replace) {
    struct stat info {};
    if (!replace && ::lstat(file_.c_str(), &info) == 0) return Exists(file_);
    fd_ =
        UniqueFd(::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd_.valid()) return Ok();
    if (errno != EEXIST) return NotWritten(part_, errno);
    return Error(Code::kAlreadyExists, "FILE_EXISTS",
                 fmt::format("'{}' exists", render::Clean(part_)))
        .WithRemedy("another backup writes it, or one was cut off: then remove it");
  }
  Status Append(ByteView bytes) {
    hash_.Update(bytes);
    size_bytes_ += std::ssize(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return NotWritten(part_, written < 0 ? errno : EIO);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return Ok();
  }
  int64_t size_bytes() const { return size_bytes_; }

  Status Finish(const std::string& sha256, bool replace) {
    if (ToHex(hash_.Finish()) != sha256) {
      return DataLoss("SHA256_MISMATCH", "what arrived does not hash to the copy's SHA-256")
          .WithRemedy("try again");
    }
    if (::fsync(fd_.get()) != 0) return NotWritten(part_, errno);
    // link, unlike rename, does not replace what somebody else put there meanwhile.
    if (replace ? std::rename(part_.c_str(), file_.c_str()) != 0
                : ::link(part_.c_str(), file_.c_str()) != 0) {
      return errno == EEXIST ? Exists(file_) : NotWritten(file_, errno);
    }
    const std::string folder = std::filesystem::path(file_).parent_path().string();
    const UniqueFd parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
    if (!parent.valid() || ::fsync(parent.get()) != 0) return NotWritten(file_, errno);
    return Ok();
  }

 private:
  const std::string file_;
  const std::string part_;
  UniqueFd fd_;
  Sha256Stream hash_;
  int64_t size_bytes_ = 0;
};

Result<v1::LedgerCopy> Receive(BenchClient& client, PartFile& part) {
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + kSlowLimit);
  const auto reader = client.ledger().BackupLedger(&call, v1::BackupLedgerRequest());
  v1::BackupLedgerResponse piece;
  v1::LedgerCopy copy;
  bool whole = false;
  Status taken = Ok();
  while (taken && reader->Read(&piece)) {
    whole = piece.has_copy();
    if (whole) {
      copy = piece.copy();
    } else if (piece.offset_bytes() != part.size_bytes()) {
      taken = DataLoss("SHA256_MISMATCH", "a piece of the copy is missing").WithRemedy("try again");
    } else {
      taken = part.Append(AsBytes(piece.data()));
    }
  }
  if (!taken) call.TryCancel();
  const grpc::Status status = reader->Finish();
  RETURN_IF_ERROR(taken);
  if (!status.ok()) return FromStatus(status);
  if (!whole || copy.size_bytes() != part.size_bytes()) {
    return DataLoss("SHA256_MISMATCH", "the end of the copy is missing").WithRemedy("try again");
  }
  return copy;
}

// "90d", "8w", "2y" in days; the bench says which are too many.
Result<int64_t> ParseAge(const std::string& text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<size_t>(end - rest));
  const int64_t scale = unit == "d" ? 1 : unit == "w" ? 7 : unit == "y" ? 365 : 0;
  constexpr int64_t kMost = 100'000;
  if (error != std::errc() || scale == 0 || number <= 0 || number > kMost) {
    return InvalidArgument("AGE_INVALID", fmt::format("'{}' is no age", render::Clean(text)))
        .WithRemedy("write 90d, 8w or 2y");
  }
  return number * scale;
}

// As a shell takes it back.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Ending RunLedgerBackup(Context& context, const LedgerBackupOptions& options) {
  PartFile part(options.file);
  RETURN_IF_ERROR(part.Make(options.force));
  ASSIGN_OR_RETURN(v1::LedgerCopy copy, Receive(context.client, part));
  RETURN_IF_ERROR(part.Finish(copy.sha256(), options.force));
  copy.set_file(render::Clean(options.file));
  context.Print(copy, [&] { return render::LedgerCopyDetails(copy); });
  return ExitCode::kOk;
}

Ending RunLedgerCheck(Context& context) {
  v1::LedgerCheck check;
  ASSIGN_OR_RETURN(*check.mutable_ledger(),
                   Call(context.client.ledger(), &v1::LedgerService::Stub::GetLedger,
                        v1::GetLedgerRequest(), kSlowLimit));
  ASSIGN_OR_RETURN(*check.mutable_verification(),
                   Call(context.client.audit(), &v1::AuditService::Stub::VerifyLedger,
                        v1::VerifyLedgerRequest(), kSlowLimit));
  PrintScreen(context, check, [&] { return render::LedgerCheckDetails(check); });
  const bool fine = check.verification().ok() && check.ledger().problems().empty();
  return fine ? ExitCode::kOk : ExitCode::kFailed;
}

Ending RunLedgerRestore(Context& context, const LedgerRestoreOptions& options) {
  std::error_code error;
  const auto path = std::filesystem::absolute(options.file, error);
  struct stat info {};
  if (error || ::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return NotFound("FILE_NOT_READABLE",
                    fmt::format("'{}' is not a file", render::Clean(options.file)))
        .WithRemedy("give the path of a copy made with `firmbench ledger backup`");
  }
  context.console.Out(
      "Nothing was restored: a ledger is put back by the daemon itself, while no other one works "
      "on\n"
      "it, so that no job writes into a ledger that is being replaced. On the bench's computer, "
      "with\n"
      "the --config and --state-dir that the service has:\n"
      "\n"
      "  systemctl stop firmbenchd\n" +
      fmt::format("  firmbenchd --restore {}\n", Quoted(path.lexically_normal().string())) +
      "  systemctl start firmbenchd\n"
      "\n"
      "The copy is verified first. The ledger that is there now is kept beside it under another "
      "name,\n"
      "and the audit log of the restored one says which tree it replaced.\n");
  return ExitCode::kFailed;
}

Ending RunLedgerArchive(Context& context, const LedgerArchiveOptions& options) {
  v1::ArchiveDumpsRequest request;
  ASSIGN_OR_RETURN(const int64_t days, ParseAge(options.older_than));
  request.mutable_min_age_duration()->set_seconds(days * kSecondsOfDay);
  request.set_validate_only(options.dry_run);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(
      const v1::ArchiveDumpsResponse done,
      Call(context.client.ledger(), &v1::LedgerService::Stub::ArchiveDumps, request, kSlowLimit));
  context.Print(done, [&] { return render::ArchiveReport(done); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
