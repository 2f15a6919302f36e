// SPDX-License-Identifier: Apache-2.0
// firmbench-make-pages PAGE FOLDER: writes what packages carry beside the program: firmbench.1,
// from PAGE with the commands in the place of its line `.\" COMMANDS`, and completions for bash,
// zsh, fish.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "deploy/tools/pages/pages.h"

namespace firmbench::pages {
namespace {

bool Put(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) std::fprintf(stderr, "cannot write %s\n", path.c_str());
  return static_cast<bool>(file);
}

int Make(const std::string& page, const std::string& folder) {
  constexpr std::string_view kPlace = ".\\\" COMMANDS\n";
  std::ostringstream text;
  text << std::ifstream(page).rdbuf();
  std::string manual = text.str();
  const size_t at = manual.find(kPlace);
  if (at == std::string::npos) {
    std::fprintf(stderr, "%s has no line for the commands\n", page.c_str());
    return 1;
  }
  const cli::Command tree = cli::CommandTree();
  manual.replace(at, kPlace.size(), ManCommands(tree));
  const bool good = Put(folder + "/firmbench.1", manual) &&
                    Put(folder + "/firmbench.bash", BashCompletion(tree)) &&
                    Put(folder + "/_firmbench", ZshCompletion(tree)) &&
                    Put(folder + "/firmbench.fish", FishCompletion(tree));
  return good ? 0 : 1;
}

}  // namespace
}  // namespace firmbench::pages

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: firmbench-make-pages PAGE FOLDER\n");
    return 2;
  }
  return firmbench::pages::Make(argv[1], argv[2]);
}
