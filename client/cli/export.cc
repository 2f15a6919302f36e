// SPDX-License-Identifier: Apache-2.0
#include "client/cli/export.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "client/cli/download.h"
#include "client/cli/export_format.h"
#include "client/cli/resolve.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

constexpr int kAll = 1'000'000;

Error NotWritten(const std::string& path, int error) {
  return Internal("FILE_NOT_WRITTEN",
                  fmt::format("cannot write '{}': {}", path, std::strerror(error)))
      .WithRemedy("check the folder and the space on the disk");
}

// A new folder that only its owner may read. Without SHA256SUMS it is not whole.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  Status Make() {
    std::error_code failed;
    const bool there = mkdir(path_.c_str(), 0700) != 0;
    if (there && errno != EEXIST) return NotWritten(path_, errno);
    if (there && !std::filesystem::is_empty(path_, failed)) {
      return FailedPrecondition("FOLDER_NOT_EMPTY",
                                fmt::format("'{}' is there and holds something", path_))
          .WithRemedy("name a new folder");
    }
    if (mkdir((path_ + "/files").c_str(), 0700) != 0) return NotWritten(path_ + "/files", errno);
    return Ok();
  }

  Status Put(const std::string& name, ByteView bytes) {
    RETURN_IF_ERROR(Write(name, bytes));
    files_.push_back({name, Sha256Hex(bytes), static_cast<int64_t>(bytes.size())});
    return Ok();
  }

  // The manifest and the sums: nothing can be put afterwards.
  Status Seal(Manifest& manifest) {
    std::sort(files_.begin(), files_.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    manifest.files = files_;
    const std::string text = FormatManifest(manifest);
    RETURN_IF_ERROR(Write(kManifestFile, AsBytes(text)));
    return Write(kSumsFile, AsBytes(FormatSums(manifest, Sha256Hex(AsBytes(text)))));
  }

 private:
  Status Write(const std::string& name, ByteView bytes) {
    const std::string path = path_ + "/" + name;
    const UniqueFd fd(
        open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid()) return NotWritten(path, errno);
    while (!bytes.empty()) {
      const ssize_t wrote = write(fd.get(), bytes.data(), bytes.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return NotWritten(path, errno);
      bytes = bytes.subspan(static_cast<size_t>(wrote));
    }
    return fsync(fd.get()) == 0 ? Ok() : Status(NotWritten(path, errno));
  }

  const std::string path_;
  std::vector<ExportedFile> files_;
};

std::string TimeCell(const google::protobuf::Timestamp& time) {
  const std::string text = render::Time(time);
  return text == "-" ? "" : text;
}

std::string FileOf(const v1::Dump& dump) { return "files/" + dump.sha256() + ".bin"; }

std::string YesNo(bool yes) { return yes ? "yes" : "no"; }

class Exporter {
 public:
  Exporter(Context& context, Folder& folder) : client_(context.client), folder_(folder) {}

  Status Units(const std::vector<v1::Unit>& units);
  Status Dumps(const std::vector<v1::Dump>& dumps);
  void Jobs(const v1::ListJobsResponse& jobs);
  Status Finish(const std::string& bench, v1::ExportReport& report);

 private:
  Result<v1::GetRecordsResponse> Records(const std::string& name);

  BenchClient& client_;
  Folder& folder_;
  Manifest manifest_;
  std::string records_;
  std::string units_csv_ = CsvRow({"unit", "number", "label", "model", "family", "serial", "note",
                                   "archived", "merged_into", "first_seen", "dumps"});
  std::string dumps_csv_ = CsvRow({"dump",
                                   "unit",
                                   "unit_number",
                                   "attribution",
                                   "memory",
                                   "model",
                                   "firmware",
                                   "size_bytes",
                                   "sha256",
                                   "md5",
                                   "crc32",
                                   "file",
                                   "original_name",
                                   "original_modified",
                                   "purpose",
                                   "agreeing_reads",
                                   "method",
                                   "evidence",
                                   "simulated",
                                   "stored",
                                   "job"});
  std::string jobs_csv_ = CsvRow({"job", "kind", "unit_number", "unit", "drive", "model", "memory",
                                  "state", "result", "outcome", "eeprom_check", "error", "by",
                                  "created", "started", "write_started", "ended", "simulated"});
  std::string customers_csv_ =
      CsvRow({"unit", "unit_number", "label", "customer", "ticket", "by", "entered", "erased"});
  std::set<std::string> written_;  // blobs
  v1::ExportReport report_;
};

Result<v1::GetRecordsResponse> Exporter::Records(const std::string& name) {
  v1::GetRecordsRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(v1::GetRecordsResponse records,
                   Call(client_.records(), &v1::RecordService::Stub::GetRecords, request));
  for (const v1::Record& record : records.records()) {
    records_ += RecordLine(record);
    ++manifest_.rows[record.table()];
  }
  if (records_.size() > kMaxRecordsBytes) {
    return ResourceExhausted("EXPORT_TOO_LARGE",
                             fmt::format("the rows have more than {} MB", kMaxRecordsBytes >> 20))
        .WithRemedy("export the units one by one");
  }
  return records;
}

Status Exporter::Units(const std::vector<v1::Unit>& units) {
  for (const v1::Unit& unit : units) {
    ASSIGN_OR_RETURN(const v1::GetRecordsResponse records, Records(unit.name()));
    units_csv_ += CsvRow({unit.name(), unit.number(), unit.label(), unit.model(), unit.family(),
                          unit.serial(), unit.note(), YesNo(unit.archived()), unit.merged_into(),
                          TimeCell(unit.create_time()), fmt::format("{}", unit.dump_count())});
    for (const v1::Record& record : records.records()) {
      if (record.table() != "customer") continue;
      customers_csv_ +=
          CsvRow({unit.name(), unit.number(), unit.label(), RecordText(record, "customer"),
                  RecordText(record, "ticket"), RecordText(record, "principal"),
                  RecordTime(record, "created_us"), RecordTime(record, "erased_us")});
    }
    report_.set_unit_count(report_.unit_count() + 1);
  }
  return Ok();
}

Status Exporter::Dumps(const std::vector<v1::Dump>& dumps) {
  for (const v1::Dump& dump : dumps) {
    ASSIGN_OR_RETURN(const v1::GetRecordsResponse records, Records(dump.name()));
    std::string name;
    std::string modified;
    for (const v1::Record& record : records.records()) {
      if (record.table() != "dump_file") continue;
      name = RecordText(record, "file_name");
      modified = RecordTime(record, "modified_us");
    }
    dumps_csv_ += CsvRow({dump.name(),
                          dump.unit(),
                          dump.unit_number(),
                          dump.attribution(),
                          render::Word(dump.memory()),
                          dump.model(),
                          dump.firmware_revision(),
                          fmt::format("{}", dump.size_bytes()),
                          dump.sha256(),
                          dump.md5(),
                          dump.crc32(),
                          FileOf(dump),
                          name,
                          modified,
                          dump.purpose(),
                          fmt::format("{}", dump.agreeing_reads()),
                          dump.method(),
                          dump.evidence(),
                          YesNo(dump.simulated()),
                          TimeCell(dump.create_time()),
                          dump.job()});
    report_.set_dump_count(report_.dump_count() + 1);
    if (!written_.insert(dump.sha256()).second) continue;
    ASSIGN_OR_RETURN(const Bytes bytes, DownloadDump(client_, dump));
    RETURN_IF_ERROR(folder_.Put(FileOf(dump), bytes));
    report_.set_file_count(report_.file_count() + 1);
    report_.set_size_bytes(report_.size_bytes() + static_cast<int64_t>(bytes.size()));
  }
  return Ok();
}

void Exporter::Jobs(const v1::ListJobsResponse& jobs) {
  for (const v1::Job& job : jobs.jobs()) {
    jobs_csv_ += CsvRow(
        {job.name(), job.kind(), job.unit_number(), job.unit(), job.drive(), job.model(),
         render::Word(job.memory()), render::Word(job.state()), render::Word(job.result()),
         render::Word(job.outcome()), render::Word(job.eeprom_check()), job.error().reason(),
         job.principal(), TimeCell(job.create_time()), TimeCell(job.start_time()),
         TimeCell(job.write_start_time()), TimeCell(job.end_time()), YesNo(job.simulated())});
    report_.set_job_count(report_.job_count() + 1);
  }
}

Status Exporter::Finish(const std::string& bench, v1::ExportReport& report) {
  google::protobuf::Timestamp now;
  now.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count());
  manifest_.bench = bench;
  manifest_.created = render::Time(now);
  manifest_.tool = "firmbench " FIRMBENCH_VERSION;
  RETURN_IF_ERROR(folder_.Put(kReadmeFile, AsBytes(ReadmeText(manifest_))));
  RETURN_IF_ERROR(folder_.Put("units.csv", AsBytes(units_csv_)));
  RETURN_IF_ERROR(folder_.Put("dumps.csv", AsBytes(dumps_csv_)));
  RETURN_IF_ERROR(folder_.Put("jobs.csv", AsBytes(jobs_csv_)));
  RETURN_IF_ERROR(folder_.Put("customers.csv", AsBytes(customers_csv_)));
  RETURN_IF_ERROR(folder_.Put(kRecordsFile, AsBytes(records_)));
  RETURN_IF_ERROR(folder_.Seal(manifest_));
  report = report_;
  return Ok();
}

// The unit, and those that turned out to be it.
std::vector<v1::Unit> WithMerged(const v1::ListUnitsResponse& all, const v1::Unit& unit) {
  std::vector<v1::Unit> units = {unit};
  for (size_t i = 0; i < units.size(); ++i) {
    for (const v1::Unit& other : all.units()) {
      if (other.merged_into() == units[i].name()) units.push_back(other);
    }
  }
  return units;
}

template <typename Row>
std::vector<Row> OldestFirst(google::protobuf::RepeatedPtrField<Row>& newest_first) {
  std::vector<Row> rows(std::make_move_iterator(newest_first.begin()),
                        std::make_move_iterator(newest_first.end()));
  std::reverse(rows.begin(), rows.end());
  return rows;
}

}  // namespace

Ending RunExport(Context& context, const ExportOptions& options) {
  if (options.all != options.unit.empty()) {
    return InvalidArgument(kReasonUsage, "say which unit, or --all")
        .WithRemedy("read `firmbench export --help`");
  }
  BenchClient& client = context.client;
  v1::ListUnitsRequest unit_request;
  unit_request.set_show_archived(true);
  ASSIGN_OR_RETURN(v1::ListUnitsResponse units,
                   CallList(client.units(), &v1::UnitService::Stub::ListUnits, unit_request,
                            &v1::ListUnitsResponse::mutable_units, kAll));
  v1::ListDumpsRequest dump_request;
  dump_request.set_show_archived(true);
  v1::ListJobsRequest job_request;
  std::vector<v1::Unit> chosen;
  if (options.all) {
    chosen = OldestFirst(*units.mutable_units());
  } else {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(client, options.unit));
    dump_request.set_unit(unit.name());
    job_request.set_unit(unit.name());
    chosen = WithMerged(units, unit);
  }
  ASSIGN_OR_RETURN(v1::ListDumpsResponse dumps,
                   CallList(client.dumps(), &v1::DumpService::Stub::ListDumps, dump_request,
                            &v1::ListDumpsResponse::mutable_dumps, kAll));
  ASSIGN_OR_RETURN(const v1::ListJobsResponse jobs,
                   CallList(client.jobs(), &v1::JobService::Stub::ListJobs, job_request,
                            &v1::ListJobsResponse::mutable_jobs, kAll));
  ASSIGN_OR_RETURN(const v1::Bench bench,
                   Call(client.bench(), &v1::BenchService::Stub::GetBench, v1::GetBenchRequest()));

  Folder folder(options.folder);
  RETURN_IF_ERROR(folder.Make());
  Exporter exporter(context, folder);
  RETURN_IF_ERROR(exporter.Units(chosen));
  RETURN_IF_ERROR(exporter.Dumps(OldestFirst(*dumps.mutable_dumps())));
  exporter.Jobs(jobs);
  v1::ExportReport report;
  RETURN_IF_ERROR(exporter.Finish(bench.name(), report));
  report.set_folder(options.folder);
  context.Print(report, [&] {
    return fmt::format(
        "{}: {} units, {} dumps in {} files ({}), {} jobs to read\n"
        "it holds customers' names: only you may read it\n",
        render::Clean(options.folder), report.unit_count(), report.dump_count(),
        report.file_count(), render::Bytes(report.size_bytes()), report.job_count());
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
