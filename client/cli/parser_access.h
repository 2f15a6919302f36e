// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line of `whoami` and `token`. Main thread.

#include <CLI/CLI.hpp>

#include "client/cli/parser.h"

namespace firmbench::cli {

// `invocation` outlives `app`.
void AddAccess(CLI::App& app, Invocation& invocation);

}  // namespace firmbench::cli
