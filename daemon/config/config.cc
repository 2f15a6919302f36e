// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <fstream>
#include <sstream>

namespace firmbench::config {
namespace {

Error Invalid(std::string_view file, const toml::source_region& where, std::string_view what) {
  return InvalidArgument("CONFIG_INVALID", fmt::format("{}:{}:{}: {}", file, where.begin.line,
                                                       where.begin.column, what))
      .With("file", std::string(file))
      .With("line", std::to_string(where.begin.line))
      .With("column", std::to_string(where.begin.column));
}

Result<Config> FromTable(const toml::table& table, std::string_view file) {
  Config config;
  for (const auto& [key, value] : table) {
    const auto text = value.value<std::string>();
    if (!value.is_string() || !text) {
      return Invalid(file, value.source(), fmt::format("{} takes a text", key.str()));
    }
    if (key == "state_dir") {
      config.state_dir = *text;
    } else if (key == "listen") {
      config.listen = *text;
    } else if (key == "simulate") {
      config.simulate = *text;
    } else if (key == "log_level") {
      auto level = ParseLogLevel(*text);
      if (!level) return Invalid(file, value.source(), level.error().message());
      config.log_level = *level;
    } else {
      return Invalid(file, key.source(), fmt::format("unknown key {}", key.str()));
    }
  }
  return config;
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, std::string_view file_name) {
  // The library throws; nothing of that leaves this function.
  try {
    return FromTable(toml::parse(text, file_name), file_name);
  } catch (const toml::parse_error& error) {
    return Invalid(file_name, error.source(), error.description());
  }
}

Result<Config> LoadConfig(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return NotFound("CONFIG_UNREADABLE",
                    fmt::format("cannot read the configuration file {}", path));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return ParseConfig(text.str(), path);
}

Result<log::Level> ParseLogLevel(std::string_view word) {
  if (word == "debug") return log::Level::kDebug;
  if (word == "info") return log::Level::kInfo;
  if (word == "warn") return log::Level::kWarn;
  if (word == "error") return log::Level::kError;
  return InvalidArgument("LOG_LEVEL_UNKNOWN", "log_level is one of debug, info, warn, error");
}

}  // namespace firmbench::config
