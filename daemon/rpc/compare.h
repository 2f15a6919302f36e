// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two blobs, wherever they come from, side by side as the API shows it. Thread-safe.

#include <string>

#include "daemon/jobs/library.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::rpc {

struct ComparedSide {
  std::string name;  // resource name
  std::string text;  // for people
  jobs::Blob blob;
};

// COMPARE_SIDE_MISSING and what looking up the dump, image or upload returns.
Result<ComparedSide> LoadSide(const Context& bench, Uploads& uploads, const v1::CompareSide& side);

// `with_lines`: also the bytes around what differs, at most kMostLines lines of 16.
inline constexpr size_t kMostLines = 4096;
v1::CompareDumpsResponse CompareSides(const ComparedSide& a, const ComparedSide& b,
                                      bool with_lines);

}  // namespace firmbench::rpc
