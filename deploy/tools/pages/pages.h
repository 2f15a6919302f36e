// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line as a manual page and as completions for three shells. Pure.

#include <string>

#include "client/cli/command_tree.h"

namespace firmbench::pages {

// mdoc(7): a subsection for every command, with its options and examples.
std::string ManCommands(const cli::Command& tree);

std::string BashCompletion(const cli::Command& tree);
std::string ZshCompletion(const cli::Command& tree);
std::string FishCompletion(const cli::Command& tree);

}  // namespace firmbench::pages
