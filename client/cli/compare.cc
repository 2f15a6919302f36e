// SPDX-License-Identifier: Apache-2.0
#include "client/cli/compare.h"

#include <optional>
#include <variant>

#include "client/cli/fresh_dump.h"
#include "client/cli/render/compare.h"
#include "client/cli/render/problem.h"
#include "client/cli/resolve.h"
#include "client/cli/upload.h"

namespace firmbench::cli {
namespace {

constexpr std::string_view kDrive = "drive:";

// A side as far as it is known before anything is read or sent.
using Side = std::variant<v1::Dump, v1::Image, std::string, v1::Drive>;

Result<Side> Find(BenchClient& client, const std::string& text) {
  if (const std::string_view which = DriveOf(text); !which.empty()) {
    ASSIGN_OR_RETURN(v1::Drive drive, ResolveDrive(client, which));
    return Side(std::move(drive));
  }
  ASSIGN_OR_RETURN(Source source, ResolveSource(client, text));
  return std::visit([](auto&& found) { return Side(std::move(found)); }, std::move(source));
}

// EEPROMs of these drives have 1 or 4 KB, and no firmware is so small.
bool IsEepromFile(const Side& side) {
  const auto* path = std::get_if<std::string>(&side);
  if (path == nullptr) return false;
  const auto bytes = ReadFile(*path);
  return bytes.has_value() && (bytes->size() == 1024 || bytes->size() == 4096);
}

// The memory of a drive that is worth comparing with the other side.
v1::Memory MemoryFor(const CompareOptions& options, const Side& other) {
  if (options.memory == "eeprom") return v1::MEMORY_EEPROM;
  if (options.memory == "firmware") return v1::MEMORY_FIRMWARE;
  const auto* dump = std::get_if<v1::Dump>(&other);
  const bool eeprom = dump != nullptr ? dump->memory() == v1::MEMORY_EEPROM : IsEepromFile(other);
  return eeprom ? v1::MEMORY_EEPROM : v1::MEMORY_FIRMWARE;
}

// Puts the drive's new dump in its place. How the command ends when there is none.
Result<std::optional<ExitCode>> ReadNow(Context& context, Side& side, v1::Memory memory) {
  const auto* drive = std::get_if<v1::Drive>(&side);
  if (drive == nullptr) return std::optional<ExitCode>();
  ASSIGN_OR_RETURN(FreshDump fresh, ReadIntoDump(context, *drive, memory));
  if (const auto* ended = std::get_if<ExitCode>(&fresh)) return std::optional<ExitCode>(*ended);
  side = std::get<v1::Dump>(std::move(fresh));
  return std::optional<ExitCode>();
}

// Files become uploads that enter no library.
Result<v1::CompareSide> Sent(BenchClient& client, const Side& side) {
  v1::CompareSide sent;
  if (const auto* dump = std::get_if<v1::Dump>(&side)) {
    sent.set_dump(dump->name());
  } else if (const auto* image = std::get_if<v1::Image>(&side)) {
    sent.set_image(image->name());
  } else if (const auto* path = std::get_if<std::string>(&side)) {
    ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(*path));
    ASSIGN_OR_RETURN(const v1::Upload upload, UploadBytes(client, FileName(*path), bytes));
    sent.set_upload(upload.name());
  }
  return sent;
}

}  // namespace

std::string_view DriveOf(std::string_view side) {
  return side.starts_with(kDrive) ? side.substr(kDrive.size()) : std::string_view();
}

Ending RunCompare(Context& context, const CompareOptions& options) {
  ASSIGN_OR_RETURN(Side a, Find(context.client, options.a));
  ASSIGN_OR_RETURN(Side b, Find(context.client, options.b));
  // Drives first: an upload would expire while one of them is read.
  const v1::Memory of_a = MemoryFor(options, b);
  const v1::Memory of_b = MemoryFor(options, a);
  ASSIGN_OR_RETURN(std::optional<ExitCode> ended, ReadNow(context, a, of_a));
  if (ended.has_value()) return *ended;
  ASSIGN_OR_RETURN(ended, ReadNow(context, b, of_b));
  if (ended.has_value()) return *ended;

  v1::CompareDumpsRequest request;
  request.set_with_lines(options.hex);
  ASSIGN_OR_RETURN(*request.mutable_a(), Sent(context.client, a));
  ASSIGN_OR_RETURN(*request.mutable_b(), Sent(context.client, b));
  ASSIGN_OR_RETURN(const v1::CompareDumpsResponse comparison,
                   Call(context.client.dumps(), &v1::DumpService::Stub::CompareDumps, request));
  context.Print(comparison, [&] {
    std::string text = render::Comparison(comparison);
    const std::string lines = render::HexLines(comparison, context.wide(), context.out_style());
    return lines.empty() ? text : text + "\n" + lines;
  });
  context.console.Err(render::ProblemLines("warning", comparison.warnings(), context.err_style()));
  return comparison.identical() ? ExitCode::kOk : ExitCode::kDiffer;
}

}  // namespace firmbench::cli
