// SPDX-License-Identifier: Apache-2.0
#pragma once

// How one entry of the log is written: a line of text for people, an object of JSON (RFC 8259) for
// programs, or a line with a priority for systemd-journald. Whatever is in it, it is one line,
// valid UTF-8, and without a control character. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firmbench::log {

enum class Level : unsigned char { kDebug, kInfo, kWarn, kError, kCritical };
enum class Format : unsigned char {
  kText,     // 2026-11-22T15:49:07.123456Z info job finished job=abc
  kJson,     // {"time":"2026-11-22T15:49:07.123456Z","level":"info","message":"job finished",...}
  kJournal,  // <6>job finished job=abc; the journal has time and level of its own (sd-daemon(3))
};

struct Field {
  std::string_view key;  // a word of ours
  std::string value;
  bool bare = false;  // `value` is a number, true or false, as JSON writes it
};

struct Entry {
  Level level = Level::kInfo;
  std::string_view message;
  std::vector<Field> fields;
};

// Without the end of the line.
std::string LineOf(Format format, const Entry& entry, int64_t wall_micros);

// kJournal when JOURNAL_STREAM (systemd.exec(5)) names the file that the log goes to by its
// device and inode, "2049:1234"; else kText.
Format FormatFor(std::string_view journal_stream, uint64_t device, uint64_t inode);

}  // namespace firmbench::log
