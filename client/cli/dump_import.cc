// SPDX-License-Identifier: Apache-2.0
#include "client/cli/dump_import.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "client/cli/folder_walk.h"
#include "client/cli/render/import.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"
#include "daemon/base/hash.h"

namespace firmbench::cli {
namespace {

// The name that the bench knows an upload by: the file's own goes with ImportDump.
constexpr char kUploadName[] = "import";

// What is said of a file without asking the bench; false for one that has to be read.
bool SaidByLook(const FoundFile& file, v1::ImportDumpResponse& row) {
  switch (file.kind) {
    case FoundKind::kFile:
      return false;
    case FoundKind::kEmpty:
      row.set_kind("empty");
      row.set_text("the file has no bytes");
      return true;
    case FoundKind::kTooLarge:
      row.set_kind("too_large");
      row.set_text(fmt::format("{}: no memory of an optical drive is so large",
                               render::Bytes(file.size_bytes)));
      return true;
    case FoundKind::kLink:
      row.set_kind("link");
      row.set_text("a symbolic link: not followed");
      return true;
    case FoundKind::kSpecial:
      row.set_kind("special");
      row.set_text("no file with bytes of its own");
      return true;
    case FoundKind::kNotReadable:
      break;
  }
  row.set_kind("not_readable");
  row.set_text("it cannot be read");
  return true;
}

Result<v1::ImportDumpResponse> ImportOne(BenchClient& client, const FoundFile& file,
                                         const v1::ImportDumpRequest& common) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFound(file));
  ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(client, kUploadName, bytes));
  v1::ImportDumpRequest request = common;
  request.set_upload(upload.name());
  request.set_sha256(Sha256Hex(bytes));
  request.set_file_name(file.name);
  constexpr size_t kLongestFolder = 4096;
  if (file.folder.size() <= kLongestFolder) request.set_folder(file.folder);
  request.mutable_modified_time()->set_seconds(file.modified_us / 1'000'000);
  request.mutable_modified_time()->set_nanos(
      static_cast<int32_t>(file.modified_us % 1'000'000 * 1000));
  return Call(client.dumps(), &v1::DumpService::Stub::ImportDump, request);
}

// Errors that will meet every further file as well.
bool EndsAll(const Error& error) {
  return error.reason() == kReasonUnreachable || error.reason().starts_with("LEDGER_") ||
         error.reason() == "UNIT_NOT_FOUND" || error.code() == Code::kPermissionDenied;
}

class Importer {
 public:
  Importer(BenchClient& client, v1::ImportDumpRequest common)
      : client_(client), common_(std::move(common)) {}

  Status Take(const FoundFile& file);
  v1::ImportDumpsReport& report() { return report_; }

 private:
  void Count(v1::ImportDumpResponse row);

  BenchClient& client_;
  const v1::ImportDumpRequest common_;
  v1::ImportDumpsReport report_;
  std::map<std::string, std::string> would_store_;  // by SHA-256, the first file's name
};

Status Importer::Take(const FoundFile& file) {
  v1::ImportDumpResponse row;
  row.set_action("not_imported");
  row.set_size_bytes(file.size_bytes);
  if (!SaidByLook(file, row)) {
    auto answer = ImportOne(client_, file, common_);
    if (!answer && EndsAll(answer.error())) return std::move(answer).error();
    if (answer) {
      row = std::move(*answer);
    } else {
      row.set_kind("not_readable");
      row.set_text(answer.error().reason() + ": " + answer.error().message());
      report_.set_failed_count(report_.failed_count() + 1);
    }
  }
  row.set_file_name(file.name);
  row.set_folder(file.folder);
  Count(std::move(row));
  return Ok();
}

void Importer::Count(v1::ImportDumpResponse row) {
  if (row.action() == "stored" && row.validate_only()) {
    // Nothing was stored, so the bench cannot know that two of the files are the same.
    const auto [first, fresh] = would_store_.emplace(row.sha256(), row.file_name());
    if (!fresh) {
      row.set_action("name_added");
      row.add_notes("the same bytes as " + first->second + " above");
    }
  }
  if (row.action() == "stored") {
    report_.set_stored_count(report_.stored_count() + 1);
  } else if (row.action() == "not_imported") {
    report_.set_not_imported_count(report_.not_imported_count() + 1);
  } else {
    report_.set_duplicate_count(report_.duplicate_count() + 1);
  }
  *report_.add_files() = std::move(row);
}

}  // namespace

Ending RunDumpImport(Context& context, const DumpImportOptions& options) {
  ASSIGN_OR_RETURN(const Walk walk, WalkFolders(options.paths));
  v1::ImportDumpRequest common;
  common.set_kind(options.as);
  common.set_validate_only(options.dry_run);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
    common.set_unit(unit.name());
  }
  Importer importer(context.client, std::move(common));
  v1::ImportDumpsReport& report = importer.report();
  for (const std::string& warning : walk.warnings) report.add_warnings(warning);
  Status taken = Ok();
  for (const FoundFile& file : walk.files) {
    taken = importer.Take(file);
    if (!taken.has_value()) break;
  }
  context.Print(report, [&] { return render::ImportReport(report, context.wide()); });
  if (!taken.has_value()) return std::move(taken).error();
  return report.failed_count() == 0 ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace firmbench::cli
