// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/clock.h"

namespace firmbench::cli::render {
namespace {

constexpr int64_t kKilo = 1024;

// The name of an enum value without "PREFIX_"; "" for unspecified, "UNRECOGNISED" for a value that
// only a newer bench knows.
std::string Strip(const std::string& name, std::string_view prefix) {
  if (name.empty()) return "UNRECOGNISED";
  const std::string word = name.substr(prefix.size());
  return word == "UNSPECIFIED" ? "" : word;
}

std::string Scaled(int64_t bytes, int64_t unit, std::string_view name, std::string_view blank) {
  if (bytes % unit == 0) return fmt::format("{}{}{}", bytes / unit, blank, name);
  return fmt::format("{:.1f}{}{}", static_cast<double>(bytes) / static_cast<double>(unit), blank,
                     name);
}

std::string Sized(int64_t bytes, std::string_view blank) {
  if (bytes >= kKilo * kKilo) return Scaled(bytes, kKilo * kKilo, "MB", blank);
  if (bytes >= kKilo) return Scaled(bytes, kKilo, "KB", blank);
  return blank.empty() ? fmt::format("{}B", bytes)
                       : fmt::format("{} {}", bytes, bytes == 1 ? "byte" : "bytes");
}

// Marks that turn the writing direction around or break lines: U+061C, U+200E, U+200F, U+2028 to
// U+202E, U+2066 to U+2069. How many bytes of UTF-8 such a mark at `at` has; 0 when it is none.
size_t DirectionMark(std::string_view text, size_t at) {
  const std::string_view two = text.substr(at, 2);
  if (two == "\xd8\x9c") return 2;
  const std::string_view three = text.substr(at, 3);
  if (three.size() < 3 || !three.starts_with("\xe2")) return 0;
  const auto middle = static_cast<uint8_t>(three[1]);
  const auto last = static_cast<uint8_t>(three[2]);
  const bool in_80 =
      middle == 0x80 && (last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae));
  const bool in_81 = middle == 0x81 && last >= 0xa6 && last <= 0xa9;
  return in_80 || in_81 ? 3 : 0;
}

}  // namespace

std::string Clean(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (const size_t mark = DirectionMark(text, i); mark > 0) {
      clean += '?';
      i += mark - 1;
      continue;
    }
    const auto byte = static_cast<uint8_t>(text[i]);
    // U+0080 to U+009F, C2 80 to C2 9F in UTF-8, are control characters to some terminals.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() &&
                    static_cast<uint8_t>(text[i + 1]) >= 0x80 &&
                    static_cast<uint8_t>(text[i + 1]) <= 0x9F;
    if (c1) ++i;
    clean += byte < 0x20 || byte == 0x7F || c1 ? '?' : text[i];
  }
  return clean;
}

size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

std::string Bytes(int64_t bytes) { return Sized(bytes, " "); }
std::string BytesCell(int64_t bytes) { return Sized(bytes, ""); }

std::string Clock(int64_t seconds) {
  seconds = std::max<int64_t>(seconds, 0);
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

int64_t Seconds(const google::protobuf::Duration& duration) {
  return duration.seconds() + (duration.nanos() > 0 ? 1 : 0);
}

std::string About(const google::protobuf::Duration& duration) {
  if (duration.seconds() < 1) return "moments";
  const int64_t seconds = Seconds(duration);
  if (seconds < 120) return fmt::format("about {} s", seconds);
  return fmt::format("about {} min", seconds / 60 + (seconds % 60 != 0 ? 1 : 0));
}

std::string Time(const google::protobuf::Timestamp& time) {
  constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z, the last of RFC 3339
  if (time.seconds() <= 0 || time.seconds() > kLastSecond) return "-";
  const std::string text = FormatRfc3339(time.seconds() * 1'000'000);
  return text.substr(0, text.find('.')) + "Z";
}

std::string Word(v1::Outcome outcome) { return Strip(v1::Outcome_Name(outcome), "OUTCOME_"); }
std::string Word(v1::EepromCheck check) {
  return Strip(v1::EepromCheck_Name(check), "EEPROM_CHECK_");
}
std::string Word(v1::Job::State state) { return Strip(v1::Job::State_Name(state), "STATE_"); }
std::string Word(v1::Job::Result result) { return Strip(v1::Job::Result_Name(result), "RESULT_"); }
std::string Word(v1::Memory memory) {
  switch (memory) {
    case v1::MEMORY_FIRMWARE:
      return "firmware";
    case v1::MEMORY_BOOT:
      return "boot";
    case v1::MEMORY_EEPROM:
      return "eeprom";
    default:
      return "";
  }
}

std::string_view InWords(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_NOT_STARTED:
      return "not begun";
    case v1::OUTCOME_UNCHANGED:
      return "nothing was written";
    case v1::OUTCOME_CHANGED_VERIFIED:
      return "changed, read back and equal to the plan";
    case v1::OUTCOME_CHANGED_UNVERIFIED:
      return "changed, but could not be checked";
    case v1::OUTCOME_NO_EFFECT:
      return "the write had no effect";
    case v1::OUTCOME_UNKNOWN:
      return "nobody can say what the memory holds";
    default:
      return "";
  }
}

std::string_view InWords(v1::EepromCheck check) {
  switch (check) {
    case v1::EEPROM_CHECK_EQUAL:
      return "every byte is the same as before";
    case v1::EEPROM_CHECK_VOLATILE_ONLY:
      return "only bytes that change with use differ";
    case v1::EEPROM_CHECK_CHANGED:
      return "bytes differ that should not: the drive is in quarantine";
    case v1::EEPROM_CHECK_NOT_READ:
      return "it could not be read, so nothing is claimed";
    default:
      return "";
  }
}

std::string_view InWords(v1::DriveState state) {
  switch (state) {
    case v1::DRIVE_STATE_UNTOUCHED:
      return "untouched: no memory of the drive was changed";
    case v1::DRIVE_STATE_PARTLY_WRITTEN:
      return "partly written: leave the drive powered, and bring it back before anything else";
    case v1::DRIVE_STATE_UNKNOWN:
      return "unknown: nobody can say whether something was written";
    default:
      return "";
  }
}

std::string Wrap(std::string_view text, size_t indent, size_t used) {
  std::string wrapped;
  size_t column = used;
  bool line_is_empty = true;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const size_t columns = Columns(word);
    if (!line_is_empty && column + 1 + columns > kTextWidth) {
      wrapped += '\n';
      wrapped.append(indent, ' ');
      column = indent;
      line_is_empty = true;
    }
    if (!line_is_empty) wrapped += ' ', ++column;
    wrapped += word;
    column += columns;
    line_is_empty = false;
  }
  return wrapped;
}

std::string Paint(Style style, Color color, std::string_view text) {
  if (!style.color) return std::string(text);
  constexpr std::string_view kCodes[] = {"31", "32", "33", "1"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<size_t>(color)], text);
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i] = Clean(cells[i]);
    const bool text = last_ == LastColumn::kText && i + 1 == cells.size();
    if (!text) std::replace(cells[i].begin(), cells[i].end(), ' ', '_');
    if (cells[i].empty()) cells[i] = "-";
  }
  rows_.push_back(std::move(cells));
}

void Table::Prepend(const std::string& header, const std::string& value) {
  std::string cell = Clean(value);
  std::replace(cell.begin(), cell.end(), ' ', '_');
  for (auto& row : rows_) row.insert(row.begin(), &row == &rows_.front() ? header : cell);
}

void Table::Append(const Table& more) {
  rows_.insert(rows_.end(), more.rows_.begin() + 1, more.rows_.end());
}

std::string Table::Render() const {
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - Columns(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

void Fields::Add(std::string_view key, std::string_view value) {
  const size_t indent = 2 + key_columns_ + 1;
  text_ += "  ";
  text_ += key;
  text_.append(std::max<size_t>(key_columns_ + 1 - std::min(key_columns_, Columns(key)), 1), ' ');
  text_ += Wrap(value.empty() ? "-" : Clean(value), indent, indent);
  text_ += '\n';
}

void Fields::AddIfSet(std::string_view key, std::string_view value) {
  if (!value.empty()) Add(key, value);
}

}  // namespace firmbench::cli::render
