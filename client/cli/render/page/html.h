// SPDX-License-Identifier: Apache-2.0
#pragma once

// Text from the bench as it may stand in a page. Pure.

#include <string>
#include <string_view>

namespace firmbench::cli::render {

// Text between tags or in a quoted attribute: <, >, &, " and ' become entities; control characters,
// marks that turn the direction of writing, and bytes that are not UTF-8 become U+FFFD, so that a
// label can neither run nor read as something else.
std::string Escape(std::string_view text);

// "<tag>" + escaped text + "</tag>"; `attributes` as they stand: "class=\"key\"".
std::string Tag(std::string_view tag, std::string_view text, std::string_view attributes = {});

}  // namespace firmbench::cli::render
