// SPDX-License-Identifier: Apache-2.0
// firmbench, the command line: parse, run, and say how it ended.

#include <cstdlib>

#include "client/cli/bench_client.h"
#include "client/cli/context.h"
#include "client/cli/interrupts.h"
#include "client/cli/parser.h"
#include "client/cli/render/last_known.h"
#include "client/cli/render/problem.h"

namespace firmbench::cli {
namespace {

// What a bench that cannot be reached said last: perhaps its PC does not start with a drive on it.
void TellLastKnown(Console& console, const LastKnown& last_known) {
  console.Err(render::LastKnownText(last_known.Load(), RealClock().WallMicros(),
                                    {.color = console.err_color()}));
}

Ending Run(Console& console, Invocation& invocation) {
  if (invocation.run_alone) return invocation.run_alone(console);
  ASSIGN_OR_RETURN(const BenchAddress bench, FindBench(invocation.globals.bench));
  BenchClient client(bench);
  LastKnown last_known(LastKnownFolder(), bench.target);
  Context context{.globals = invocation.globals,
                  .console = console,
                  .client = client,
                  .last_known = last_known};
  Ending ending = invocation.run(context);
  if (!ending.has_value() && ending.error().reason() == kReasonUnreachable) {
    ending = WhyNotReached(bench, std::move(ending).error());
  }
  if (!ending.has_value() && ending.error().reason() == kReasonUnreachable) {
    console.Err(render::ErrorText(ending.error(), context.err_style()));
    TellLastKnown(console, last_known);
    return ExitCode::kUnreachable;
  }
  return ending;
}

Ending ParseAndRun(Console& console, int argc, char** argv) {
  ASSIGN_OR_RETURN(std::optional<Invocation> invocation, ParseCommandLine(argc, argv));
  if (!invocation.has_value()) return ExitCode::kOk;
  return Run(console, *invocation);
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
