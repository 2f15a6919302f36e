// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser_bench_tools.h"

#include <memory>
#include <string>

#include "client/cli/mtkflash.h"

namespace firmbench::cli {
namespace {

// `options` is kept for as long as the parser lives, and copied when the command is chosen.
template <typename Options>
CLI::App& Verb(CLI::App& parent, Invocation& invocation, const std::string& name,
               const std::string& text, const std::string& examples,
               const std::shared_ptr<Options>& options, Ending (*run)(Context&, const Options&)) {
  CLI::App* verb = parent.add_subcommand(name, text);
  verb->fallthrough();
  verb->footer("Examples:\n" + examples);
  verb->callback([&invocation, options, run] {
    invocation.run = [options, run](Context& context) { return run(context, *options); };
  });
  return *verb;
}

}  // namespace

void AddWritingOptions(CLI::App& verb, WritingOptions& options) {
  verb.add_flag("--dry-run", options.dry_run, "Show the plan and stop");
  verb.add_flag("--yes", options.yes, "Do not ask");
  verb.add_option("--reason", options.reason,
                  "Why it shall be done although the plan asks for a reason; kept for ever");
}

void AddMtkflash(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<MtkflashOptions>();
  CLI::App& verb = Verb(
      app, invocation, "mtkflash",
      "Takes the command line of MTKFLASH and does the same as a protected job: position (1 primary "
      "master, 2 primary slave, 3 secondary master, 4 secondary slave), then R (read into FILE), W "
      "(write FILE), V (verify with FILE), C (which chip) or S. /B: FILE is binary, without it HEX "
      "text. /M, /FULL and /SATA are taken, and it is said what is done instead",
      "  firmbench mtkflash 3 R /B /M file.bin\n"
      "  firmbench mtkflash 3 W /B file.bin --dry-run\n"
      "  firmbench mtkflash 1 V /B file.bin\n"
      "  firmbench mtkflash 1 C\n",
      options, RunMtkflash);
  verb.add_option("WORDS", options->words, "As for MTKFLASH: 3 R /B /M file.bin")->required();
  verb.add_flag("--force", options->force, "R replaces a file that exists");
  AddWritingOptions(verb, options->writing);
}

}  // namespace firmbench::cli
