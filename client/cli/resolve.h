// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what a person types to what the bench knows: drives, units, dumps, images and files. The
// Pick functions are pure; the Resolve functions call the bench.

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "client/cli/bench_client.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

// drives/ID, the bare ID, at least four characters that only one ID begins with, the bay ("bay 1",
// also bay_1, bay-1) or the unit's number (U-0001). DRIVE_NOT_FOUND, DRIVE_AMBIGUOUS.
Result<v1::Drive> PickDrive(const v1::ListDrivesResponse& drives, std::string_view text);
// units/ID, the bare ID, the number (U-0001, also 1), the label or the serial number.
// UNIT_NOT_FOUND, UNIT_AMBIGUOUS.
Result<v1::Unit> PickUnit(const v1::ListUnitsResponse& units, std::string_view text);

Result<v1::Drive> ResolveDrive(BenchClient& client, std::string_view text);
// A unit that was merged gives the one it turned out to be.
Result<v1::Unit> ResolveUnit(BenchClient& client, std::string_view text);
// collection/ID or the bare ID, as "collection/ID". NOT_A_NAME.
Result<std::string> ResourceName(std::string_view collection, std::string_view text);
Result<v1::Dump> ResolveDump(BenchClient& client, std::string_view text);
// images/ID, the bare ID, or a file, which is uploaded into the library.
Result<v1::Image> ResolveImage(BenchClient& client, std::string_view text);

// "90s", "30m", "2h", "1d": a whole number and its unit, up to a year. DURATION_INVALID.
Result<std::chrono::seconds> ParseDuration(std::string_view text);

// A dump, an image, or the path of a file that is neither.
using Source = std::variant<v1::Dump, v1::Image, std::string>;
Result<Source> ResolveSource(BenchClient& client, std::string_view text);

}  // namespace firmbench::cli
