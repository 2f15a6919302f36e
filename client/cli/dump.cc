// SPDX-License-Identifier: Apache-2.0
#include "client/cli/dump.h"

#include <fmt/format.h>

#include <chrono>

#include "client/cli/render/compare.h"
#include "client/cli/render/problem.h"
#include "client/cli/render/records.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"
#include "daemon/base/hash.h"

namespace firmbench::cli {
namespace {

v1::Memory MemoryOf(const std::string& word) {
  if (word == "firmware") return v1::MEMORY_FIRMWARE;
  if (word == "eeprom") return v1::MEMORY_EEPROM;
  return v1::MEMORY_UNSPECIFIED;
}

Result<Bytes> Download(BenchClient& client, const v1::Dump& dump) {
  constexpr std::chrono::minutes kLimit{5};
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + kLimit);
  v1::ReadDumpRequest request;
  request.set_name(dump.name());
  const auto reader = client.dumps().ReadDump(&call, request);
  Bytes bytes;
  bool in_order = true;
  v1::ReadDumpResponse piece;
  while (in_order && reader->Read(&piece)) {
    in_order = piece.offset_bytes() == static_cast<int64_t>(bytes.size()) &&
               bytes.size() + piece.data().size() <= kMaxFileBytes;
    if (in_order) bytes.insert(bytes.end(), piece.data().begin(), piece.data().end());
  }
  if (!in_order) call.TryCancel();
  const grpc::Status status = reader->Finish();
  if (in_order && !status.ok()) return FromStatus(status);
  if (!in_order || Sha256Hex(bytes) != dump.sha256()) {
    return DataLoss("SHA256_MISMATCH", "what arrived does not hash to the dump's SHA-256")
        .WithRemedy("try again; if it stays so, run `firmbench audit verify`");
  }
  return bytes;
}

// A side of the comparison; files become uploads that enter no library.
Result<v1::CompareSide> SideOf(BenchClient& client, const std::string& text) {
  ASSIGN_OR_RETURN(const Source source, ResolveSource(client, text));
  v1::CompareSide side;
  if (const auto* dump = std::get_if<v1::Dump>(&source)) {
    side.set_dump(dump->name());
  } else if (const auto* image = std::get_if<v1::Image>(&source)) {
    side.set_image(image->name());
  } else {
    ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(text));
    ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(client, FileName(text), bytes));
    side.set_upload(upload.name());
  }
  return side;
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
  ASSIGN_OR_RETURN(const Bytes bytes, Download(context.client, dump));
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

Ending RunDumpCompare(Context& context, const DumpCompareOptions& options) {
  v1::CompareDumpsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_a(), SideOf(context.client, options.a));
  ASSIGN_OR_RETURN(*request.mutable_b(), SideOf(context.client, options.b));
  ASSIGN_OR_RETURN(const v1::CompareDumpsResponse comparison,
                   Call(context.client.dumps(), &v1::DumpService::Stub::CompareDumps, request));
  context.Print(comparison, [&] { return render::Comparison(comparison); });
  context.console.Err(render::ProblemLines("warning", comparison.warnings(), context.err_style()));
  return comparison.identical() ? ExitCode::kOk : ExitCode::kDiffer;
}

}  // namespace firmbench::cli
