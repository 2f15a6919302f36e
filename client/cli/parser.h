// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the command line to a command. Everything that --help says is in parser.cc. Main thread.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

// Whether --bench may name several benches: only for what reads.
struct Reach {
  bool several = false;
  bool any = false;                   // it is done when one of them has what is looked for
  std::chrono::seconds patience{60};  // for all of them
};
inline constexpr Reach kOneBench{};
inline constexpr Reach kSeveral{.several = true};
inline constexpr Reach kAnyOfThem{.several = true, .any = true};
// Reads the whole ledger.
inline constexpr Reach kSlowly{.several = true, .any = false, .patience = std::chrono::minutes(40)};

struct Invocation {
  GlobalOptions globals;
  std::string words;  // "firmbench drive list"
  Reach reach;
  // One of the two: a command that talks to a bench, or one that needs none.
  std::function<Ending(Context&)> run;
  std::function<Ending(Console&)> run_alone;
};

// nullopt: --help or --version was printed. USAGE with what is wrong.
Result<std::optional<Invocation>> ParseCommandLine(int argc, char** argv);

}  // namespace firmbench::cli
