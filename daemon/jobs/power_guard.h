// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keeps the PC from going away under a write: what the engine asks for before ARMED and gives back
// at CLOSED. Who can do it depends on the machine, so the engine knows this interface alone.
// A PowerGuard is thread-safe; a PowerHold may be given back from any thread.

#include <memory>
#include <string>

#include "daemon/base/result.h"

namespace firmbench::jobs {

// While one of these lives, the PC neither sleeps nor shuts down by itself or by its lid switch
// or its power key. Giving it back never fails and takes no longer than PowerGuard::Hold.
class PowerHold {
 public:
  virtual ~PowerHold() = default;
};

class PowerGuard {
 public:
  virtual ~PowerGuard() = default;

  // `why` is what the desktop and `systemd-inhibit --list` show to whoever wants to shut down, so
  // no serial and no name of a customer. Blocks for 5 s at most. POWER_NOT_HELD says in words what
  // refused and what then is not kept away; a job shows it and goes on, because a bench without a
  // login manager has nothing that would put it to sleep on its own. All holds are independent.
  virtual Result<std::unique_ptr<PowerHold>> Hold(const std::string& why) = 0;
};

}  // namespace firmbench::jobs
