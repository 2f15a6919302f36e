// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace firmbench::log {
namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kCritical:
      return spdlog::level::critical;
  }
  return spdlog::level::info;
}

spdlog::logger& Logger() {
  static const auto* logger = new std::shared_ptr<spdlog::logger>([] {
    auto made = std::make_shared<spdlog::logger>("firmbench",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    made->flush_on(spdlog::level::info);
    return made;
  }());
  return **logger;
}

}  // namespace

void SetLevel(Level level) { Logger().set_level(ToSpdlog(level)); }
bool Enabled(Level level) { return Logger().should_log(ToSpdlog(level)); }
void Write(Level level, std::string_view line) { Logger().log(ToSpdlog(level), "{}", line); }

namespace internal {

// Quotes what would not read as one word, and keeps a hostile string on one line.
void AppendValue(std::string& line, std::string_view value) {
  const auto needs_quotes = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"' || c == '=' || c == '\\';
  };
  const bool plain = !value.empty() && std::none_of(value.begin(), value.end(), needs_quotes);
  if (plain) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

}  // namespace internal
}  // namespace firmbench::log
