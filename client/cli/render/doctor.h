// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `firmbench bench doctor` found, as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/bench_service.pb.h"

namespace firmbench::cli::render {

// A line for each check, aligned, with what to do under those that need it; last how many there are
// of each kind.
std::string Checks(const v1::CheckBenchResponse& found, Style style);

}  // namespace firmbench::cli::render
