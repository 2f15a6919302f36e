// SPDX-License-Identifier: Apache-2.0
#include "client/cli/dump.h"

#include <fmt/format.h>

#include "client/cli/download.h"
#include "client/cli/render/records.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"

namespace firmbench::cli {
namespace {

v1::Memory MemoryOf(const std::string& word) {
  if (word == "firmware") return v1::MEMORY_FIRMWARE;
  if (word == "eeprom") return v1::MEMORY_EEPROM;
  return v1::MEMORY_UNSPECIFIED;
}

}  // namespace

std::string ExportName(const v1::Dump& dump) {
  constexpr size_t kHashDigits = 8;
  std::string name =
      fmt::format("{}-{}-{}-{}-{}.bin", dump.unit_number().empty() ? "no-unit" : dump.unit_number(),
                  dump.model(), dump.firmware_revision(), render::Word(dump.memory()),
                  dump.sha256().substr(0, kHashDigits));
  for (char& c : name) {
    const bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-' || c == '.';
    if (!fine) c = '-';
  }
  // Neither a hidden file nor an option.
  if (name.front() == '.' || name.front() == '-') name.insert(0, "dump");
  return name;
}

Ending RunDumpList(Context& context, const DumpListOptions& options) {
  v1::ListDumpsRequest request;
  request.set_memory(MemoryOf(options.memory));
  request.set_show_archived(options.archived);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
    request.set_unit(unit.name());
  }
  if (!options.job.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_job(), ResourceName("jobs", options.job));
  }
  ASSIGN_OR_RETURN(const v1::ListDumpsResponse dumps,
                   CallList(context.client.dumps(), &v1::DumpService::Stub::ListDumps, request,
                            &v1::ListDumpsResponse::mutable_dumps, options.limit));
  PrintScreen(context, dumps, [&] { return render::DumpTable(dumps, context.wide()); });
  context.SayIfMore(dumps.next_page_token());
  return ExitCode::kOk;
}

Ending RunDumpShow(Context& context, const DumpShowOptions& options) {
  ASSIGN_OR_RETURN(const v1::Dump dump, ResolveDump(context.client, options.dump));
  PrintScreen(context, dump, [&] { return render::DumpDetails(dump); });
  return ExitCode::kOk;
}

Ending RunDumpExport(Context& context, const DumpExportOptions& options) {
  ASSIGN_OR_RETURN(const v1::Dump dump, ResolveDump(context.client, options.dump));
  ASSIGN_OR_RETURN(const Bytes bytes, DownloadDump(context.client, dump));
  if (options.file == "-") {
    context.console.Out(AsText(bytes));
    return ExitCode::kOk;
  }
  const std::string file = options.file.empty() ? ExportName(dump) : options.file;
  RETURN_IF_ERROR(WriteFile(file, bytes, options.force));
  context.Print(dump, [&] {
    return fmt::format("{}  {}  SHA-256 {}\n", render::Clean(file),
                       render::Bytes(dump.size_bytes()), render::Clean(dump.sha256()));
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
