// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part of the command line for what was sent to drives. Main thread.

#include <CLI/CLI.hpp>

#include "client/cli/parser.h"

namespace firmbench::cli {

// `invocation` must live as long as `app`; the chosen command is put there.
void AddProbe(CLI::App& app, Invocation& invocation);
// `trace` and `capsule`, verbs of `job`.
void AddJobTraces(CLI::App& job, Invocation& invocation);

}  // namespace firmbench::cli
