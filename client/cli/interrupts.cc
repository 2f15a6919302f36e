// SPDX-License-Identifier: Apache-2.0
#include "client/cli/interrupts.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "client/cli/exit_code.h"

namespace firmbench::cli {
namespace {

// The handler's whole world: the scope's descriptor, -1 for none.
std::atomic<int> scope_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void OnSignal(int /*signal*/) {
  const int saved = errno;
  const int fd = scope_fd.exchange(-1);
  if (fd < 0) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, "\n", 1);
    _exit(static_cast<int>(ExitCode::kInterrupted));
  }
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof one);
  errno = saved;
}

}  // namespace

void HandleInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptScope::InterruptScope() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  scope_fd.store(fd_.get());
}

InterruptScope::~InterruptScope() { scope_fd.store(-1); }

bool InterruptScope::triggered() const {
  pollfd poll_fd{fd_.get(), POLLIN, 0};
  return poll(&poll_fd, 1, 0) == 1;
}

}  // namespace firmbench::cli
