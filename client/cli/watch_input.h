// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a person does while a job is watched: Ctrl-C, and lines typed at the terminal. A thread of
// its own waits for both, because the main thread sits in a blocking read of the stream.

#include <functional>
#include <string>
#include <thread>

#include "client/cli/interrupts.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {

class WatchInput {
 public:
  struct Callbacks {
    std::function<void()> interrupted;             // at most once
    std::function<void(const std::string&)> line;  // empty function: stdin is left alone
  };
  // The callbacks run on the thread of this object.
  WatchInput(const InterruptScope& interrupts, Callbacks callbacks);
  // Stops the thread and waits for it.
  ~WatchInput();

 private:
  void Run(int interrupt_fd);
  bool ReadInput();

  Callbacks callbacks_;
  UniqueFd stop_;
  std::string typed_;
  std::thread thread_;
};

}  // namespace firmbench::cli
