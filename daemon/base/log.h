// SPDX-License-Identifier: Apache-2.0
#pragma once

// Logging, on spdlog. A message for humans, then key=value pairs:
//   log::Info("job finished", "job", id, "result", "SUCCEEDED");
// debug = programmers; info = state changes of jobs and drives; warn = degraded but going on;
// error = a request failed for a reason that is not the caller's; critical = the process ends.
// An error is logged once, where it stops being returned. No serials, no customer names, no file
// paths of clients, no secrets. Thread-safe.

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace firmbench::log {

enum class Level : unsigned char { kDebug, kInfo, kWarn, kError, kCritical };

// Messages below this level cost one comparison. Default kInfo.
void SetLevel(Level level);
bool Enabled(Level level);
void Write(Level level, std::string_view line);

namespace internal {
void AppendValue(std::string& line, std::string_view value);

inline void AppendPairs(std::string&) {}
template <typename Value, typename... Rest>
void AppendPairs(std::string& line, std::string_view key, const Value& value, const Rest&... rest) {
  line += ' ';
  line += key;
  line += '=';
  AppendValue(line, fmt::format("{}", value));
  AppendPairs(line, rest...);
}

template <typename... Pairs>
void Log(Level level, std::string_view message, const Pairs&... pairs) {
  if (!Enabled(level)) return;
  std::string line(message);
  AppendPairs(line, pairs...);
  Write(level, line);
}
}  // namespace internal

template <typename... Pairs>
void Debug(std::string_view message, const Pairs&... pairs) {
  internal::Log(Level::kDebug, message, pairs...);
}
template <typename... Pairs>
void Info(std::string_view message, const Pairs&... pairs) {
  internal::Log(Level::kInfo, message, pairs...);
}
template <typename... Pairs>
void Warn(std::string_view message, const Pairs&... pairs) {
  internal::Log(Level::kWarn, message, pairs...);
}
template <typename... Pairs>
void ErrorLine(std::string_view message, const Pairs&... pairs) {
  internal::Log(Level::kError, message, pairs...);
}
template <typename... Pairs>
void Critical(std::string_view message, const Pairs&... pairs) {
  internal::Log(Level::kCritical, message, pairs...);
}

}  // namespace firmbench::log
