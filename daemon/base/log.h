// SPDX-License-Identifier: Apache-2.0
#pragma once

// Logging to stderr, on spdlog. A message for humans, then key=value pairs:
//   log::Info("job finished", "job", id, "result", "SUCCEEDED");
// debug = programmers; info = state changes of jobs and drives; warn = degraded but going on;
// error = a request failed for a reason that is not the caller's; critical = the process ends.
// An error is logged once, where it stops being returned. No serials, no customer names, no file
// paths of clients, no secrets. Thread-safe.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/base/log_line.h"

namespace firmbench::log {

// Messages below this level cost one comparison. Default kInfo.
void SetLevel(Level level);
bool Enabled(Level level);
// Default: what AutoFormat says when the first line is written.
void SetFormat(Format format);
Format CurrentFormat();
// kJournal when systemd connected this process's stderr with its journal, else kText.
Format AutoFormat();
void Write(const Entry& entry);

namespace internal {

inline void AppendPairs(std::vector<Field>&) {}
template <typename Value, typename... Rest>
void AppendPairs(std::vector<Field>& fields, std::string_view key, const Value& value,
                 const Rest&... rest) {
  constexpr bool kBare = std::is_integral_v<Value> && !std::is_same_v<Value, char>;
  fields.push_back({.key = key, .value = fmt::format("{}", value), .bare = kBare});
  AppendPairs(fields, rest...);
}

template <typename... Pairs>
void Log(Level level, std::string_view message, const Pairs&... pairs) {
  if (!Enabled(level)) return;
  Entry entry{.level = level, .message = message, .fields = {}};
  AppendPairs(entry.fields, pairs...);
  Write(entry);
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
