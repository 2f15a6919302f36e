// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <type_traits>
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
// The value as the file would say it.
using Show = std::string (*)(const Config& config);

struct Key {
  std::string_view table;  // "" for none
  std::string_view name;
  toml::node_type node;
  Take take;
  Show show;
  Reload reload = Reload::kAtStart;
};

std::string_view InWords(toml::node_type node) {
  switch (node) {
    case toml::node_type::string:
      return "a text";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::integer:
      return "a whole number";
    default:
      return "a list";
  }
}

std::string Quoted(std::string_view text) {
  const toml::value<std::string> value{std::string(text)};
  std::ostringstream out;
  out << toml::toml_formatter(value, toml::format_flags::none);
  return out.str();
}

std::string TakeLogLevel(Config& config, const toml::node& value) {
  const auto level = ParseLogLevel(*value.value<std::string>());
  if (!level) return level.error().message();
  config.log_level = *level;
  return "";
}

std::string ShowLogLevel(const Config& config) {
  constexpr std::string_view kWords[] = {"debug", "info", "warn", "error", "critical"};
  return Quoted(kWords[static_cast<size_t>(config.log_level)]);
}

constexpr std::pair<std::string_view, LogFormat> kLogFormats[] = {
    {"auto", LogFormat::kAuto}, {"text", LogFormat::kText}, {"json", LogFormat::kJson}};

std::string TakeLogFormat(Config& config, const toml::node& value) {
  for (const auto& [word, format] : kLogFormats) {
    if (*value.value<std::string_view>() != word) continue;
    config.log_format = format;
    return "";
  }
  return "log_format is one of auto, text, json";
}

std::string ShowLogFormat(const Config& config) {
  for (const auto& [word, format] : kLogFormats) {
    if (config.log_format == format) return Quoted(word);
  }
  return "";
}

constexpr std::pair<std::string_view, Finish> kFinishes[] = {
    {"ask", Finish::kAsk}, {"old", Finish::kOld}, {"new", Finish::kNew}};

std::string TakeFinish(Config& config, const toml::node& value) {
  for (const auto& [word, finish] : kFinishes) {
    if (*value.value<std::string_view>() != word) continue;
    config.finish = finish;
    return "";
  }
  return "finish is one of ask, old, new";
}

std::string ShowFinish(const Config& config) {
  for (const auto& [word, finish] : kFinishes) {
    if (config.finish == finish) return Quoted(word);
  }
  return "";
}

std::string TakeClaim(Config& config, const toml::node& value) {
  const int64_t minutes = *value.value<int64_t>();
  if (minutes < 1 || minutes > kMaxClaimMinutes) {
    return fmt::format("claim_minutes is 1 to {}", kMaxClaimMinutes);
  }
  config.claim = std::chrono::minutes(minutes);
  return "";
}

std::string ShowClaim(const Config& config) { return std::to_string(config.claim.count()); }

std::string TakeCopyFolder(Config& config, const toml::node& value) {
  config.copy_folder = *value.value<std::string>();
  return config.copy_folder.empty() || config.copy_folder.starts_with('/')
             ? ""
             : "folder is an absolute path";
}

std::string TakeSecondPerson(Config& config, const toml::node& value) {
  const auto word = *value.value<std::string_view>();
  config.solo = word == "solo";
  return config.solo || word == "required" ? "" : "second_person is one of required, solo";
}

std::string ShowSecondPerson(const Config& config) {
  return Quoted(config.solo ? "solo" : "required");
}

std::string TakeSoloWait(Config& config, const toml::node& value) {
  const int64_t minutes = *value.value<int64_t>();
  if (minutes < 1 || minutes > kMaxSoloWaitMinutes) {
    return fmt::format("solo_wait_minutes is 1 to {}", kMaxSoloWaitMinutes);
  }
  config.solo_wait = std::chrono::minutes(minutes);
  return "";
}

std::string TakeTls(Config& config, const toml::node& value) {
  const auto word = *value.value<std::string_view>();
  config.tls12 = word == "1.2";
  return config.tls12 || word == "1.3" ? "" : "tls is one of 1.3, 1.2";
}

std::string ShowTls(const Config& config) { return Quoted(config.tls12 ? "1.2" : "1.3"); }

std::string ShowSoloWait(const Config& config) { return std::to_string(config.solo_wait.count()); }

// "152d:2338"
bool IsUsbId(std::string_view text) {
  constexpr size_t kDigits = 4;
  if (text.size() != 2 * kDigits + 1 || text[kDigits] != ':') return false;
  const std::string digits = std::string(text.substr(0, kDigits)) + std::string(text.substr(5));
  return digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Product ids that pid.codes gives to nobody, for tests: no product on sale has one.
bool IsTestId(std::string_view id) { return id >= "1209:0001" && id <= "1209:0010"; }

// "" when they were taken.
std::string TakeUsbIds(std::vector<std::string>& ids, const toml::node& value) {
  ids.clear();
  for (const toml::node& entry : *value.as_array()) {
    const auto id = entry.value_exact<std::string>();
    if (!id || !IsUsbId(*id)) return "a list of USB ids as lsusb shows them, \"152d:2338\"";
    ids.push_back(*id);
  }
  return "";
}

std::string ShowUsbIds(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + Quoted(id);
  return fmt::format("[{}]", text);
}

std::string TakeVendorBridges(Config& config, const toml::node& value) {
  const std::string wrong = TakeUsbIds(config.vendor_bridges, value);
  return wrong.empty() ? "" : "vendor_bridges is " + wrong;
}

std::string ShowVendorBridges(const Config& config) { return ShowUsbIds(config.vendor_bridges); }

std::string TakeSimulatedBridges(Config& config, const toml::node& value) {
  const std::string wrong = TakeUsbIds(config.simulated_bridges, value);
  if (!wrong.empty()) return "simulated_bridges is " + wrong;
  const auto& ids = config.simulated_bridges;
  if (std::all_of(ids.begin(), ids.end(), IsTestId)) return "";
  return "simulated_bridges takes the USB ids for tests only, 1209:0001 to 1209:0010: behind any "
         "other there may be hardware";
}

std::string ShowSimulatedBridges(const Config& config) {
  return ShowUsbIds(config.simulated_bridges);
}

template <auto kField>
std::string TakeAs(Config& config, const toml::node& value) {
  auto& field = config.*kField;
  field = *value.value<std::remove_reference_t<decltype(field)>>();
  return "";
}

template <auto kField>
std::string ShowAs(const Config& config) {
  const auto& field = config.*kField;
  if constexpr (std::is_same_v<decltype(field), const bool&>) return field ? "true" : "false";
  if constexpr (std::is_same_v<decltype(field), const std::string&>) return Quoted(field);
}

// A text or a switch that is kept as it stands there.
template <auto kField>
constexpr Key Plain(std::string_view table, std::string_view name,
                    Reload reload = Reload::kAtStart) {
  constexpr bool kIsText = std::is_same_v<decltype(std::declval<Config>().*kField), std::string&&>;
  return {
      table,          name,           kIsText ? toml::node_type::string : toml::node_type::boolean,
      TakeAs<kField>, ShowAs<kField>, reload};
}

constexpr auto kText = toml::node_type::string;
constexpr auto kNumber = toml::node_type::integer;

// The one table of all keys, in the order of the example file.
constexpr Key kKeys[] = {
    Plain<&Config::state_dir>("", "state_dir"),
    Plain<&Config::listen>("", "listen"),
    Plain<&Config::simulate>("", "simulate"),
    {"", "log_level", kText, TakeLogLevel, ShowLogLevel, Reload::kNow},
    {"", "log_format", kText, TakeLogFormat, ShowLogFormat, Reload::kNow},
    Plain<&Config::keep_awake>("power", "keep_awake"),
    {"recovery", "finish", kText, TakeFinish, ShowFinish},
    Plain<&Config::spill_folder>("jobs", "spill_folder"),
    {"jobs", "claim_minutes", kNumber, TakeClaim, ShowClaim, Reload::kNow},
    {"copy", "folder", kText, TakeCopyFolder, ShowAs<&Config::copy_folder>},
    Plain<&Config::require_copy>("copy", "require_copy"),
    Plain<&Config::copy_same_filesystem>("copy", "allow_same_filesystem"),
    Plain<&Config::group>("access", "group"),
    Plain<&Config::admin_group>("access", "admin_group"),
    {"access", "second_person", kText, TakeSecondPerson, ShowSecondPerson},
    {"access", "solo_wait_minutes", kNumber, TakeSoloWait, ShowSoloWait},
    Plain<&Config::remote_listen>("remote", "listen"),
    {"remote", "tls", kText, TakeTls, ShowTls},
    Plain<&Config::authority_folder>("remote", "authority_folder"),
    Plain<&Config::web_listen>("web", "listen"),
    Plain<&Config::web_page>("web", "page"),
    Plain<&Config::web_metrics>("web", "metrics", Reload::kNow),
    Plain<&Config::sg>("sg", "enabled"),
    {"sg", "vendor_bridges", toml::node_type::array, TakeVendorBridges, ShowVendorBridges},
    {"sg", "simulated_bridges", toml::node_type::array, TakeSimulatedBridges, ShowSimulatedBridges},
    Plain<&Config::port_io>("port_io", "enabled"),
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
      return Invalid(file, value.source(),
                     fmt::format("{} takes {}", key->name, InWords(key->node)));
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

std::vector<KeyInfo> Keys(const Config& config) {
  std::vector<KeyInfo> keys;
  for (const Key& key : kKeys) {
    keys.push_back({std::string(key.table), std::string(key.name), key.show(config), key.reload});
  }
  return keys;
}

std::vector<KeyInfo> Differences(const Config& before, const Config& after) {
  const std::vector<KeyInfo> old = Keys(before);
  std::vector<KeyInfo> changed = Keys(after);
  std::erase_if(changed, [&](const KeyInfo& key) {
    return std::any_of(old.begin(), old.end(), [&](const KeyInfo& was) {
      return was.table == key.table && was.name == key.name && was.value == key.value;
    });
  });
  return changed;
}

Config Reloaded(const Config& running, const Config& fresh) {
  Config config = running;
  config.log_level = fresh.log_level;
  config.log_format = fresh.log_format;
  config.claim = fresh.claim;
  config.web_metrics = fresh.web_metrics;
  return config;
}

Result<log::Level> ParseLogLevel(std::string_view word) {
  if (word == "debug") return log::Level::kDebug;
  if (word == "info") return log::Level::kInfo;
  if (word == "warn") return log::Level::kWarn;
  if (word == "error") return log::Level::kError;
  return InvalidArgument("LOG_LEVEL_UNKNOWN", "log_level is one of debug, info, warn, error");
}

}  // namespace firmbench::config
