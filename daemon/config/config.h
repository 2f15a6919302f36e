// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the daemon is told at its start: the command line over a TOML file over the defaults.
// Plain values; reading happens once, on the main thread.

#include <string>

#include "daemon/base/log.h"
#include "daemon/base/result.h"

namespace firmbench::config {

struct Config {
  std::string state_dir = "/var/lib/firmbench";  // ledger.db and the lock
  std::string listen = "unix:/run/firmbench/firmbench.sock";
  std::string simulate;  // scenario file; "" for the drives of this machine
  log::Level log_level = log::Level::kInfo;
};

// Keys: state_dir, listen, simulate, log_level. A key that is unknown, twice there or of another
// type is CONFIG_INVALID with file, line and column; CONFIG_UNREADABLE when there is no such file.
Result<Config> ParseConfig(std::string_view text, std::string_view file_name);
Result<Config> LoadConfig(const std::string& path);

// "debug", "info", "warn", "error".
Result<log::Level> ParseLogLevel(std::string_view word);

}  // namespace firmbench::config
