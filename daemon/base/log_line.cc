// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/base/clock.h"
#include "daemon/base/utf8.h"

namespace firmbench::log {
namespace {

std::string_view WordOf(Level level) {
  constexpr std::string_view kWords[] = {"debug", "info", "warn", "error", "critical"};
  return kWords[static_cast<size_t>(level)];
}

// syslog(3).
int PriorityOf(Level level) {
  constexpr int kPriorities[] = {7, 6, 4, 3, 2};
  return kPriorities[static_cast<size_t>(level)];
}

// C0, DEL, and C1, which some terminals obey.
bool IsControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return character.size() == 2 && first == 0xC2 && static_cast<uint8_t>(character[1]) < 0xA0;
}

// Calls `good(character)` for every character of `text` that may be shown, and `bad(bytes)` for a
// control character or one byte that is not UTF-8.
template <typename Good, typename Bad>
void ForEachCharacter(std::string_view text, const Good& good, const Bad& bad) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text, 0);
    const std::string_view character = text.substr(0, std::max<size_t>(length, 1));
    text.remove_prefix(character.size());
    if (length != 0 && !IsControl(character)) {
      good(character);
    } else {
      bad(character);
    }
  }
}

void AppendEscaped(std::string& line, std::string_view text, std::string_view also_escaped) {
  ForEachCharacter(
      text,
      [&](std::string_view character) {
        if (character.size() == 1 && also_escaped.find(character[0]) != std::string_view::npos) {
          line += '\\';
        }
        line += character;
      },
      [&](std::string_view bytes) {
        for (const char byte : bytes) {
          fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<uint8_t>(byte));
        }
      });
}

// Quotes what would not read as one word.
void AppendValue(std::string& line, std::string_view value) {
  bool one_word = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos;
  ForEachCharacter(
      value, [](std::string_view) {}, [&](std::string_view) { one_word = false; });
  if (one_word) {
    line += value;
    return;
  }
  line += '"';
  AppendEscaped(line, value, "\"\\");
  line += '"';
}

void AppendText(std::string& line, const Entry& entry) {
  AppendEscaped(line, entry.message, "");
  for (const Field& field : entry.fields) {
    line += ' ';
    line += field.key;
    line += '=';
    AppendValue(line, field.value);
  }
}

void AppendJsonString(std::string& line, std::string_view text) {
  line += '"';
  ForEachCharacter(
      text,
      [&](std::string_view character) {
        if (character == "\"" || character == "\\") line += '\\';
        line += character;
      },
      [&](std::string_view bytes) {
        // A control character as itself, what is not UTF-8 as U+FFFD.
        const size_t length = Utf8Length(bytes, 0);
        const unsigned code = length == 0 ? 0xFFFD : static_cast<uint8_t>(bytes.back());
        fmt::format_to(std::back_inserter(line), "\\u{:04x}", code);
      });
  line += '"';
}

void AppendMember(std::string& line, std::string_view key, std::string_view value) {
  AppendJsonString(line, key);
  line += ':';
  AppendJsonString(line, value);
}

std::string JsonOf(const Entry& entry, int64_t wall_micros) {
  std::string line = "{";
  AppendMember(line, "time", FormatRfc3339(wall_micros));
  line += ',';
  AppendMember(line, "level", WordOf(entry.level));
  line += ',';
  AppendMember(line, "message", entry.message);
  for (const Field& field : entry.fields) {
    line += ',';
    if (field.bare) {
      AppendJsonString(line, field.key);
      line += ':';
      line += field.value;
    } else {
      AppendMember(line, field.key, field.value);
    }
  }
  return line + "}";
}

}  // namespace

std::string LineOf(Format format, const Entry& entry, int64_t wall_micros) {
  std::string line;
  switch (format) {
    case Format::kJson:
      return JsonOf(entry, wall_micros);
    case Format::kJournal:
      line = fmt::format("<{}>", PriorityOf(entry.level));
      break;
    case Format::kText:
      line = fmt::format("{} {} ", FormatRfc3339(wall_micros), WordOf(entry.level));
      break;
  }
  AppendText(line, entry);
  return line;
}

Format FormatFor(std::string_view journal_stream, uint64_t device, uint64_t inode) {
  return journal_stream == fmt::format("{}:{}", device, inode) ? Format::kJournal : Format::kText;
}

}  // namespace firmbench::log
