// SPDX-License-Identifier: Apache-2.0
#pragma once

// Cells of files that people open with a spreadsheet. Any thread.

#include <string>
#include <string_view>

namespace firmbench::cli {

// A cell as RFC 4180 quotes it, always in quotes. One that a spreadsheet would take for a formula
// (it begins with = + - @ or a control character) gets an apostrophe in front. Pure.
std::string CsvCell(std::string_view text);

}  // namespace firmbench::cli
