// SPDX-License-Identifier: Apache-2.0
#include "client/cli/export_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/cli/csv.h"
#include "client/cli/render/text.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::cli {
namespace {

using storage::audit::Json;

constexpr char kFormat[] = "firmbench-export/1";
constexpr std::string_view kRowStart = "{\"row\":";
constexpr std::string_view kTableStart = ",\"table\":\"";
constexpr std::string_view kLineEnd = "\"}";

constexpr std::string_view kPlainFiles[] = {kReadmeFile, "customers.csv", "dumps.csv",
                                            "jobs.csv",  kRecordsFile,    "units.csv"};

constexpr char kReadme[] = R"(This folder was exported from a bench of firmbench.
It can be read without firmbench; nothing in it needs a program of ours.

  units.csv      the drives: number, label, model, serial number
  dumps.csv      what was read out of them: the column "file" names the bytes
  jobs.csv       what was done with them; for reading only
  customers.csv  whose drives they are, and the tickets: PERSONAL DATA, keep it so
  files/         the bytes of the dumps, each under its SHA-256
  records.jsonl  the same rows as the bench keeps them, for another bench
  manifest.json  every file with its size and SHA-256
  SHA256SUMS     the same for everybody's tools

Is everything as it was written?   sha256sum -c SHA256SUMS

The CSV files are UTF-8. A cell that begins with = + - @ or a tab was given an apostrophe in front,
so that no spreadsheet takes it for a formula.

Into another bench, or back:       firmbench import FOLDER

Rows keep their ids, and what a bench has already is left alone. A unit's number (U-0001) belongs to
one bench, so another bench gives it its next one. Jobs are not taken in: they are work of the bench
that ran them and part of its audit log. A dump or an observation whose job another bench does not
have names no job there; jobs.csv and records.jsonl go on saying which it was. The checksums show
what was damaged or changed by mistake. They do not prove who wrote this folder: for that there is
`firmbench audit prove`.
)";

bool IsHash(std::string_view text) {
  constexpr size_t kDigits = 64;
  return text.size() == kDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Names come back from a folder that anybody may have changed: nothing else is ever opened.
bool IsExportName(const ExportedFile& file) {
  if (file.name.starts_with("files/")) return file.name == "files/" + file.sha256 + ".bin";
  return std::find(std::begin(kPlainFiles), std::end(kPlainFiles), file.name) !=
         std::end(kPlainFiles);
}

std::string TimeText(int64_t micros) {
  if (micros <= 0) return {};
  google::protobuf::Timestamp time;
  time.set_seconds(micros / 1'000'000);
  return render::Time(time);
}

}  // namespace

Error ExportAltered(std::string_view file, std::string_view how) {
  return DataLoss("EXPORT_ALTERED", fmt::format("'{}' {}", render::Clean(file), how))
      .WithRemedy("copy the folder again from where it was exported; nothing of it was taken in")
      .With("file", render::Clean(file));
}

std::string FormatManifest(const Manifest& manifest) {
  Json files = Json::Array();
  for (const ExportedFile& file : manifest.files) {
    files.Append(Json::Object()
                     .Set("name", file.name)
                     .Set("sha256", file.sha256)
                     .Set("size_bytes", file.size_bytes));
  }
  Json rows = Json::Object();
  for (const auto& [table, count] : manifest.rows) rows.Set(table, count);
  return Json::Object()
      .Set("bench", manifest.bench)
      .Set("created", manifest.created)
      .Set("files", std::move(files))
      .Set("format", kFormat)
      .Set("rows", std::move(rows))
      .Set("tool", manifest.tool)
      .Dump();
}

Result<Manifest> ParseManifest(std::string_view text) {
  const auto json = Json::Parse(text, {.max_bytes = kMaxManifestBytes, .max_depth = 8});
  if (!json) return ExportAltered(kManifestFile, "is no JSON: " + json.error().message());
  const std::string format = (*json)["format"].AsString("");
  if (format != kFormat) {
    return FailedPrecondition("EXPORT_UNKNOWN",
                              "this folder is no export that this version of firmbench can read")
        .WithRemedy("take a folder of `firmbench export`, or a newer firmbench");
  }
  Manifest manifest;
  manifest.bench = (*json)["bench"].AsString("");
  manifest.created = (*json)["created"].AsString("");
  manifest.tool = (*json)["tool"].AsString("");
  for (const auto& [table, count] : (*json)["rows"].fields()) {
    manifest.rows[table] = count.AsInteger(-1);
  }
  for (const Json& entry : (*json)["files"].items()) {
    ExportedFile file{entry["name"].AsString(""), entry["sha256"].AsString(""),
                      entry["size_bytes"].AsInteger(-1)};
    if (!IsHash(file.sha256) || file.size_bytes < 0 || !IsExportName(file)) {
      return ExportAltered(kManifestFile, "names a file that no export has");
    }
    const bool rising = manifest.files.empty() || manifest.files.back().name < file.name;
    if (!rising) return ExportAltered(kManifestFile, "names files twice or out of order");
    manifest.files.push_back(std::move(file));
  }
  if (FormatManifest(manifest) != text) {
    return ExportAltered(kManifestFile, "is not as it was written");
  }
  return manifest;
}

std::string FormatSums(const Manifest& manifest, const std::string& manifest_sha256) {
  std::string sums;
  for (const ExportedFile& file : manifest.files) {
    sums += fmt::format("{}  {}\n", file.sha256, file.name);
  }
  return sums + fmt::format("{}  {}\n", manifest_sha256, kManifestFile);
}

std::string RecordLine(const v1::Record& record) {
  std::string line(kRowStart);
  line += record.json();
  line += kTableStart;
  line += record.table();
  line += kLineEnd;
  return line + "\n";
}

Result<v1::Record> ParseRecordLine(std::string_view line) {
  const size_t table = line.rfind(kTableStart);
  if (!line.starts_with(kRowStart) || !line.ends_with(kLineEnd) ||
      table == std::string_view::npos || table < kRowStart.size()) {
    return ExportAltered(kRecordsFile, "holds a line that is no record");
  }
  v1::Record record;
  record.set_json(std::string(line.substr(kRowStart.size(), table - kRowStart.size())));
  std::string_view name = line.substr(table + kTableStart.size());
  name.remove_suffix(kLineEnd.size());
  record.set_table(std::string(name));
  const auto json = Json::Parse(record.json());
  if (!json || !json->is_object()) {
    return ExportAltered(kRecordsFile, "holds a line that is no record");
  }
  return record;
}

std::string RecordText(const v1::Record& record, std::string_view column) {
  const auto json = Json::Parse(record.json());
  return json ? (*json)[column].AsString("") : std::string();
}

std::string RecordTime(const v1::Record& record, std::string_view column) {
  const auto json = Json::Parse(record.json());
  return json ? TimeText((*json)[column].AsInteger(0)) : std::string();
}

std::string CsvRow(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) {
    if (!row.empty()) row += ',';
    row += CsvCell(cell);
  }
  return row + "\r\n";
}

std::string ReadmeText(const Manifest& manifest) {
  return fmt::format("{}\nWritten {} by {} from {}.\n", kReadme, manifest.created, manifest.tool,
                     manifest.bench);
}

}  // namespace firmbench::cli
