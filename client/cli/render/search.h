// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a search found, as text. Pure.

#include <string>

#include "firmbench/v1/search_service.pb.h"

namespace firmbench::cli::render {

std::string HitTable(const v1::SearchResponse& found);

}  // namespace firmbench::cli::render
