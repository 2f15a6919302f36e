// SPDX-License-Identifier: Apache-2.0
#pragma once

// The comparison of two blobs as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli::render {

// "identical" with size and SHA-256, or a table of the ranges that differ.
std::string Comparison(const v1::CompareDumpsResponse& comparison);

}  // namespace firmbench::cli::render
