// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line of `whoami`, `token`, `web`, and of what `bench` does across the network. Main
// thread.

#include <CLI/CLI.hpp>

#include "client/cli/parser.h"

namespace firmbench::cli {

// `invocation` outlives `app`.
void AddAccess(CLI::App& app, Invocation& invocation);
// Verbs of the noun `bench`.
void AddRemoteBenches(CLI::App& bench, Invocation& invocation);

}  // namespace firmbench::cli
