// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line as data: what the manual page and the completions of the shells are made of, so
// that they cannot say anything else than --help. Plain values.

#include <string>
#include <vector>

namespace firmbench::cli {

struct CommandOption {
  std::vector<std::string> names;  // "-o", "--output"; one word without dashes for a positional
  bool positional = false;
  bool flag = false;                 // takes no value
  std::string value;                 // what its value is called: "TEXT", "INT"
  std::vector<std::string> choices;  // all that it takes; empty for anything
  bool required = false;
  std::string text;
};

struct Command {
  std::string name;
  std::string text;
  std::string footer;  // exit statuses, examples
  std::vector<CommandOption> options;
  std::vector<Command> commands;
};

// firmbench with everything below it.
Command CommandTree();

}  // namespace firmbench::cli
