// SPDX-License-Identifier: Apache-2.0
#include "client/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace firmbench::cli {
namespace {

bool ColorWanted() {
  const char* no_color = std::getenv("NO_COLOR");  // any value that is not empty: no-color.org
  if (no_color != nullptr && no_color[0] != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

Console::Console() {
  const bool color = ColorWanted();
  err_terminal_ = isatty(STDERR_FILENO) == 1;
  out_color_ = color && isatty(STDOUT_FILENO) == 1;
  err_color_ = color && err_terminal_;
  interactive_ = err_terminal_ && isatty(STDIN_FILENO) == 1;
}

unsigned Console::width() const {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void Console::Out(std::string_view text) {
  if (kept_ != nullptr) {
    kept_->append(text);
    return;
  }
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failed_ = true;
}

void Console::Err(std::string_view text) {
  if (kept_ != nullptr) {
    kept_->append(text);
    return;
  }
  // Nobody is left to be told when stderr itself fails.
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

Status Console::Flush() {
  if (std::fflush(stdout) != 0) failed_ = true;
  if (failed_) {
    return Internal("OUTPUT_FAILED", "the result could not be written to the standard output")
        .WithRemedy("check the disk or the program that reads it");
  }
  return Ok();
}

bool Console::ReadLine(std::string& line) {
  return static_cast<bool>(std::getline(std::cin, line));
}

}  // namespace firmbench::cli
