// SPDX-License-Identifier: Apache-2.0
#pragma once

// What became of a folder of old files, as text. Pure.

#include <string>

#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli::render {

// A line for each file: what it is, whose, what was done; then what is true of several, and a sum.
std::string ImportReport(const v1::ImportDumpsReport& report, bool wide);

}  // namespace firmbench::cli::render
