// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part of the command line for who works on chips and comes from the old tools: `mtkflash`,
// `chip`, and
// what they share with the commands that write. Main thread.

#include <CLI/CLI.hpp>

#include "client/cli/parser.h"
#include "client/cli/work.h"

namespace firmbench::cli {

// What every command that writes takes. `options` must live as long as `verb`.
void AddWritingOptions(CLI::App& verb, WritingOptions& options);

// `invocation` must live as long as `app`; the chosen command is put there.
void AddMtkflash(CLI::App& app, Invocation& invocation);

// `chip` and its verbs.
void AddChip(CLI::App& app, Invocation& invocation);

}  // namespace firmbench::cli
