// SPDX-License-Identifier: Apache-2.0
// All three walk over the words before the cursor in the same way: a word that names a command
// below the one reached so far goes into it; what it has is then offered.
#include <fmt/format.h>

#include <functional>

#include "deploy/tools/pages/pages.h"

namespace firmbench::pages {
namespace {

using cli::Command;
using cli::CommandOption;

// Calls `visit` for every command with the words that lead to it: "", "drive", "drive list".
void Walk(const Command& command, const std::string& path,
          const std::function<void(const std::string&, const Command&)>& visit) {
  visit(path, command);
  for (const Command& below : command.commands) {
    Walk(below, path.empty() ? below.name : path + " " + below.name, visit);
  }
}

// In single quotes, as all three shells read them.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// The first sentence, short enough for one line of a menu.
std::string Short(const std::string& text) {
  constexpr size_t kLongest = 60;
  std::string line = text.substr(0, text.find_first_of(":;("));
  if (line.size() > kLongest) line = line.substr(0, line.rfind(' ', kLongest)) + " ...";
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string Join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

bool TakesPositional(const Command& command) {
  for (const CommandOption& option : command.options) {
    if (option.positional) return true;
  }
  return false;
}

// What may stand anywhere is offered everywhere.
std::vector<const CommandOption*> OptionsOf(const Command& tree, const Command& command) {
  std::vector<const CommandOption*> options;
  for (const CommandOption& option : command.options) {
    if (!option.positional) options.push_back(&option);
  }
  if (&tree == &command) return options;
  for (const CommandOption& option : tree.options) {
    bool known = false;
    for (const CommandOption* own : options)
      known = known || own->names.back() == option.names.back();
    if (!known && option.names.back() != "--version") options.push_back(&option);
  }
  return options;
}

constexpr char kHead[] =
    "# SPDX-License-Identifier: Apache-2.0\n# Made from the command line itself.\n";

}  // namespace

std::string BashCompletion(const Command& tree) {
  std::string paths, words, values;
  Walk(tree, "", [&](const std::string& path, const Command& command) {
    std::vector<std::string> offered;
    for (const Command& below : command.commands) offered.push_back(below.name);
    for (const CommandOption* option : OptionsOf(tree, command)) {
      offered.insert(offered.end(), option->names.begin(), option->names.end());
      if (option->flag) continue;
      for (const std::string& name : option->names) {
        values +=
            fmt::format("    {}) words={} files={} ;;\n", Quoted(path + " " + name),
                        Quoted(Join(option->choices)), option->choices.empty() ? "yes" : "''");
      }
    }
    if (!path.empty()) paths += "      " + Quoted(path) + ") path=$next ;;\n";
    words += fmt::format("    {}) words={} files={} ;;\n", Quoted(path), Quoted(Join(offered)),
                         TakesPositional(command) ? "yes" : "''");
  });
  return fmt::format(R"({}_firmbench() {{
  local path='' next word words='' files='' cur=${{COMP_WORDS[COMP_CWORD]}}
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    next=${{path:+$path }}$word
    case $next in
{}    esac
  done
  # A value of the option before the cursor, else what the command itself takes.
  case "$path ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}    *) ;;
  esac
  if [[ -z $words$files ]]; then
    case $path in
{}    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  if [[ -n $files && $cur != -* ]]; then
    mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
  fi
}}
complete -F _firmbench firmbench
)",
                     kHead, paths, values, words);
}

std::string ZshCompletion(const Command& tree) {
  std::string paths, offers, values;
  Walk(tree, "", [&](const std::string& path, const Command& command) {
    if (!path.empty()) paths += "      (" + Quoted(path) + ") place=$next ;;\n";
    std::string below, options;
    for (const Command& inner : command.commands) {
      below += " " + Quoted(inner.name + ":" + Short(inner.text));
    }
    for (const CommandOption* option : OptionsOf(tree, command)) {
      for (const std::string& name : option->names) {
        options += " " + Quoted(name + ":" + Short(option->text));
        if (option->flag) continue;
        values +=
            fmt::format("    ({}) {}; return ;;\n", Quoted(path + " " + name),
                        option->choices.empty() ? "_files" : "compadd -- " + Join(option->choices));
      }
    }
    offers += fmt::format("    ({})\n      below=({})\n      options=({})\n      files={} ;;\n",
                          Quoted(path), below, options, TakesPositional(command) ? "yes" : "''");
  });
  return fmt::format(R"(#compdef firmbench
{}_firmbench() {{
  local place='' next word files=''
  local -a below options
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    next=${{place:+$place }}$word
    case $next in
{}    esac
  done
  case "$place $words[CURRENT-1]" in
{}  esac
  case $place in
{}  esac
  (( $#below )) && _describe -t commands command below
  _describe -t options option options
  [[ -n $files ]] && _files
}}
_firmbench "$@"
)",
                     kHead, paths, values, offers);
}

std::string FishCompletion(const Command& tree) {
  std::string paths, lines;
  Walk(tree, "", [&](const std::string& path, const Command& command) {
    if (!path.empty()) paths += " " + Quoted(path);
    const std::string here = fmt::format("complete -c firmbench -n {}",
                                         Quoted(fmt::format("__firmbench_at \"{}\"", path)));
    if (!TakesPositional(command)) lines += here + " -f\n";
    for (const Command& below : command.commands) {
      lines += fmt::format("{} -a {} -d {}\n", here, below.name, Quoted(Short(below.text)));
    }
    for (const CommandOption* option : OptionsOf(tree, command)) {
      std::string line = here;
      for (const std::string& name : option->names) {
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option->flag) line += " -r";
      if (!option->choices.empty()) line += " -f -a " + Quoted(Join(option->choices));
      lines += line + " -d " + Quoted(Short(option->text)) + "\n";
    }
  });
  return fmt::format(R"({}function __firmbench_at
  set -l paths{}
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$place $word")
    contains -- $next $paths; and set place $next
  end
  test "$place" = "$argv[1]"
end
{})",
                     kHead, paths, lines);
}

}  // namespace firmbench::pages
