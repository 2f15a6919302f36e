// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/records.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/render/problem.h"
#include "client/cli/render/proof.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 12;
constexpr size_t kShortHash = 12;

std::string YesNo(bool value) { return value ? "yes" : "no"; }

std::string Hash(const std::string& hash, bool wide) {
  return wide ? hash : hash.substr(0, kShortHash);
}

void Append(std::vector<std::string>& cells, std::initializer_list<std::string> more) {
  cells.insert(cells.end(), more);
}

std::string MemoryText(v1::Memory memory) {
  switch (memory) {
    case v1::MEMORY_FIRMWARE:
      return "firmware (the model's program; replaceable)";
    case v1::MEMORY_BOOT:
      return "boot (the part of the flash that starts the drive)";
    case v1::MEMORY_EEPROM:
      return "eeprom (calibration and counters of this one drive; irreplaceable)";
    default:
      return "";
  }
}

}  // namespace

Table DumpTable(const v1::ListDumpsResponse& dumps, bool wide) {
  std::vector<std::string> headers = {"NAME",    "UNIT",  "MEMORY", "MODEL",   "FIRMWARE", "SIZE",
                                      "PURPOSE", "PROOF", "COPY",   "CREATED", "SHA256"};
  if (wide) Append(headers, {"MD5", "CRC32", "SERIAL", "READS", "METHOD", "SIMULATED", "JOB"});
  Table table(headers);
  for (const v1::Dump& dump : dumps.dumps()) {
    std::vector<std::string> cells = {dump.name(),
                                      dump.unit_number(),
                                      Word(dump.memory()),
                                      dump.model(),
                                      dump.firmware_revision(),
                                      BytesCell(dump.size_bytes()),
                                      dump.purpose(),
                                      ProofCell(dump),
                                      dump.second_copy(),
                                      Time(dump.create_time()),
                                      Hash(dump.sha256(), wide)};
    if (wide) {
      Append(cells,
             {dump.md5(), dump.crc32(), dump.serial(), fmt::format("{}", dump.agreeing_reads()),
              dump.method(), YesNo(dump.simulated()), dump.job()});
    }
    table.Add(std::move(cells));
  }
  return table;
}

std::string DumpDetails(const v1::Dump& dump) {
  Fields fields(kKeyColumns);
  fields.Add("memory", MemoryText(dump.memory()));
  fields.Add("unit", dump.unit_number().empty() ? "attributed to none: " + dump.attribution()
                                                : dump.unit_number() + " (" + dump.unit() + ")");
  fields.Add("serial", dump.has_serial() ? dump.serial() : "none known");
  fields.Add("model", fmt::format("{} (family {})", dump.model(), dump.family()));
  fields.Add("firmware", dump.firmware_revision() + ", as the drive said then");
  fields.Add("size", Bytes(dump.size_bytes()));
  fields.Add("SHA-256", dump.sha256());
  fields.Add("MD5", dump.md5());
  fields.Add("CRC-32", dump.crc32());
  fields.AddIfSet("stable part", dump.stable_sha256());
  fields.Add("purpose", dump.purpose());
  fields.Add("proof", ProofText(dump));
  fields.AddIfSet("rehearsal", RehearsalText(dump));
  fields.AddIfSet("second copy", CopyText(dump));
  fields.Add("method", dump.method());
  fields.Add("evidence", dump.evidence());
  fields.Add("read", Time(dump.create_time()) + ", firmbench " + dump.tool_version());
  fields.Add("job", dump.job());
  fields.Add("drive", dump.drive());
  if (dump.simulated()) fields.Add("simulated", "yes: no hardware was behind it");
  return Clean(dump.name()) + "\n" + fields.text();
}

Table AuditTable(const v1::ListAuditEntriesResponse& entries, bool wide) {
  std::vector<std::string> headers = {"NAME", "TIME", "PRINCIPAL", "ACTION", "RESOURCE", "OUTCOME"};
  if (wide) Append(headers, {"LEAF_HASH"});
  Table table(headers);
  for (const v1::AuditEntry& entry : entries.audit_entries()) {
    std::vector<std::string> cells = {entry.name(),   Time(entry.entry_time()), entry.principal(),
                                      entry.action(), entry.resource(),         entry.outcome()};
    if (wide) Append(cells, {entry.leaf_hash()});
    table.Add(std::move(cells));
  }
  return table;
}

std::string LedgerReport(const v1::VerifyLedgerResponse& report,
                         const std::string& checkpoint) {
  Fields fields(kKeyColumns);
  fields.Add("entries", fmt::format("{}, each a leaf of the tree", report.entry_count()));
  fields.Add("root hash", report.root_hash());
  fields.Add("blobs", fmt::format("{}, {} in all, each hashed again", report.blob_count(),
                                  Bytes(report.blob_bytes())));
  fields.Add("checkpoints", fmt::format("{}, each compared with the tree and its signature checked",
                                        report.checkpoint_count()));
  fields.AddIfSet("now", checkpoint);
  for (const std::string& note : report.notes()) fields.Add("note", note);
  for (const std::string& problem : report.problems()) fields.Add("problem", problem);
  return (report.ok() ? "the ledger is as it was written\n"
                      : "the ledger is NOT as it was written\n") +
         fields.text();
}

std::string BenchDetails(const v1::Bench& bench, Style style) {
  Fields fields(kKeyColumns);
  fields.Add("daemon", "firmbenchd " + bench.version());
  fields.Add("schema", fmt::format("{}", bench.schema_version()));
  fields.Add("drives",
             fmt::format("{}{}", bench.drive_count(),
                         bench.simulated() ? ", simulated: no hardware is behind them" : ""));
  fields.Add("open jobs", fmt::format("{}", bench.open_job_count()));
  fields.Add("running for",
             Clock(Seconds(bench.uptime_duration())) + ", since " + Time(bench.start_time()));
  v1::Bench rest = bench;
  auto& problems = *rest.mutable_problems();
  problems.erase(std::remove_if(problems.begin(), problems.end(),
                                [](const auto& row) { return row.reason() == "RECOVERY_NEEDED"; }),
                 problems.end());
  return UrgentLines(bench.problems(), style) + Paint(style, Color::kBold, Clean(bench.name())) +
         "\n" + fields.text() + ProblemLines("problem", problems, style);
}

}  // namespace firmbench::cli::render
