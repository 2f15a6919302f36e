// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the daemon is told, from where: the command line over the configuration file over the
// defaults. Main thread.

#include <string>

#include "daemon/config/config.h"

namespace firmbench {

// Of the command line; "" for what it does not say.
struct Arguments {
  std::string config_file;
  std::string state_dir;
  std::string listen;
  std::string simulate;
  std::string log_level;
  std::string restore;        // a copy of the ledger to put back, instead of serving
  bool check_config = false;  // only look at the configuration
};

// CONFIG_INVALID, CONFIG_UNREADABLE, LOG_LEVEL_UNKNOWN.
Result<config::Config> Settings(const Arguments& arguments);

// What a person is told about `settings`: which keys are not as by default.
std::string SettingsText(const Arguments& arguments, const config::Config& settings);

// SIGHUP: reads the file again, takes what may change under a running daemon, and logs what was
// taken and what waits for the next start. A file with a mistake changes nothing. `running` is what
// the daemon works by, and is kept up to date.
void ReloadSettings(const Arguments& arguments, config::Config& running);

}  // namespace firmbench
