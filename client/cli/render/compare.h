// SPDX-License-Identifier: Apache-2.0
#pragma once

// The comparison of two blobs as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli::render {

// "identical" with size and SHA-256, or a table of the ranges that differ.
std::string Comparison(const v1::CompareDumpsResponse& comparison);

// The lines around what differs, side by side: offset, 16 bytes of a, 16 of b, a mark between them
// where they differ, and with `wide` the characters. A missing stretch is "...". "" without lines.
std::string HexLines(const v1::CompareDumpsResponse& comparison, bool wide, Style style);

}  // namespace firmbench::cli::render
