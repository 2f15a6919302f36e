// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <sstream>

#include "deploy/tools/pages/pages.h"

namespace firmbench::pages {
namespace {

// Text as roff takes it: nothing in it is a command, and dashes can be copied into a shell.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

// A line of running text: the end of a sentence is the end of a line.
std::string Sentence(std::string_view text) {
  std::string out = Escaped(text);
  for (size_t at = 0; (at = out.find(". ", at)) != std::string::npos;) out[at + 1] = '\n';
  if (!out.empty() && out.back() != '.' && out.back() != '?') out += '.';
  return out + "\n";
}

std::string Names(const cli::CommandOption& option) {
  if (option.positional) return ".It Ar " + Escaped(option.names.front());
  std::string line = ".It ";
  for (const std::string& name : option.names) {
    // .Fl writes the first dash itself.
    line += fmt::format("{}Fl {}", line == ".It " ? "" : " , ", Escaped(name.substr(1)));
  }
  return option.flag ? line : line + " Ar " + Escaped(option.value);
}

std::string Options(const cli::Command& command, bool top) {
  std::string text;
  for (const cli::CommandOption& option : command.options) {
    // Every command has it; it is said once.
    if (!top && option.names.back() == "--help") continue;
    text += Names(option) + "\n" + Sentence(option.text);
    if (option.choices.empty()) continue;
    std::string choices;
    for (const std::string& choice : option.choices) {
      choices += (choices.empty() ? "" : ", ") + choice;
    }
    text += "One of: " + Escaped(choices) + ".\n";
  }
  return text.empty() ? text : ".Bl -tag -width Ds\n" + text + ".El\n";
}

// The lines of the footer behind "Examples:".
std::string Examples(const std::string& footer) {
  std::istringstream lines(footer);
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (inside && !line.empty()) text += Escaped(line) + "\n";
    inside = inside || line == "Examples:";
  }
  return text.empty() ? text : ".Bd -literal -offset indent\n" + text + ".Ed\n";
}

// The lines of the footer before "Examples:".
std::string Remarks(const std::string& footer) {
  std::istringstream lines(footer);
  std::string text;
  for (std::string line; std::getline(lines, line) && line != "Examples:";) {
    if (!line.empty()) text += Sentence(line);
  }
  return text;
}

void Append(const cli::Command& command, const std::string& path, std::string& page) {
  const std::string full = path.empty() ? command.name : path + " " + command.name;
  if (command.commands.empty()) {
    page += fmt::format(".Ss {}\n{}{}{}{}", Escaped(full), Sentence(command.text),
                        Remarks(command.footer), Options(command, false), Examples(command.footer));
  }
  for (const cli::Command& below : command.commands) Append(below, full, page);
}

}  // namespace

std::string ManCommands(const cli::Command& tree) {
  std::string page = ".Sh OPTIONS\nThey may stand anywhere on the line.\n" + Options(tree, true);
  page += ".Sh COMMANDS\n";
  for (const cli::Command& noun : tree.commands) Append(noun, tree.name, page);
  return page;
}

}  // namespace firmbench::pages
