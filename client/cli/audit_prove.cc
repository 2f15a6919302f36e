// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit_prove.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "client/cli/audit_bundle.h"
#include "client/cli/audit_checkpoint.h"
#include "client/cli/download.h"
#include "client/cli/render/text.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"

namespace firmbench::cli {
namespace {

// More is in no job; a bench that says so is not believed for ever.
constexpr int kMostEntries = 10'000;
constexpr int kMostDumps = 1'000;

// What is proven: a job with its dumps, or a dump with its job.
struct Subject {
  std::string name;
  std::string job;  // "" for a dump that was imported
  std::vector<v1::Dump> dumps;
};

Result<Subject> FindSubject(BenchClient& client, const std::string& text) {
  const bool is_job = text.starts_with("jobs/");
  if (!is_job) {
    auto dump = ResolveDump(client, text);
    if (dump) return Subject{.name = dump->name(), .job = dump->job(), .dumps = {*dump}};
    // A bare ID may be a job's.
    const bool bare = text.find('/') == std::string::npos;
    if (!bare || dump.error().code() != Code::kNotFound) return std::move(dump).error();
  }
  v1::GetJobRequest get;
  ASSIGN_OR_RETURN(*get.mutable_name(), ResourceName("jobs", text));
  ASSIGN_OR_RETURN(const v1::Job job, Call(client.jobs(), &v1::JobService::Stub::GetJob, get));
  Subject subject{.name = job.name(), .job = job.name()};
  v1::ListDumpsRequest list;
  list.set_job(job.name());
  list.set_show_archived(true);
  ASSIGN_OR_RETURN(const v1::ListDumpsResponse dumps,
                   CallList(client.dumps(), &v1::DumpService::Stub::ListDumps, list,
                            &v1::ListDumpsResponse::mutable_dumps, kMostDumps));
  subject.dumps.assign(dumps.dumps().begin(), dumps.dumps().end());
  return subject;
}

// Numbers of the entries about the resource, or of an action, that are in a tree of `size`.
Status Collect(BenchClient& client, const std::string& resource, const std::string& action,
               int64_t size, std::set<int64_t>& numbers) {
  v1::ListAuditEntriesRequest request;
  request.set_resource(resource);
  request.set_action(action);
  ASSIGN_OR_RETURN(const v1::ListAuditEntriesResponse entries,
                   CallList(client.audit(), &v1::AuditService::Stub::ListAuditEntries, request,
                            &v1::ListAuditEntriesResponse::mutable_audit_entries, kMostEntries));
  for (const v1::AuditEntry& entry : entries.audit_entries()) {
    if (entry.sequence() < size) numbers.insert(entry.sequence());
  }
  return Ok();
}

Result<BundleParts> Gather(Context& context, const Subject& subject) {
  BenchClient& client = context.client;
  BundleParts parts{.resource = subject.name};
  ASSIGN_OR_RETURN(const CheckedCheckpoint checked, TakeCheckpoint(context));
  parts.checkpoint = checked.shown;
  const int64_t size = checked.head.size;
  std::set<int64_t> numbers;
  RETURN_IF_ERROR(Collect(client, "", "audit.key", size, numbers));
  if (!subject.job.empty()) RETURN_IF_ERROR(Collect(client, subject.job, "", size, numbers));
  for (const v1::Dump& dump : subject.dumps) {
    RETURN_IF_ERROR(Collect(client, dump.name(), "", size, numbers));
    ASSIGN_OR_RETURN(Bytes bytes, DownloadDump(client, dump));
    parts.dumps.emplace_back(dump, std::move(bytes));
  }
  for (const int64_t number : numbers) {
    v1::ProveEntryRequest request;
    request.set_name(fmt::format("auditEntries/{}", number));
    request.set_tree_size(size);
    ASSIGN_OR_RETURN(parts.entries.emplace_back(),
                     Call(client.audit(), &v1::AuditService::Stub::ProveEntry, request));
  }
  return parts;
}

Error NotWritten(const std::string& path, int error) {
  return Internal("FILE_NOT_WRITTEN",
                  fmt::format("cannot write '{}': {}", path, std::strerror(error)))
      .WithRemedy("check the folder and the space on the disk");
}

Status WriteInto(const std::string& folder, const BundleFiles& files) {
  for (const char* const sub : {"", "/entries", "/dumps"}) {
    if (mkdir((folder + sub).c_str(), 0700) != 0) return NotWritten(folder + sub, errno);
  }
  for (const auto& [path, content] : files) {
    RETURN_IF_ERROR(WriteFile(fmt::format("{}/{}", folder, path), AsBytes(content), false));
  }
  return Ok();
}

// The folder appears when it is complete, or not at all.
Status WriteFolder(const std::string& folder, const BundleFiles& files) {
  struct stat info {};
  if (lstat(folder.c_str(), &info) == 0) {
    return Error(Code::kAlreadyExists, "FILE_EXISTS", fmt::format("'{}' exists", folder))
        .WithRemedy("choose another name for the folder");
  }
  const std::string part = fmt::format("{}.{}.part", folder, getpid());
  Status written = WriteInto(part, files);
  if (written && std::rename(part.c_str(), folder.c_str()) != 0) {
    written = NotWritten(folder, errno);
  }
  std::error_code ignored;
  if (!written) std::filesystem::remove_all(part, ignored);
  return written;
}

}  // namespace

Ending RunAuditProve(Context& context, const AuditProveOptions& options) {
  std::string folder = options.folder;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  ASSIGN_OR_RETURN(const Subject subject, FindSubject(context.client, options.what));
  ASSIGN_OR_RETURN(const BundleParts parts, Gather(context, subject));
  ASSIGN_OR_RETURN(const BundleFiles files, MakeBundle(parts));
  RETURN_IF_ERROR(WriteFolder(folder, files));
  context.Print(parts.checkpoint, [&] {
    return fmt::format(
        "{}: entries: {}, dumps: {}, proven in a log of {} entries\n"
        "README.txt in it says how anybody checks that without firmbench\n",
        render::Clean(folder), parts.entries.size(), parts.dumps.size(),
        parts.checkpoint.tree_size());
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
