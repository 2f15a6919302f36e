// SPDX-License-Identifier: Apache-2.0
// firmbench, the command line: parse, run, and say how it ended.

#include <cstdlib>

#include "client/cli/fan_out.h"
#include "client/cli/interrupts.h"
#include "client/cli/parser.h"
#include "client/cli/render/problem.h"

namespace firmbench::cli {
namespace {

Ending ParseAndRun(Console& console, int argc, char** argv) {
  ASSIGN_OR_RETURN(std::optional<Invocation> invocation, ParseCommandLine(argc, argv));
  if (!invocation.has_value()) return ExitCode::kOk;
  return RunInvocation(console, *invocation);
}

int Main(int argc, char** argv) {
  // gRPC would write its own lines about a socket that is not there; ours are enough.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  HandleInterrupts();
  Console console;
  Ending ending = ParseAndRun(console, argc, argv);
  if (auto flushed = console.Flush(); ending.has_value() && !flushed.has_value()) {
    ending = std::move(flushed).error();
  }
  if (ending.has_value()) return static_cast<int>(*ending);
  console.Err(render::ErrorText(ending.error(), {.color = console.err_color()}));
  return static_cast<int>(ExitCodeOf(ending.error()));
}

}  // namespace
}  // namespace firmbench::cli

int main(int argc, char** argv) { return firmbench::cli::Main(argc, argv); }
