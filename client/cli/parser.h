// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the command line to a command. Everything that --help says is in parser.cc. Main thread.

#include <functional>
#include <optional>

#include "client/cli/context.h"

namespace firmbench::cli {

struct Invocation {
  GlobalOptions globals;
  // One of the two: a command that talks to a bench, or one that needs none.
  std::function<Ending(Context&)> run;
  std::function<Ending(Console&)> run_alone;
};

// nullopt: --help or --version was printed. USAGE with what is wrong.
Result<std::optional<Invocation>> ParseCommandLine(int argc, char** argv);

}  // namespace firmbench::cli
