// SPDX-License-Identifier: Apache-2.0
#include "client/cli/resolve.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "client/cli/upload.h"
#include "daemon/base/ids.h"

namespace firmbench::cli {
namespace {

constexpr size_t kShortestPrefix = 4;
constexpr int kAll = 100'000;

// Lower case, blanks and underscores as hyphens: "Bay 1", "bay_1" and "bay-1" are one place.
std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    c = c == ' ' || c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

// What a person typed, as far as it is worth repeating.
std::string_view Shown(std::string_view text) {
  constexpr size_t kLongest = 80;
  return text.substr(0, kLongest);
}

bool IsPlainAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// images/NAME may also be a file in a folder of that name. An ID alone is never one.
bool IsFile(std::string_view text) {
  struct stat info {};
  return text.find('/') != std::string_view::npos && stat(std::string(text).c_str(), &info) == 0;
}

// "u-0001", "u-1", "u1" and "1" name one unit; 0 for anything else.
int64_t UnitNumber(std::string_view text) {
  std::string folded = Folded(text);
  if (folded.starts_with("u-")) {
    folded.erase(0, 2);
  } else if (folded.starts_with("u")) {
    folded.erase(0, 1);
  }
  constexpr size_t kMostDigits = 12;
  if (folded.empty() || folded.size() > kMostDigits) return 0;
  int64_t number = 0;
  for (const char c : folded) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool IsPrefixOfId(std::string_view text, std::string_view collection, const std::string& name) {
  const std::string_view id = IdOf(collection, name);
  const std::string folded = Folded(text);
  std::string_view wanted = folded;
  if (const std::string head = std::string(collection) + "/"; wanted.starts_with(head)) {
    wanted.remove_prefix(head.size());
  }
  return wanted.size() >= kShortestPrefix && id.starts_with(wanted);
}

template <typename Row>
Result<Row> OnlyOne(const std::vector<const Row*>& found, std::string_view what,
                    std::string_view reason_head, std::string_view text) {
  if (found.size() == 1) return *found.front();
  if (found.empty()) {
    return NotFound(fmt::format("{}_NOT_FOUND", reason_head),
                    fmt::format("this bench knows no {} '{}'", what, Shown(text)))
        .WithRemedy(fmt::format("`firmbench {} list` shows those that it knows", what));
  }
  return InvalidArgument(fmt::format("{}_AMBIGUOUS", reason_head),
                         fmt::format("'{}' fits {} {}s", Shown(text), found.size(), what))
      .WithRemedy("give the whole name");
}

}  // namespace

Result<v1::Drive> PickDrive(const v1::ListDrivesResponse& drives, std::string_view text) {
  const std::string folded = Folded(text);
  std::vector<const v1::Drive*> exact;
  std::vector<const v1::Drive*> close;
  for (const v1::Drive& drive : drives.drives()) {
    const bool by_number = !drive.unit_number().empty() && folded.starts_with("u") &&
                           UnitNumber(drive.unit_number()) == UnitNumber(text);
    if (drive.name() == folded || IdOf("drives", drive.name()) == folded) {
      exact.push_back(&drive);
    } else if (by_number || (!drive.bay().empty() && Folded(drive.bay()) == folded) ||
               IsPrefixOfId(text, "drives", drive.name())) {
      close.push_back(&drive);
    }
  }
  return OnlyOne(exact.empty() ? close : exact, "drive", "DRIVE", text);
}

Result<v1::Unit> PickUnit(const v1::ListUnitsResponse& units, std::string_view text) {
  const std::string folded = Folded(text);
  const int64_t number = UnitNumber(text);
  std::vector<const v1::Unit*> found;
  for (const v1::Unit& unit : units.units()) {
    const bool by_number = number > 0 && UnitNumber(unit.number()) == number;
    // What was merged has its label and serial number still; they mean the unit that counts now.
    const bool counts = unit.merged_into().empty();
    const bool by_label = counts && ((!unit.label().empty() && unit.label() == text) ||
                                     (unit.has_serial() && unit.serial() == text));
    if (unit.name() == folded || IdOf("units", unit.name()) == folded || by_number || by_label ||
        IsPrefixOfId(text, "units", unit.name())) {
      found.push_back(&unit);
    }
  }
  return OnlyOne(found, "unit", "UNIT", text);
}

Result<v1::Drive> ResolveDrive(BenchClient& client, std::string_view text) {
  ASSIGN_OR_RETURN(
      const v1::ListDrivesResponse drives,
      CallList(client.drives(), &v1::DriveService::Stub::ListDrives, v1::ListDrivesRequest(),
               &v1::ListDrivesResponse::mutable_drives, kAll));
  return PickDrive(drives, text);
}

Result<v1::Unit> ResolveUnit(BenchClient& client, std::string_view text) {
  v1::ListUnitsRequest list;
  list.set_show_archived(true);
  ASSIGN_OR_RETURN(const v1::ListUnitsResponse units,
                   CallList(client.units(), &v1::UnitService::Stub::ListUnits, list,
                            &v1::ListUnitsResponse::mutable_units, kAll));
  ASSIGN_OR_RETURN(v1::Unit unit, PickUnit(units, text));
  v1::GetUnitRequest request;
  request.set_name(unit.name());
  constexpr int kMostMerges = 64;
  for (int merges = 0; merges < kMostMerges; ++merges) {
    ASSIGN_OR_RETURN(unit, Call(client.units(), &v1::UnitService::Stub::GetUnit, request));
    if (unit.merged_into().empty()) break;
    request.set_name(unit.merged_into());
  }
  return unit;
}

Result<std::string> ResourceName(std::string_view collection, std::string_view text) {
  const std::string folded = Folded(text);
  if (IsId(folded)) return fmt::format("{}/{}", collection, folded);
  if (IsId(IdOf(collection, folded))) return folded;
  // A whole name with an ID that cannot be: the bench says best that it has no such thing.
  if (!IdOf(collection, text).empty() && IsPlainAscii(text)) return std::string(text);
  return InvalidArgument("NOT_A_NAME", fmt::format("'{}' does not name one of the bench's {}",
                                                   Shown(text), collection))
      .WithRemedy(fmt::format("write {}/ID or the ID alone, 26 characters", collection));
}

Result<v1::Dump> ResolveDump(BenchClient& client, std::string_view text) {
  v1::GetDumpRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ResourceName("dumps", text));
  return Call(client.dumps(), &v1::DumpService::Stub::GetDump, request);
}

Result<v1::Image> ResolveImage(BenchClient& client, std::string_view text) {
  auto name = ResourceName("images", text);
  if (name.has_value() && !IsFile(text)) {
    v1::GetImageRequest request;
    request.set_name(*name);
    return Call(client.images(), &v1::ImageService::Stub::GetImage, request);
  }
  return AddImage(client, std::string(text));
}

Result<std::chrono::seconds> ParseDuration(std::string_view text) {
  constexpr int64_t kLongest = 366 * 86400;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  const int64_t scale = unit == "s"   ? 1
                        : unit == "m" ? 60
                        : unit == "h" ? 3600
                        : unit == "d" ? 86400
                                      : 0;
  if (error != std::errc() || scale == 0 || number <= 0 || number > kLongest / scale) {
    return InvalidArgument("DURATION_INVALID", fmt::format("'{}' is no duration", Shown(text)))
        .WithRemedy("write a number and its unit: 90s, 30m, 2h or 1d");
  }
  return std::chrono::seconds(number * scale);
}

Result<Source> ResolveSource(BenchClient& client, std::string_view text) {
  if (ResourceName("dumps", text).has_value() && !IsFile(text)) {
    auto dump = ResolveDump(client, text);
    if (dump.has_value()) return Source(*std::move(dump));
    // A bare ID may be an image's.
    const bool bare = text.find('/') == std::string_view::npos;
    if (!bare || dump.error().code() != Code::kNotFound) return std::move(dump).error();
  }
  if (ResourceName("images", text).has_value() && !IsFile(text)) {
    ASSIGN_OR_RETURN(v1::Image image, ResolveImage(client, text));
    return Source(std::move(image));
  }
  return Source(std::string(text));
}

}  // namespace firmbench::cli
