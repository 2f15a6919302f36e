// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit_export.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "client/cli/csv.h"
#include "client/cli/render/text.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

Error NotWritten(const std::string& path, int error) {
  return Internal("FILE_NOT_WRITTEN",
                  fmt::format("cannot write '{}': {}", path, std::strerror(error)))
      .WithRemedy("check the folder and the space on the disk");
}

// A file that is there whole or not at all, written piece by piece; or the standard output.
class Target {
 public:
  Target(Console& console, std::string path) : console_(console), path_(std::move(path)) {}
  ~Target() {
    if (!part_.empty()) unlink(part_.c_str());
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  Status Open() {
    if (path_.empty()) return Ok();
    const std::string part = fmt::format("{}.{}.part", path_, getpid());
    fd_ = UniqueFd(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd_.valid()) return NotWritten(path_, errno);
    part_ = part;
    return Ok();
  }

  Status Write(std::string_view text) {
    if (path_.empty()) {
      console_.Out(text);
      return Ok();
    }
    while (!text.empty()) {
      const ssize_t wrote = write(fd_.get(), text.data(), text.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return NotWritten(path_, errno);
      text.remove_prefix(static_cast<size_t>(wrote));
    }
    return Ok();
  }

  Status Close(bool replace) {
    if (path_.empty()) return Ok();
    if (fsync(fd_.get()) != 0) return NotWritten(path_, errno);
    // link, unlike rename, does not replace what somebody else put there meanwhile.
    const int done =
        replace ? std::rename(part_.c_str(), path_.c_str()) : link(part_.c_str(), path_.c_str());
    if (done == 0) return Ok();
    if (errno != EEXIST) return NotWritten(path_, errno);
    return Error(Code::kAlreadyExists, "FILE_EXISTS", fmt::format("'{}' exists", path_))
        .WithRemedy("choose another name, or say --force");
  }

 private:
  Console& console_;
  const std::string path_;
  std::string part_;
  UniqueFd fd_;
};

// Returns how many entries there were.
Result<int64_t> Receive(Context& context, const v1::ExportAuditEntriesRequest& request, bool csv,
                        Target& target) {
  constexpr std::chrono::minutes kLimit{30};
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + kLimit);
  const auto reader = context.client.audit().ExportAuditEntries(&call, request);
  v1::ExportAuditEntriesResponse piece;
  int64_t count = 0;
  while (reader->Read(&piece)) {
    std::string text;
    for (const v1::AuditEntry& entry : piece.audit_entries()) {
      // The canonical text as it is: a line's leaf hash can be computed from it.
      text += csv ? CsvRow(entry) : entry.canonical_json() + "\n";
    }
    count += piece.audit_entries().size();
    if (auto written = target.Write(text); !written) {
      call.TryCancel();
      reader->Finish();
      return std::move(written).error();
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return FromStatus(status);
  return count;
}

}  // namespace

std::string CsvHead() {
  return "sequence,time,principal,action,resource,outcome,leaf_hash,entry\r\n";
}

std::string CsvRow(const v1::AuditEntry& entry) {
  return fmt::format("{},{},{},{},{},{},{},{}\r\n", entry.sequence(),
                     CsvCell(render::Time(entry.entry_time())), CsvCell(entry.principal()),
                     CsvCell(entry.action()), CsvCell(entry.resource()), CsvCell(entry.outcome()),
                     CsvCell(entry.leaf_hash()), CsvCell(entry.canonical_json()));
}

Ending RunAuditExport(Context& context, const AuditExportOptions& options) {
  v1::ExportAuditEntriesRequest request;
  RETURN_IF_ERROR(SetFilter(context, options.filter, request));
  const bool csv = options.format == "csv";
  Target target(context.console, options.file == "-" ? "" : options.file);
  RETURN_IF_ERROR(target.Open());
  if (csv) RETURN_IF_ERROR(target.Write(CsvHead()));
  ASSIGN_OR_RETURN(const int64_t count, Receive(context, request, csv, target));
  RETURN_IF_ERROR(target.Close(options.force));
  context.console.Err(fmt::format("{} entries\n", count));
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
