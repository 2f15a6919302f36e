// SPDX-License-Identifier: Apache-2.0
#include "client/cli/command_tree.h"

#include <CLI/CLI.hpp>

#include "client/cli/parser_app.h"

namespace firmbench::cli {
namespace {

// CLI11 knows them only as "TEXT:{a,b}".
void TakeType(const std::string& type, CommandOption& option) {
  const size_t open = type.find('{'), close = type.rfind('}');
  option.value = type.substr(0, type.find_first_of(": {"));
  if (open == std::string::npos || close == std::string::npos || close < open) return;
  std::string words = type.substr(open + 1, close - open - 1) + ",";
  for (size_t comma; (comma = words.find(',')) != std::string::npos; words.erase(0, comma + 1)) {
    option.choices.push_back(words.substr(0, comma));
  }
}

CommandOption Describe(const CLI::Option& given) {
  CommandOption option;
  option.positional = given.get_positional();
  option.flag = given.get_items_expected_max() == 0;
  option.required = given.get_required();
  option.text = given.get_description();
  if (!option.flag) TakeType(given.get_type_name(), option);
  if (option.positional) {
    option.names.push_back(given.get_name(true));
    return option;
  }
  for (const std::string& name : given.get_snames()) option.names.push_back("-" + name);
  for (const std::string& name : given.get_lnames()) option.names.push_back("--" + name);
  return option;
}

Command Describe(const CLI::App& app) {
  Command command{
      .name = app.get_name(), .text = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) command.options.push_back(Describe(*option));
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    Command inner = Describe(*below);
    if (!inner.name.empty()) {
      command.commands.push_back(std::move(inner));
      continue;
    }
    // A group of options: no command of its own.
    for (CommandOption& option : inner.options) command.options.push_back(std::move(option));
  }
  return command;
}

}  // namespace

Command CommandTree() {
  Command tree;
  VisitCommandLine([&](const CLI::App& app) { tree = Describe(app); });
  return tree;
}

}  // namespace firmbench::cli
