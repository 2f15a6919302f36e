// SPDX-License-Identifier: Apache-2.0
#pragma once

// Drives as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/drive_service.pb.h"

namespace firmbench::cli::render {

Table DriveTable(const v1::ListDrivesResponse& drives, bool wide);
// Everything about one drive; for each memory what it is, and what can be done with it and why.
std::string DriveDetails(const v1::Drive& drive, Style style);
// "drive U-0001 (LTR-48246S, bay 1)".
std::string DriveTitle(const v1::Drive& drive);
// "ready", "busy with a job".
std::string_view StateInWords(v1::Drive::State state);
// "in use by ann until 2026-11-22T12:30:00Z: reading the chip"; "" when nobody claims it.
std::string ClaimText(const v1::Drive& drive);

}  // namespace firmbench::cli::render
