// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parser itself, for who describes it. Main thread.

#include <CLI/CLI.hpp>
#include <functional>

namespace firmbench::cli {

// Calls `visit` once with the whole command line, which lives no longer than the call.
void VisitCommandLine(const std::function<void(const CLI::App&)>& visit);

}  // namespace firmbench::cli
