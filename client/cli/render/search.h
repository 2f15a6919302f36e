// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a search found, as text. Pure.

#include "client/cli/render/text.h"
#include "firmbench/v1/search_service.pb.h"

namespace firmbench::cli::render {

Table HitTable(const v1::SearchResponse& found);

}  // namespace firmbench::cli::render
