// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace firmbench::config {
namespace {

Error Invalid(std::string_view file, const toml::source_region& where, std::string_view what) {
  return InvalidArgument("CONFIG_INVALID", fmt::format("{}:{}:{}: {}", file, where.begin.line,
                                                       where.begin.column, what))
      .With("file", std::string(file))
      .With("line", std::to_string(where.begin.line))
      .With("column", std::to_string(where.begin.column));
}

// Takes one value; what is wrong with it, in words, or "".
using Take = std::string (*)(Config& config, const toml::node& value);

struct Key {
  std::string_view table;  // "" for none
  std::string_view name;
  std::string_view type;  // in words
  toml::node_type node;
  Take take;
};

std::string TakeLogLevel(Config& config, const toml::node& value) {
  const auto level = ParseLogLevel(*value.value<std::string>());
  if (!level) return level.error().message();
  config.log_level = *level;
  return "";
}

std::string TakeFinish(Config& config, const toml::node& value) {
  constexpr std::pair<std::string_view, Finish> kWords[] = {
      {"ask", Finish::kAsk}, {"old", Finish::kOld}, {"new", Finish::kNew}};
  for (const auto& [word, finish] : kWords) {
    if (*value.value<std::string_view>() != word) continue;
    config.finish = finish;
    return "";
  }
  return "finish is one of ask, old, new";
}

std::string TakeClaim(Config& config, const toml::node& value) {
  const int64_t minutes = *value.value<int64_t>();
  if (minutes < 1 || minutes > kMaxClaimMinutes) {
    return fmt::format("claim_minutes is 1 to {}", kMaxClaimMinutes);
  }
  config.claim = std::chrono::minutes(minutes);
  return "";
}

std::string TakeCopyFolder(Config& config, const toml::node& value) {
  config.copy_folder = *value.value<std::string>();
  return config.copy_folder.starts_with('/') ? "" : "folder is an absolute path";
}

template <auto kField>
std::string TakeAs(Config& config, const toml::node& value) {
  auto& field = config.*kField;
  field = *value.value<std::remove_reference_t<decltype(field)>>();
  return "";
}

constexpr auto kText = toml::node_type::string;
constexpr Key kKeys[] = {
    {"", "state_dir", "a text", kText, TakeAs<&Config::state_dir>},
    {"", "listen", "a text", kText, TakeAs<&Config::listen>},
    {"", "simulate", "a text", kText, TakeAs<&Config::simulate>},
    {"", "log_level", "a text", kText, TakeLogLevel},
    {"power", "keep_awake", "true or false", toml::node_type::boolean, TakeAs<&Config::keep_awake>},
    {"recovery", "finish", "a text", kText, TakeFinish},
    {"jobs", "spill_folder", "a text", kText, TakeAs<&Config::spill_folder>},
    {"jobs", "claim_minutes", "a whole number", toml::node_type::integer, TakeClaim},
    {"copy", "folder", "a text", kText, TakeCopyFolder},
    {"copy", "require_copy", "true or false", toml::node_type::boolean,
     TakeAs<&Config::require_copy>},
    {"copy", "allow_same_filesystem", "true or false", toml::node_type::boolean,
     TakeAs<&Config::copy_same_filesystem>},
    {"port_io", "enabled", "true or false", toml::node_type::boolean, TakeAs<&Config::port_io>},
};

bool IsTable(std::string_view name) {
  return std::any_of(std::begin(kKeys), std::end(kKeys),
                     [&](const Key& key) { return !key.table.empty() && key.table == name; });
}

Status ReadTable(const toml::table& values, std::string_view table, std::string_view file,
                 Config& config) {
  for (const auto& [name, value] : values) {
    if (table.empty() && IsTable(name.str())) {
      const toml::table* const inner = value.as_table();
      if (inner == nullptr) {
        return Invalid(file, value.source(), fmt::format("{} is a table", name.str()));
      }
      RETURN_IF_ERROR(ReadTable(*inner, name.str(), file, config));
      continue;
    }
    const auto key = std::find_if(std::begin(kKeys), std::end(kKeys), [&, &n = name](const Key& k) {
      return k.table == table && k.name == n.str();
    });
    if (key == std::end(kKeys)) {
      return Invalid(file, name.source(), fmt::format("unknown key {}", name.str()));
    }
    if (value.type() != key->node) {
      return Invalid(file, value.source(), fmt::format("{} takes {}", key->name, key->type));
    }
    if (const std::string wrong = key->take(config, value); !wrong.empty()) {
      return Invalid(file, value.source(), wrong);
    }
  }
  return Ok();
}

Result<Config> FromTable(const toml::table& table, std::string_view file) {
  Config config;
  RETURN_IF_ERROR(ReadTable(table, "", file, config));
  if (config.copy_folder.empty() && config.require_copy) {
    return Invalid(file, table["copy"].node()->source(), "require_copy needs a folder");
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
