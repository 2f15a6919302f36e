// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a command is put into the command line, the same in every part of the parser. Main thread.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/parser.h"

namespace firmbench::cli {

// A command without options of its own so far, and nothing that it does.
inline CLI::App& Described(CLI::App& parent, const std::string& name, const std::string& text,
                           const std::string& examples) {
  CLI::App* verb = parent.add_subcommand(name, text);
  verb->fallthrough();
  verb->footer("Examples:\n" + examples);
  return *verb;
}

// Says in the command's help that it takes several benches.
inline void SayReach(CLI::App& verb, const Reach& reach) {
  if (!reach.several) return;
  verb.footer("Takes several benches: --bench a,b or --bench all.\n\n" + verb.get_footer());
}

// What it does. `options` is kept for as long as the parser lives, and copied when the command is
// chosen; `invocation` must live as long as the parser.
template <typename Options>
void Runs(CLI::App& verb, Invocation& invocation, const std::shared_ptr<Options>& options,
          Ending (*run)(Context&, const Options&), const Reach& reach = kOneBench) {
  SayReach(verb, reach);
  verb.callback([&invocation, options, run, reach] {
    invocation.reach = reach;
    invocation.run = [options, run](Context& context) { return run(context, *options); };
  });
}

// Both.
template <typename Options>
CLI::App& Verb(CLI::App& parent, Invocation& invocation, const std::string& name,
               const std::string& text, const std::string& examples,
               const std::shared_ptr<Options>& options, Ending (*run)(Context&, const Options&),
               const Reach& reach = kOneBench) {
  CLI::App& verb = Described(parent, name, text, examples);
  Runs(verb, invocation, options, run, reach);
  return verb;
}

// The same without options.
inline void Verb(CLI::App& parent, Invocation& invocation, const std::string& name,
                 const std::string& text, const std::string& examples, Ending (*run)(Context&),
                 const Reach& reach) {
  CLI::App& verb = Described(parent, name, text, examples);
  SayReach(verb, reach);
  verb.callback([&invocation, run, reach] {
    invocation.reach = reach;
    invocation.run = run;
  });
}

}  // namespace firmbench::cli
