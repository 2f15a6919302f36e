// SPDX-License-Identifier: Apache-2.0
#include "client/cli/watch_input.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace firmbench::cli {

WatchInput::WatchInput(const InterruptScope& interrupts, Callbacks callbacks)
    : callbacks_(std::move(callbacks)), stop_(eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread([this, fd = interrupts.fd()] { Run(fd); });
}

WatchInput::~WatchInput() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_.get(), &one, sizeof one);
  thread_.join();
}

void WatchInput::Run(int interrupt_fd) {
  // poll leaves entries with a negative descriptor out.
  pollfd fds[] = {{stop_.get(), POLLIN, 0},
                  {interrupt_fd, POLLIN, 0},
                  {callbacks_.line ? STDIN_FILENO : -1, POLLIN, 0}};
  for (;;) {
    if (poll(fds, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0) {
      fds[1].fd = -1;
      callbacks_.interrupted();
    }
    if (fds[2].revents != 0 && !ReadInput()) fds[2].fd = -1;
  }
}

bool WatchInput::ReadInput() {
  char piece[256];
  const ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
  if (got <= 0) return got < 0 && errno == EINTR;
  for (const char c : std::string(piece, static_cast<size_t>(got))) {
    if (c != '\n') {
      typed_ += c;
      continue;
    }
    callbacks_.line(typed_);
    typed_.clear();
  }
  return true;
}

}  // namespace firmbench::cli
