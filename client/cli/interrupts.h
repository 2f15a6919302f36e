// SPDX-License-Identifier: Apache-2.0
#pragma once

// Ctrl-C. While no scope lives, SIGINT and SIGTERM end the program at once with exit code 130, and
// the terminal's line is ended. While an InterruptScope lives, the first signal only makes its
// descriptor readable, and a second one ends the program. Scopes: main thread, one at a time.

#include "daemon/base/unique_fd.h"

namespace firmbench::cli {

// Once, before any other thread is started.
void HandleInterrupts();

class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  // Becomes readable with the first signal and stays so: nobody reads it.
  int fd() const { return fd_.get(); }
  bool triggered() const;

 private:
  UniqueFd fd_;
};

}  // namespace firmbench::cli
