// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program firmbench as a child process, with pipes or at a terminal of its own. Test thread
// only.

#include <sys/types.h>

#include <string>
#include <vector>

#include "daemon/base/unique_fd.h"

namespace firmbench::cli {

struct Finished {
  int status = -1;  // exit code; 128 and the signal's number when a signal ended it
  std::string out;
  std::string err;
};

class Program {
 public:
  // stdin is empty; stdout and stderr go into files in `folder`, and what the program keeps of its
  // own goes into the folder `state` there.
  Program(const std::string& folder, const std::vector<std::string>& arguments);
  ~Program();
  void Signal(int number) const;
  Finished Wait();

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

// The same with all three streams at one pseudo-terminal.
class TerminalProgram {
 public:
  TerminalProgram(const std::string& folder, const std::vector<std::string>& arguments);
  ~TerminalProgram();
  // Reads until the screen holds `text`; false at the end or after ten seconds.
  bool WaitFor(const std::string& text);
  void Type(const std::string& text) const;
  // Reads to the end.
  Finished Wait();

 private:
  bool ReadMore();

  UniqueFd master_;
  std::string screen_;
  pid_t pid_ = -1;
};

}  // namespace firmbench::cli
