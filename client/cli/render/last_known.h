// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is still known of a bench that cannot be reached, as text. Pure.

#include <string>

#include "client/cli/last_known.h"
#include "client/cli/render/text.h"

namespace firmbench::cli::render {

// Drives and jobs with the age of what is known, and for a drive that was being written what to do
// should its PC not start with it. "" when nothing is known.
std::string LastKnownText(const LastState& state, int64_t now_us, Style style);

// "12 s", "5 min", "3 h", "2 days"; what lies in the future is "0 s" old.
std::string Age(int64_t seen_us, int64_t now_us);

}  // namespace firmbench::cli::render
