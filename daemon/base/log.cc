// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>

#include "daemon/base/clock.h"

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
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }());
  return **logger;
}

// -1 until it is known.
std::atomic<int> chosen_format = -1;

}  // namespace

void SetLevel(Level level) { Logger().set_level(ToSpdlog(level)); }
bool Enabled(Level level) { return Logger().should_log(ToSpdlog(level)); }

void SetFormat(Format format) { chosen_format = static_cast<int>(format); }

Format CurrentFormat() {
  const int chosen = chosen_format;
  return chosen < 0 ? AutoFormat() : static_cast<Format>(chosen);
}

Format AutoFormat() {
  const char* const journal_stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (journal_stream == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return Format::kText;
  return FormatFor(journal_stream, info.st_dev, info.st_ino);
}

void Write(const Entry& entry) {
  Logger().log(ToSpdlog(entry.level), "{}",
               LineOf(CurrentFormat(), entry, RealClock().WallMicros()));
}

}  // namespace firmbench::log
