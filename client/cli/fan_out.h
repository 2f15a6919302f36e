// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs a command: on the bench that --bench names, or, when it only reads, on several at once, one
// thread for each, whose answers become one. Main thread.

#include <string>
#include <utility>
#include <vector>

#include "client/cli/context.h"
#include "client/cli/parser.h"

namespace firmbench::cli {

// What --bench names: "front,back" are two, "all" are those of `book`; each once. USAGE.
Result<std::vector<std::string>> BenchNames(const std::string& text, const BenchBook& book);

// A bench as it was named, what it said, and how that ended.
struct Asked {
  std::string bench;
  Answer answer;
  Ending ending = ExitCode::kOk;
};

// One table, text by bench, or one JSON object of them; what went wrong goes to stderr, named.
void PrintTogether(Console& console, const GlobalOptions& globals, const std::vector<Asked>& all);

// How it ends: as the benches did when all did the same. A bench that has no such thing does not
// count where another has it, nor, with `any`, one that ends with kFailed. kSomeFailed when some
// answered and others did not.
ExitCode EndTogether(const std::vector<Asked>& all, bool any);

// Runs what was parsed. With benches that do not answer in time the process ends here.
Ending RunInvocation(Console& console, const Invocation& invocation);

}  // namespace firmbench::cli
