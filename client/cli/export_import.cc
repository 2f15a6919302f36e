// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "client/cli/export.h"
#include "client/cli/export_format.h"
#include "client/cli/upload.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

constexpr size_t kMaxOtherBytes = 256 << 20;  // of a CSV file, which is only hashed

// A file of the folder, opened without following a link in its place.
class ExportFile {
 public:
  static Result<ExportFile> Open(const std::string& folder, const std::string& name) {
    UniqueFd fd(
        open((folder + "/" + name).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    struct stat info {};
    if (!fd.valid() || fstat(fd.get(), &info) != 0) {
      return ExportAltered(name, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    if (!S_ISREG(info.st_mode)) return ExportAltered(name, "is no file");
    return ExportFile(name, std::move(fd), info.st_size);
  }

  int64_t size_bytes() const { return size_bytes_; }

  // Calls `take` with pieces; no more than `most` bytes.
  template <typename Take>
  Status Read(size_t most, Take take) {
    Bytes piece(1 << 16);
    size_t all = 0;
    for (;;) {
      const ssize_t got = read(fd_.get(), piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ExportAltered(name_, "cannot be read");
      if (got == 0) return Ok();
      all += static_cast<size_t>(got);
      if (all > most) return ExportAltered(name_, "is larger than any that is exported");
      take(ByteView(piece.data(), static_cast<size_t>(got)));
    }
  }

  Result<std::string> Whole(size_t most) {
    std::string text;
    RETURN_IF_ERROR(Read(most, [&](ByteView piece) { text += AsText(piece); }));
    return text;
  }

 private:
  ExportFile(std::string name, UniqueFd fd, int64_t size)
      : name_(std::move(name)), fd_(std::move(fd)), size_bytes_(size) {}

  std::string name_;
  UniqueFd fd_;
  int64_t size_bytes_;
};

Result<std::string> ReadText(const std::string& folder, const char* name, size_t most) {
  ASSIGN_OR_RETURN(ExportFile file, ExportFile::Open(folder, name));
  return file.Whole(most);
}

Status CheckFile(const std::string& folder, const ExportedFile& expected) {
  ASSIGN_OR_RETURN(ExportFile file, ExportFile::Open(folder, expected.name));
  if (file.size_bytes() != expected.size_bytes) {
    return ExportAltered(expected.name, fmt::format("has {} bytes, the manifest says {}",
                                                    file.size_bytes(), expected.size_bytes));
  }
  Sha256Stream hash;
  RETURN_IF_ERROR(file.Read(kMaxOtherBytes, [&](ByteView piece) { hash.Update(piece); }));
  if (ToHex(hash.Finish()) != expected.sha256) {
    return ExportAltered(expected.name, "is not what the manifest says");
  }
  return Ok();
}

// The manifest, after everything in the folder was found to be as it says.
Result<Manifest> CheckFolder(const std::string& folder) {
  struct stat info {};
  if (stat((folder + "/" + kManifestFile).c_str(), &info) != 0) {
    return NotFound("EXPORT_UNKNOWN", fmt::format("'{}' has no {}: it is no export",
                                                  render::Clean(folder), kManifestFile))
        .WithRemedy("for a folder of old backups there is `firmbench dump import`");
  }
  ASSIGN_OR_RETURN(const std::string text, ReadText(folder, kManifestFile, kMaxManifestBytes));
  ASSIGN_OR_RETURN(Manifest manifest, ParseManifest(text));
  ASSIGN_OR_RETURN(const std::string sums, ReadText(folder, kSumsFile, kMaxManifestBytes));
  const std::string own = Sha256Hex(AsBytes(text));
  if (sums.find(fmt::format("{}  {}\n", own, kManifestFile)) == std::string::npos) {
    return ExportAltered(kManifestFile, "is not what SHA256SUMS says");
  }
  if (sums != FormatSums(manifest, own)) {
    return ExportAltered(kSumsFile, "does not say what the manifest says");
  }
  for (const ExportedFile& file : manifest.files) RETURN_IF_ERROR(CheckFile(folder, file));
  return manifest;
}

// The rows of one unit or one dump.
using Group = std::vector<v1::Record>;

struct Groups {
  std::vector<Group> units;
  std::vector<Group> dumps;
};

Result<Groups> ReadGroups(const std::string& folder, const Manifest& manifest) {
  ASSIGN_OR_RETURN(const std::string text, ReadText(folder, kRecordsFile, kMaxRecordsBytes));
  for (const ExportedFile& file : manifest.files) {
    // Read once more: it must be what was checked.
    if (file.name == kRecordsFile && Sha256Hex(AsBytes(text)) != file.sha256) {
      return ExportAltered(kRecordsFile, "changed while it was read");
    }
  }
  Groups groups;
  Group* group = nullptr;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    ASSIGN_OR_RETURN(v1::Record record, ParseRecordLine(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (record.table() == "unit") group = &groups.units.emplace_back();
    if (record.table() == "dump") group = &groups.dumps.emplace_back();
    if (group == nullptr) return ExportAltered(kRecordsFile, "begins with a row of nothing");
    group->push_back(std::move(record));
  }
  return groups;
}

// A unit that was merged into another comes after it, as far as that is there.
void SortByMerge(std::vector<Group>& units) {
  std::set<std::string> all;
  std::set<std::string> done;
  for (const Group& unit : units) all.insert(RecordText(unit[0], "id"));
  std::vector<Group> sorted;
  while (!units.empty()) {
    const auto ready = std::stable_partition(units.begin(), units.end(), [&](const Group& unit) {
      const std::string into = RecordText(unit[0], "merged_into");
      return !into.empty() && all.count(into) != 0 && done.count(into) == 0;
    });
    // Units that are merged in a circle: the bench refuses them.
    const auto from = ready == units.end() ? units.begin() : ready;
    for (auto unit = from; unit != units.end(); ++unit) {
      done.insert(RecordText((*unit)[0], "id"));
      sorted.push_back(std::move(*unit));
    }
    units.erase(from, units.end());
  }
  units = std::move(sorted);
}

class Putter {
 public:
  Putter(Context& context, const ExportImportOptions& options)
      : client_(context.client), options_(options) {}

  // Of a unit or a dump, as many rows at a time as a message holds. `bytes` go with the first.
  Status Put(const Group& group, const Bytes* bytes);
  Status PutDump(const Group& group);
  v1::PutRecordsResponse& sum() { return sum_; }

 private:
  Status Send(v1::PutRecordsRequest request, bool first);

  BenchClient& client_;
  const ExportImportOptions& options_;
  v1::PutRecordsResponse sum_;
};

Status Putter::Send(v1::PutRecordsRequest request, bool first) {
  ASSIGN_OR_RETURN(const v1::PutRecordsResponse put,
                   Call(client_.records(), &v1::RecordService::Stub::PutRecords, request));
  sum_.set_added_count(sum_.added_count() + put.added_count());
  // The unit or dump itself goes with every message, and counts once.
  sum_.set_present_count(sum_.present_count() + put.present_count() - (first ? 0 : 1));
  sum_.set_skipped_count(sum_.skipped_count() + put.skipped_count());
  for (const std::string& note : put.notes()) {
    const auto& notes = sum_.notes();
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) sum_.add_notes(note);
  }
  return Ok();
}

Status Putter::Put(const Group& group, const Bytes* bytes) {
  constexpr size_t kMostBytes = 1 << 20;
  constexpr int kMostRows = 1000;
  v1::PutRecordsRequest request;
  *request.add_records() = group[0];
  if (bytes != nullptr) {
    ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(client_, "import", *bytes));
    request.set_upload(upload.name());
  }
  bool first = true;
  size_t size = group[0].json().size();
  for (size_t i = 1; i < group.size(); ++i) {
    size += group[i].json().size();
    if (size > kMostBytes || request.records_size() == kMostRows) {
      RETURN_IF_ERROR(Send(std::move(request), first));
      first = false;
      request = v1::PutRecordsRequest();
      *request.add_records() = group[0];
      size = group[0].json().size() + group[i].json().size();
    }
    *request.add_records() = group[i];
  }
  return Send(std::move(request), first);
}

Status Putter::PutDump(const Group& group) {
  v1::GetDumpRequest known;
  known.set_name("dumps/" + RecordText(group[0], "id"));
  const auto there = Call(client_.dumps(), &v1::DumpService::Stub::GetDump, known);
  if (there) return Put(group, nullptr);
  if (there.error().reason() != "DUMP_NOT_FOUND") return there.error();
  const std::string sha256 = RecordText(group[0], "sha256");
  const std::string name = "files/" + sha256 + ".bin";
  if (sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return ExportAltered(kRecordsFile, "names bytes that are none");
  }
  ASSIGN_OR_RETURN(ExportFile file, ExportFile::Open(options_.folder, name));
  ASSIGN_OR_RETURN(const std::string text, file.Whole(kMaxFileBytes));
  if (Sha256Hex(AsBytes(text)) != sha256) return ExportAltered(name, "is not what its name says");
  const Bytes bytes(text.begin(), text.end());
  return Put(group, &bytes);
}

std::string Render(const v1::PutRecordsResponse& sum, const Manifest& manifest) {
  std::string text =
      fmt::format("export of {}, written {}: {} rows added, {} there already, {} left out\n",
                  render::Clean(manifest.bench), render::Clean(manifest.created), sum.added_count(),
                  sum.present_count(), sum.skipped_count());
  for (const std::string& note : sum.notes()) text += "  " + render::Clean(note) + "\n";
  return text + "  jobs were not taken in: they are part of the audit log of their bench\n";
}

}  // namespace

Ending RunExportImport(Context& context, const ExportImportOptions& options) {
  ASSIGN_OR_RETURN(const Manifest manifest, CheckFolder(options.folder));
  ASSIGN_OR_RETURN(Groups groups, ReadGroups(options.folder, manifest));
  SortByMerge(groups.units);
  Putter putter(context, options);
  // First the units alone: what was said of one may name another. They are counted below.
  for (const Group& unit : groups.units) RETURN_IF_ERROR(putter.Put({unit[0]}, nullptr));
  putter.sum().set_present_count(0);
  const int units_added = putter.sum().added_count();
  for (const Group& unit : groups.units) RETURN_IF_ERROR(putter.Put(unit, nullptr));
  putter.sum().set_present_count(putter.sum().present_count() - units_added);
  for (const Group& dump : groups.dumps) RETURN_IF_ERROR(putter.PutDump(dump));
  context.Print(putter.sum(), [&] { return Render(putter.sum(), manifest); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
