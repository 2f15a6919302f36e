// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the daemon is told, from where: the command line over the configuration file over the
// defaults. Main thread, but for what says otherwise.

#include <string>

#include "daemon/base/mutex.h"
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

// How much the log says, and how it is written.
void SetUpLog(const config::Config& settings);

// What a person is told about `settings`: which keys are not as by default.
std::string SettingsText(const Arguments& arguments, const config::Config& settings);

// What a running daemon works by. Any thread.
class RunningSettings {
 public:
  explicit RunningSettings(config::Config settings) : settings_(std::move(settings)) {}

  config::Config Get() const {
    MutexLock lock(mutex_);
    return settings_;
  }
  void Set(config::Config settings) {
    MutexLock lock(mutex_);
    settings_ = std::move(settings);
  }

 private:
  mutable Mutex mutex_;
  config::Config settings_ FB_GUARDED_BY(mutex_);
};

// SIGHUP: reads the file again, takes what may change under a running daemon, and logs what was
// taken and what waits for the next start. A file with a mistake changes nothing.
void ReloadSettings(const Arguments& arguments, RunningSettings& running);

}  // namespace firmbench
