// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keeps the PC awake by the inhibitor locks of systemd-logind, taken by a helper process:
// `systemd-inhibit`, which asks org.freedesktop.login1.Manager.Inhibit and keeps the descriptor it
// gets for as long as the command under it runs. That command copies its input to its output: a
// line that comes back proves that the lock is held, and the end of the input, also by the death of
// this daemon, gives it back. Thread-safe.
//
// Why a helper and not libsystemd: the library and what it pulls in are a twenty-fifth of an idle
// daemon's memory for one call in a job, and its calls wait up to 25 s for a bus that does not
// answer, while a process can be ended. The helper costs the daemon nothing between jobs.
//
// The service's stop must not take the helper away under a running write: it ignores SIGTERM,
// SIGINT and SIGHUP, so KillMode=control-group does it no harm.

#include <chrono>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/jobs/power_guard.h"

namespace firmbench {

class Inhibitors final : public jobs::PowerGuard {
 public:
  struct Options {
    std::string program = "/usr/bin/systemd-inhibit";
    Nanos limit = std::chrono::seconds(4);  // for the answer, and again for giving back
  };
  Inhibitors() : Inhibitors(Options()) {}
  explicit Inhibitors(Options options) : options_(std::move(options)) {}

  // Of `why` the first 120 bytes are shown. Services are refused unless a polkit rule lets them:
  // the remedy of the error names it.
  Result<std::unique_ptr<jobs::PowerHold>> Hold(const std::string& why) override;

 private:
  const Options options_;
};

}  // namespace firmbench
