// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings.h"

#include <fmt/format.h>

#include "daemon/base/log.h"

namespace firmbench {
namespace {

std::string NameOf(const config::KeyInfo& key) {
  return key.table.empty() ? key.name : key.table + "." + key.name;
}

}  // namespace

Result<config::Config> Settings(const Arguments& arguments) {
  config::Config settings;
  if (!arguments.config_file.empty()) {
    ASSIGN_OR_RETURN(settings, config::LoadConfig(arguments.config_file));
  }
  if (!arguments.state_dir.empty()) settings.state_dir = arguments.state_dir;
  if (!arguments.listen.empty()) settings.listen = arguments.listen;
  if (!arguments.simulate.empty()) settings.simulate = arguments.simulate;
  if (!arguments.log_level.empty()) {
    ASSIGN_OR_RETURN(settings.log_level, config::ParseLogLevel(arguments.log_level));
  }
  return settings;
}

void SetUpLog(const config::Config& settings) {
  log::SetLevel(settings.log_level);
  switch (settings.log_format) {
    case config::LogFormat::kAuto:
      return log::SetFormat(log::AutoFormat());
    case config::LogFormat::kText:
      return log::SetFormat(log::Format::kText);
    case config::LogFormat::kJson:
      return log::SetFormat(log::Format::kJson);
  }
}

std::string SettingsText(const Arguments& arguments, const config::Config& settings) {
  const auto differences = config::Differences(config::Config(), settings);
  std::string text = arguments.config_file.empty() ? "without a file" : arguments.config_file;
  text += differences.empty() ? ": good; every key has its default\n"
                              : ": good; what is not as by default:\n";
  for (const config::KeyInfo& key : differences) {
    text += fmt::format("  {} = {}\n", NameOf(key), key.value);
  }
  return text;
}

void ReloadSettings(const Arguments& arguments, RunningSettings& running) {
  const auto settings = Settings(arguments);
  if (!settings) {
    log::ErrorLine("the configuration is not taken", "reason", settings.error().reason(), "text",
                   settings.error().message());
    return;
  }
  const auto differences = config::Differences(running.Get(), *settings);
  // First, so that the lines below are shown by it.
  SetUpLog(*settings);
  running.Set(config::Reloaded(running.Get(), *settings));
  for (const config::KeyInfo& key : differences) {
    if (key.reload == config::Reload::kNow) {
      log::Info("took a changed key", "key", NameOf(key));
    } else {
      log::Warn("a changed key waits for the next start", "key", NameOf(key));
    }
  }
  if (differences.empty()) log::Info("the configuration is what it was");
}

}  // namespace firmbench
